"""The course's nginx configuration, read; and run in front of unix sockets where there is nginx."""

import pytest

from duplex import server as servers
from duplex.measure import proxy
from duplex.notebook import scale

needs_nginx = pytest.mark.skipif(
    proxy.find_nginx() is None or not servers.CAN_FORK, reason="no nginx on this computer"
)
needs_fork = pytest.mark.skipif(not servers.CAN_FORK, reason="served by forking only")


@pytest.fixture(scope="module")
def backends():
    with scale.serve_unix() as one, scale.serve_unix() as other:
        yield [one.address, other.address]


def test_configuration_names_servers():
    text = proxy.configuration("front", ["a.sock", "b.sock"], (), {})
    assert text.count("server unix:") == 2 and "server unix:a.sock max_fails=1" in text
    assert "listen unix:front;" in text and "/run/chat" not in text


def test_lines_are_left_out():
    text = proxy.configuration("front", ["a.sock"], ("Upgrade $",), {})
    assert "proxy_set_header Upgrade" not in text and "proxy_set_header Connection" in text


def test_values_are_changed():
    text = proxy.configuration("front", ["a.sock"], (), {"proxy_read_timeout": "1s"})
    assert "proxy_read_timeout 1s;" in text and "proxy_send_timeout 60s;" in text


@needs_fork
def test_daphne_listens_on_file(backends):
    assert proxy.knock(backends[0]) == "101"
    assert proxy.page(backends[0]) == 200
    assert proxy.where(backends[0]) != proxy.where(backends[1])


@needs_fork
def test_unix_socket_goes_with_server():
    with scale.serve_unix() as server:
        folder = server.folder.parent
    assert not folder.exists()


@needs_nginx
def test_connections_spread(backends):
    with proxy.Nginx(backends) as front:
        assert proxy.spread(front.address, 6) == [3, 3]
    assert not front.folder.exists()


@needs_nginx
def test_dead_process_is_left_out(backends):
    with scale.serve_unix() as third, proxy.Nginx([backends[0], third.address]) as front:
        third.child.kill()
        assert {proxy.where(front.address) for _ in range(4)} == {proxy.where(backends[0])}


@needs_nginx
@pytest.mark.parametrize(
    ("without", "handshake", "page"),
    [((), "101", 200), (("Upgrade $", "Connection $"), "HTTP 404", 200), (("Host $",), "101", 400)],
)
def test_each_line_has_symptom(backends, without, handshake, page):
    with proxy.Nginx(backends, without) as front:
        assert (proxy.knock(front.address), proxy.page(front.address)) == (handshake, page)


@needs_nginx
def test_silence_ends(backends):
    with proxy.Nginx(backends, proxy_read_timeout="1s") as front:
        how, seconds = proxy.silence(front.address)
    assert "dropped" in how and seconds > 0.9


@needs_nginx
def test_wrong_word_is_told(backends):
    with pytest.raises(ChildProcessError, match="nginx did not start"):
        proxy.Nginx(backends, proxy_read_timeout="soon")
