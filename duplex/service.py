"""A chat as strangers meet it, for lab 08: by TLS, with Redis, and asked to end."""

import contextlib
import json
import re
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

from duplex import wire
from duplex.certs import Authority, serve_tls
from duplex.deadline import wait_until
from duplex.expect import expect
from duplex.fleet import Fleet
from duplex.log import Log
from duplex.memory import FIRST
from duplex.messages import Response
from duplex.people import Tab
from duplex.redis import Redis
from duplex.server import Server
from duplex.stand import Stand
from duplex.talk import PATIENCE, next_frame, typed

KEY = "a key for these tests only, and long enough for anybody to be content"
SOON = 5  # seconds, scaled, for what is quick on any computer
ACCESS = re.compile(r'\S+ - - \[[^\]]+\] "')  # what Daphne prints of requests on standard output
ENDS = 30  # seconds, scaled, in which a process that is asked to end must have ended


class Service(Fleet):
    """The chat with the settings of production and a certificate made on the spot."""

    def __init__(self, stand: Stand, name: str, authority: Authority, **env: str):
        super().__init__(stand, name, **{"CHAT_DEBUG": "0", "CHAT_SECRET_KEY": KEY} | env)
        self.authority, self._ended = authority, []

    def server(self, name: str = FIRST) -> Server:
        """Return a process by its name; it is started when it does not run."""
        make = lambda: self.launch(serve_tls, self.authority, self.env)  # noqa: E731
        return self.stand.keep(f"{self.name}, {name}", make)

    def ask_to_end(self) -> Server:
        """Ask the process to end, which is no crash then, and return it."""
        server = self.stand.let_end(f"{self.name}, {FIRST}")
        self._ended.append(server)
        server.child.terminate()
        return server

    def close(self) -> None:
        """Stop what still runs, and remove the database."""
        running = self.stand.servers.pop(f"{self.name}, {FIRST}", None)
        for server in filter(None, [running, *self._ended]):
            server.stop()
        self.stand.ended.clear()
        super().close()


def demands(answer: Response, name: str, pattern: str, should: str, where: str = "") -> None:
    """Demand a header of an answer in which a pattern is found."""
    value = answer.headers.get(name)
    saw = f"no header {name}" if value is None else f"{name}: {value}"
    expect.that(value and re.search(pattern, value), saw, f"{name} with {should}", where)


def cookies_of(answer: Response) -> dict[str, set[str]]:
    """Return the attributes of each cookie that an answer sets, in small letters."""
    found = {}
    for line in answer.headers.get_all("Set-Cookie", []):
        first, *rest = line.split(";")
        found[first.partition("=")[0].strip()] = {part.strip().lower() for part in rest}
    return found


def policy_of(answer: Response, where: str) -> dict[str, list[str]]:
    """Return the content security policy of an answer: for each directive, its sources."""
    words = answer.headers.get("Content-Security-Policy")
    expect.that(words, "none", "one", where)
    parts = [part.split() for part in words.split(";") if part.strip()]
    return {name.lower(): sources for name, *sources in parts}


