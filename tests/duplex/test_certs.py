"""Certificates made on the spot, and Daphne that serves with them."""

import ssl
from pathlib import Path

import pytest
import websocket

from duplex import certs

ECHO = Path(__file__).parents[2] / "notebooks/projects/echo"


@pytest.fixture(scope="module")
def authority():
    with certs.Authority() as authority:
        yield authority


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
    with certs.Authority() as other, pytest.raises(ssl.SSLCertVerificationError):
        connect(server, other.client_context())


def test_addresses_are_secure(server):
    assert server.url == f"https://localhost:{server.address[1]}"
    assert server.ws_url == f"wss://localhost:{server.address[1]}"


def test_nothing_is_left_behind():
    with certs.Authority() as authority:
        with certs.serve_tls(ECHO, authority) as server:
            assert server.alive()
        assert not server.alive()
        assert not server.folder.parent.exists()
        assert authority.key.exists()
    assert not authority.key.parent.exists()


def test_endpoint_escapes_separators(authority):
    authority = type("Stub", (), {"key": Path("a:b"), "chain": Path("c=d")})
    assert certs.endpoint(authority, 7) == (
        "ssl:7:privateKey=a\\:b:certKey=c\\=d:interface=127.0.0.1"
    )
