"""Certificates made on the spot, and Daphne that serves with them."""

import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import websocket
from playwright.sync_api import Error

from duplex import certs, wire
from duplex.browser import find_browser, open_browser, open_page
from duplex.deadline import Deadline, wait_until
from duplex.sockets import TlsAddress, open_socket

ECHO = Path(__file__).parents[2] / "notebooks/projects/echo"


@pytest.fixture(scope="module")
def authority():
    return certs.Authority()


@pytest.fixture(scope="module")
def server(authority):
    with certs.serve_tls(ECHO, authority) as server:
        yield server


def connect(server, context, host="localhost"):
    url = f"wss://{host}:{server.address[1]}/ws/echo/"
    return websocket.create_connection(url, timeout=10, sslopt={"context": context})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_trusted_certificate_passes(server, authority, host):
    client = connect(server, authority.client_context(), host)
    assert client.recv() == "Connected!"
    client.close()


def test_unknown_authority_is_refused(server):
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(server, certs.Authority().client_context())


@pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
def test_browser_trusts_one_key(server, authority):
    echo = "new Promise((told) => { const ws = new WebSocket(location.origin.replace('http', 'ws')"
    echo += " + '/ws/echo/'); ws.onmessage = (event) => told(event.data); })"
    with open_browser([authority.browser_flag()]) as browser, open_page(browser) as page:
        page.goto(f"{server.url}/feed/")
        assert page.evaluate(echo) == "Connected!"
    stranger = [certs.Authority().browser_flag()]
    with open_browser(stranger) as browser, open_page(browser) as page, pytest.raises(Error):
        page.goto(f"{server.url}/feed/")


def test_addresses_are_secure(server):
    assert server.url == f"https://localhost:{server.address[1]}"
    assert server.ws_url == f"wss://localhost:{server.address[1]}"


def test_nothing_is_left_behind(authority):
    with certs.serve_tls(ECHO, authority) as server:
        assert server.alive()
        assert server.key.exists()
    assert not server.alive()
    assert not server.key.parent.exists()


@pytest.fixture(scope="module")
def forked(authority, nursery):
    """The same, from a warm parent."""
    if nursery is None:
        pytest.skip("no fork on this computer")
    with certs.serve_tls(ECHO, authority, nursery=nursery) as server:
        yield server


def test_forked_server_has_the_chain(forked, authority):
    client = connect(forked, authority.client_context())
    assert client.recv() == "Connected!"
    client.close()
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(forked, certs.Authority().client_context())


@pytest.mark.parametrize("kind", ["server", "forked"])
def test_clients_of_the_kit_speak_tls(kind, request):
    server = request.getfixturevalue(kind)
    assert wire.Http(server.address).get("/feed/").status == 200
    with wire.connect(server.address, "/ws/echo/") as client:
        assert client.receive() == wire.text("Connected!")
        assert client.sock.received > len("Connected!")


def test_distrust_ends_a_client(server):
    stranger = TlsAddress(server.address, certs.Authority().client_context())
    with pytest.raises(ssl.SSLCertVerificationError):
        wire.connect(stranger, "/ws/echo/")


def test_silent_server_ends_a_handshake(authority):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = TlsAddress(listener.getsockname(), authority.client_context())
        with pytest.raises(wire.TimedOut):
            open_socket(address, Deadline(0.1))


def test_endpoint_escapes_separators():
    assert certs.endpoint(7, Path("a:b"), Path("c=d")) == (
        "ssl:7:privateKey=a\\:b:certKey=c\\=d:interface=127.0.0.1"
    )


def test_server_ends_with_its_kit():
    words = (
        "import sys; from duplex import certs; authority = certs.Authority();"
        f"server = certs.serve_tls({str(ECHO)!r}, authority);"
        "print(server.address[1], server.folder, flush=True); sys.stdin.read()"
    )
    kit = subprocess.Popen(
        [sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with kit:
        port, folder = kit.stdout.readline().split(maxsplit=1)
        kit.kill()
    assert wait_until(lambda: not Path(folder.strip()).exists())
    with socket.socket() as probe:
        assert wait_until(lambda: probe.connect_ex(("127.0.0.1", int(port))) != 0)
