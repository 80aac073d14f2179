"""What the warm parent imports before it forks, and how it saves its children work."""

import json
import subprocess
import sys

import pytest

from duplex.nursery import HOST

PRELOAD = """
import json, sys
sys.path.insert(0, sys.argv[1])
import host_warm
host_warm.preload("service")
found = {"modules": [*sys.modules]}

from django.conf import settings
settings.configure()
from django.contrib.auth.hashers import make_password
found["hashed"] = make_password("secret")

from autobahn.util import hltype
from autobahn.websocket import protocol
found["painted"] = [hltype(dict), protocol.pformat([1])]
host_warm.leave_unpainted()
found["plain"] = [hltype(dict), protocol.pformat([1])]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def parent() -> dict:
    """What a warm parent for every kind of project is like."""
    command = [sys.executable, "-c", PRELOAD, str(HOST)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_parent_makes_no_event_loop(parent):
    # forked servers would share its epoll, and wake each other instead of themselves
    assert not {"twisted.internet.reactor", "daphne.server"} & set(parent["modules"])


def test_parent_knows_daphne(parent):
    wanted = {"daphne.ws_protocol", "daphne.http_protocol", "channels.routing"}
    assert wanted <= set(parent["modules"])


def test_passwords_cost_little(parent):
    assert parent["hashed"].startswith("pbkdf2_sha256$1000$")


def test_sandbox_paints_no_log(parent):
    assert "\x1b[" in parent["painted"][0] and parent["painted"][1] == "[1]"
    assert parent["plain"] == ["<builtins.dict>", ""]
