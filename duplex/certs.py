"""A certificate authority that lives for one lesson, and Daphne served with its certificate."""

import ssl
import tempfile
from pathlib import Path

import trustme

from duplex.server import Server


class Authority:
    """Issues one server certificate; its files live in a temporary folder until `close`."""

    def __init__(self, *names: str):
        self._folder = tempfile.TemporaryDirectory(
            prefix="duplex-certs-", ignore_cleanup_errors=True
        )
        folder = Path(self._folder.name)
        self.root, self.chain, self.key = (folder / f"{n}.pem" for n in ("root", "chain", "key"))
        authority = trustme.CA()
        issued = authority.issue_cert(*(names or ("localhost", "127.0.0.1")))
        authority.cert_pem.write_to_path(str(self.root))
        issued.private_key_pem.write_to_path(str(self.key))
        for part in issued.cert_chain_pems:
            part.write_to_path(str(self.chain), append=True)

    def client_context(self) -> ssl.SSLContext:
        """Return the TLS settings of a client that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.root))

    def close(self) -> None:
        """Remove the folder with the keys."""
        self._folder.cleanup()

    def __enter__(self) -> "Authority":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def endpoint(authority: Authority, port: int) -> str:
    """Return Twisted's words for "listen with TLS here", as `daphne -e` takes them."""
    key, chain = (_escaped(path) for path in (authority.key, authority.chain))
    return f"ssl:{port}:privateKey={key}:certKey={chain}:interface=127.0.0.1"


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=")


class TlsServer(Server):
    """A project under `daphne -e ssl:…`; its addresses are https and wss."""

    forks = False  # its process opens the port itself, as `daphne -e` does

    def __init__(self, folder: Path | str, authority: Authority):
        self.authority = authority
        super().__init__(folder, "daphne")

    def _order(self, **more) -> dict:
        return super()._order(listen=["-e", endpoint(self.authority, more["port"])], **more)

    @property
    def url(self) -> str:
        """The server's address as a browser wants it; the name is in the certificate."""
        return f"https://localhost:{self.address[1]}"

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return f"wss://localhost:{self.address[1]}"


def serve_tls(folder: Path | str, authority: Authority) -> TlsServer:
    """Serve a private copy of a Django project under Daphne with TLS; return when ready."""
    return TlsServer(folder, authority).wait_ready()
