"""How a server calls an application, recorded: notebook 05's by-hand part."""

import asyncio
import importlib.util
from pathlib import Path
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from duplex import wire
from duplex.measure import calls
from duplex.server import serve

BY_HAND = Path(__file__).parents[2] / "notebooks/projects/by_hand"


def application(name):
    """Import one of the two applications."""
    spec = importlib.util.spec_from_file_location(name, BY_HAND / f"config/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.application


def test_wsgi_application_is_valid():
    environ = {"SCRIPT_NAME": "", "PATH_INFO": "/tea/", "QUERY_STRING": ""}
    setup_testing_defaults(environ)
    answer = validator(application("wsgi"))(environ, lambda status, headers: None)
    assert list(answer) == [b"WSGI heard GET /tea/\n"]
    answer.close()


def test_wsgi_is_called_for_each_request():
    steps = calls.record_wsgi(application("wsgi"), "/one/", "/two/")
    assert [step.kind for step in steps] == ["call", "out", "return"] * 2
    assert "/two/" in steps[3].label


def test_asgi_is_called_for_each_connection():
    events = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": "tea"},
              {"type": "websocket.disconnect"}]  # fmt: skip
    scope = {"type": "websocket", "path": "/ws/"}
    steps = asyncio.run(calls.record_asgi(application("asgi"), scope, events))
    kinds = [step.kind for step in steps]
    assert kinds == ["call", "in", "out", "out", "in", "out", "in", "return"]
    assert [step.into for step in steps[:3]] == [True, True, False]
    assert steps[5].label == "websocket.send tea"


def test_wsgiref_serves_in_a_thread():
    with calls.wsgiref_server(application("wsgi")) as address:
        assert wire.Http(address).get("/tea/").text == "WSGI heard GET /tea/\n"
    with pytest.raises(wire.Dropped):
        wire.Http(address).get("/tea/")


def test_daphne_serves_what_is_by_hand(nursery):
    with serve(BY_HAND, "daphne", nursery=nursery) as server:
        assert wire.Http(server.address).get("/tea/").text == "ASGI heard GET /tea/\n"
        with wire.connect(server.address, "/ws/") as client:
            client.receive()
            client.send_text("caffè")
            assert client.receive().payload == "caffè"


def test_wsgi_has_no_conversation(nursery):
    with serve(BY_HAND, "runserver", nursery=nursery) as server:
        with pytest.raises(wire.Refused) as refused:
            wire.connect(server.address, "/ws/")
        assert refused.value.status == 200
