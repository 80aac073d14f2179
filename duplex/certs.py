"""A certificate authority that lives for one lesson, and Daphne served with its certificate."""

import base64
import hashlib
import ssl
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from duplex.nursery import Nursery
from duplex.server import Server
from duplex.sockets import Address, TlsAddress


class Authority:
    """Issues one server certificate, for `names`; it lives in memory only."""

    def __init__(self, *names: str):
        self._root = trustme.CA()
        self._issued = self._root.issue_cert(*(names or ("localhost", "127.0.0.1")))

    def client_context(self) -> ssl.SSLContext:
        """Return the TLS settings of a client that trusts this authority and no other."""
        return ssl.create_default_context(cadata=self._root.cert_pem.bytes().decode())

    def browser_flag(self) -> str:
        """Return Chromium's word for "trust this very key": the SHA-256 of it, in base64."""
        certificate = x509.load_pem_x509_certificate(self._issued.cert_chain_pems[0].bytes())
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = base64.b64encode(hashlib.sha256(key).digest()).decode()
        return f"--ignore-certificate-errors-spki-list={digest}"

    @staticmethod
    def files(folder: Path) -> tuple[Path, Path]:
        """Name the files of a key and its chain of certificates in a folder."""
        return folder / "key.pem", folder / "chain.pem"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the server's key and its chain of certificates as a server wants them."""
        key, chain = self.files(folder)
        key.touch(mode=0o600)
        self._issued.private_key_pem.write_to_path(str(key))
        chain.write_bytes(b"".join(part.bytes() for part in self._issued.cert_chain_pems))
        return key, chain

    def write_root(self, folder: Path) -> Path:
        """Write the certificate that clients must trust, as `curl --cacert` wants it."""
        root = folder / "root.pem"
        self._root.cert_pem.write_to_path(str(root))
        return root


def endpoint(port: int, key: Path, chain: Path) -> str:
    """Return Twisted's words for "listen with TLS here", as `daphne -e` takes them."""
    key, chain = _escaped(key), _escaped(chain)
    return f"ssl:{port}:privateKey={key}:certKey={chain}:interface=127.0.0.1"


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace(":", "\\:").replace("=", "\\=")


class TlsServer(Server):
    """A project under Daphne with TLS; its addresses are https and wss.

    Without a nursery its process opens the port itself, as `daphne -e ssl:…` does.
    """

    def __init__(
        self,
        folder: Path | str,
        authority: Authority,
        nursery: Nursery | None = None,
        env: dict[str, str] | None = None,
        database: Path | None = None,
    ):
        self.authority, self.forks = authority, nursery is not None
        super().__init__(folder, "daphne", nursery, env, database=database)

    def _order(self, **more) -> dict:
        self.key, chain = Authority.files(self.folder.parent)
        if self.forks:
            return super()._order(tls=[str(self.key), str(chain)], **more)
        return super()._order(listen=["-e", endpoint(more["port"], self.key, chain)], **more)

    def _fill(self, folder: Path) -> None:
        super()._fill(folder)
        self.authority.write(folder.parent)  # removed with the copy

    @property
    def address(self) -> TlsAddress:
        """Where the server listens, for clients that trust its authority."""
        return self._address

    @address.setter
    def address(self, address: Address) -> None:
        self._address = TlsAddress(address, self.authority.client_context())


def serve_tls(
    folder: Path | str,
    authority: Authority,
    *,
    nursery: Nursery | None = None,
    env: dict[str, str] | None = None,
    database: Path | None = None,
) -> TlsServer:
    """Serve a private copy of a Django project under Daphne with TLS; return when ready."""
    return TlsServer(folder, authority, nursery, env, database).wait_ready()