def files_of(page: str) -> list[str]:
    """Return the addresses of the scripts and styles that a page loads."""
    tags = re.findall(r"<script\b[^>]*>|<link\b[^>]*>", page, re.IGNORECASE)
    wanted = [tag for tag in tags if tag.lower().startswith("<script") or "stylesheet" in tag]
    found = [re.search(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", tag) for tag in wanted]
    return [one[1] for one in found if one and not urlsplit(one[1]).scheme]


def readiness(server: Server) -> tuple[int, object]:
    """Return the status of `GET /ready/`, and its JSON."""
    answer = wire.Http(server.address).get("/ready/")
    where = "the body of GET /ready/"
    try:
        return answer.status, json.loads(answer.body)
    except ValueError:
        expect.that(False, answer, 'JSON such as {"ready": true, "missing": []}', where)


def is_ready(server: Server, *missing: str, where: str) -> None:
    """Demand that a server says so, soon: ready, or what is missing."""
    wanted = 503 if missing else 200, {"ready": not missing, "missing": list(missing)}
    seen = []

    def says_so() -> bool:
        seen[:] = readiness(server)
        return (seen[0], _sorted(seen[1])) == wanted

    expect.that(
        wait_until(says_so, SOON, 0.05), f"HTTP {seen[0]} with {seen[1]}" if seen else "nothing",
        f"HTTP {wanted[0]} with {wanted[1]}", where,
    )  # fmt: skip


def lives(server: Server, where: str) -> None:
    """Demand that a process says that it works, whatever it may be missing."""
    answer = wire.Http(server.address).get("/live/")
    expect.that(answer.status == 200, answer, "HTTP 200", where)
    expect(answer.json(), {"live": True}, where)


def _sorted(said: object) -> object:
    """Return an answer of /ready/ with what is missing in order, and without what else it says."""
    if not isinstance(said, dict) or not isinstance(said.get("missing"), list):
        return said
    return {"ready": said.get("ready"), "missing": sorted(map(str, said["missing"]))}


def metrics_of(server: Server) -> dict[tuple, float]:
    """Return what a server has counted, by the name of each sample and its labels."""
    answer = wire.Http(server.address).get("/metrics")
    expect.that(answer.status == 200, answer, "HTTP 200", "GET /metrics")
    kind = answer.headers.get("Content-Type", "")
    should = "text/plain with a version, as Prometheus wants it"
    expect.that(kind.startswith("text/plain") and "version=" in kind, kind, should, "its type")
    try:
        families = list(text_string_to_metric_families(answer.text))
    except ValueError as error:
        expect.that(False, f"a line that is none ({error})", "Prometheus's text", "GET /metrics")
    return {(sample.name, *sorted(sample.labels.items())): sample.value
            for family in families for sample in family.samples}  # fmt: skip


def counts(server: Server, wanted: dict[str, float], before: dict, where: str) -> None:
    """Demand that samples have grown by so much, soon, since they were as `before`."""
    grown = {}

    def fits() -> bool:
        now = metrics_of(server)
        for name in wanted:
            expect.that(_known(now, name), f"no {name}", f"{name} among them", "GET /metrics")
            grown[name] = total(now, name) - total(before, name)
        return grown == wanted

    expect.that(wait_until(fits, SOON, 0.05), f"{grown} more", f"{wanted} more", where)


def _known(samples: dict, name: str) -> bool:
    return any(key[0] == name for key in samples) or name == "chat_refused_total"


def total(samples: dict, name: str) -> float:
    """Return the sum of a sample over its labels."""
    return sum(value for key, value in samples.items() if key[0] == name)


def refusals_of(server: Server) -> dict[int, float]:
    """Return how many connections a server has closed, by the code."""
    found = {dict(key[1:]).get("code"): value for key, value in metrics_of(server).items()
             if key[0] == "chat_refused_total"}  # fmt: skip
    return {int(code) if str(code).isdecimal() else code: value for code, value in found.items()}


def records(log: Log) -> list[dict]:
    """Return the lines of a log that are JSON objects."""
    found = []
    for line in log.text().split("\n"):
        with contextlib.suppress(ValueError):
            found += [data for data in [json.loads(line)] if isinstance(data, dict)]
    return found


def stray(log: Log) -> str:
    """Return a line of a log that is neither a JSON object nor one of Daphne's about requests."""
    for line in log.text().split("\n"):
        if line.strip() and not line.startswith("{") and not ACCESS.match(line):
            return line[:200]
    return ""


def told(log: Log, event: str, count: int) -> list[dict]:
    """Wait until a log tells of so many events, and return them."""
    found = lambda: [one for one in records(log) if one.get("event") == event]  # noqa: E731
    wait_until(lambda: len(found()) >= count or stray(log), SOON, 0.02)
    expect.that(len(found()) == count, f"{len(found())} of them", f"{count}", f"{event} in the log")
    return found()


def is_answered(tab: Tab, where: str) -> None:
    """Demand an acknowledgement, an error or a close; lists and messages may come before it."""
    should = "an acknowledgement, an error or a close frame"
    while True:
        frame = next_frame(tab.socket)
        expect.that(frame, f"nothing for {PATIENCE:g} seconds", should, where)
        if frame.kind != "text" or typed(frame, where)["type"] in ("ack", "error"):
            return


def ends_well(server: Server, where: str) -> None:
    """Demand that a process that was asked to end does so, with the status 0."""
    status = server.child.wait(ENDS)
    saw = f"it still runs after {ENDS} seconds" if status is None else f"the exit status {status}"
    expect.that(status == 0, saw, "the exit status 0", where)


def works_for(redis: Redis) -> int:
    """Return how many commands Redis was sent so far."""
    return _stats(redis)["total_commands_processed"]


def sends_out(redis: Redis) -> int:
    """Return how many bytes Redis has sent so far."""
    return _stats(redis)["total_net_output_bytes"]


def _stats(redis: Redis) -> dict:
    with redis.client() as client:
        return client.info("stats")
