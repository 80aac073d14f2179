"""What strangers and machines see of a service: certificates, headers, health, numbers."""

import json
import re
import socket
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from prometheus_client.parser import text_string_to_metric_families

from duplex import project, wire
from duplex.certs import Authority
from duplex.deadline import scaled, wait_until
from duplex.measure.command import command
from duplex.messages import Response
from duplex.server import Server
from duplex.sockets import Address

SOON = 20  # seconds, scaled
_WARNING = re.compile(r"\((\w+\.[WEC]\d+)\) (.+?)(?:\. |\.$|$)", re.MULTILINE)


def certificates(authority: Authority) -> list[dict[str, str]]:
    """Return the certificates that a server sends, and last the one that its clients must know."""
    with tempfile.TemporaryDirectory(prefix="duplex-certs-") as name:
        folder = Path(name)
        sent = x509.load_pem_x509_certificates(authority.write(folder)[1].read_bytes())
        root = x509.load_pem_x509_certificate(authority.write_root(folder).read_bytes())
    return [_certificate("the server sends", one) for one in sent] + [
        _certificate("a client knows", root)
    ]


def _certificate(where: str, one: x509.Certificate) -> dict[str, str]:
    names = _names(one) or one.subject.rfc4514_string()
    return {"": where, "for": names, "signed by": one.issuer.rfc4514_string(),
            "by itself": "yes" if one.issuer == one.subject else "no",
            "until": f"{one.not_valid_after_utc:%Y-%m-%d}"}  # fmt: skip


def _names(one: x509.Certificate) -> str:
    try:
        found = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return ", ".join(str(name.value) for name in found)


def handshake(address: Address, context: ssl.SSLContext, name: str = "localhost") -> str:
    """Try to speak TLS as a client that asks for `name`; return how it went."""
    try:
        with (
            socket.create_connection(tuple(address), scaled(10)) as sock,
            context.wrap_socket(sock, server_hostname=name) as secure,
        ):
            return f"connected, by {secure.version()}"
    except ssl.SSLCertVerificationError as error:
        return f"refused: {error.verify_message.rstrip('.')}"


def deployment(folder: Path, nursery, **env: str) -> dict[str, str]:
    """Return what `manage.py check --deploy` has to say: the name of each finding, and its text."""
    copy = project.copy(folder)
    try:
        said = command(copy, "check", "--deploy", nursery=nursery, env=env)
    finally:
        project.remove(copy)
    found = dict(_WARNING.findall(said))
    if not found and "no issues" not in said:
        last = (said.strip().splitlines() or ["nothing"])[-1]
        raise AssertionError(f"manage.py check did not run: {last}")
    return found


def headers(answer: Response, *names: str) -> list[dict[str, str]]:
    """Return some headers of an answer as rows; a missing one has a dash."""
    return [{"header": name, "value": answer.headers.get(name, "-")} for name in names]


def health(server: Server, *missing: str) -> dict[str, object]:
    """Ask `/live/` and `/ready/`, until that says what is missing; return both answers."""
    http, seen = wire.Http(server.address), {}

    def as_wanted() -> bool:
        ready = http.get("/ready/")
        names = json.loads(ready.body)["missing"]
        seen.update({"/live/": http.get("/live/").status, "/ready/": ready.status,
                     "missing": ", ".join(names) or "nothing"})  # fmt: skip
        return sorted(names) == sorted(missing)

    wait_until(as_wanted, SOON, 0.05)
    return seen


def samples(server: Server) -> dict[str, float]:
    """Return what a server has counted: each sample's name, with its labels, and its value."""
    found = {}
    for family in text_string_to_metric_families(wire.Http(server.address).get("/metrics").text):
        for one in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in one.labels.items())
            found[f"{one.name}{{{labels}}}" if labels else one.name] = one.value
    return found


def grown(before: dict[str, float], now: dict[str, float]) -> list[dict[str, object]]:
    """Return the chat's numbers as rows: before, and now; without the histogram's buckets."""
    names = [name for name in now if name.startswith("chat_") and "_bucket" not in name]
    return [{"sample": name, "before": round(before.get(name, 0), 4), "now": round(now[name], 4)}
            for name in names if not name.split("{")[0].endswith("_created")]  # fmt: skip


def buckets(numbers: dict[str, float], name: str = "chat_delivery_seconds") -> dict[float, float]:
    """Return a histogram's cumulative counts by their bounds."""
    found = {re.match(rf'{name}_bucket{{le="(.+)"}}$', key): value
             for key, value in numbers.items()}  # fmt: skip
    return {float(key[1]): value for key, value in found.items() if key}


def log_lines(server: Server, event: str = "", count: int = 1) -> list[dict]:
    """Return the records of a server's log with this event, once there are so many of them."""
    found: list[dict] = []

    def there() -> bool:
        lines = [line for line in server.log.text().splitlines() if line.startswith("{")]
        found[:] = [one for one in map(json.loads, lines) if not event or one["event"] == event]
        return len(found) >= count

    wait_until(there, SOON, 0.02)
    return found
