"""Where history and live meet, where an event is only a hint, and where a note is sent twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure.delivery import Boards, read_until, say


@dataclass(frozen=True)
class Joined:
    """What one client was sent that joined while somebody spoke, and what the server did."""

    ids: list[int]
    steps: list[str]  # in the order in which they happened

    @property
    def verdict(self) -> str:
        """Name what is wrong with the client's view, if something is."""
        wrong = [f"{number} is missing" for number in range(1, 6) if number not in self.ids]
        wrong += [f"{number} came twice" for number in range(1, 6) if self.ids.count(number) > 1]
        return ", ".join(wrong) or "each once"


def join_at_seam(boards: Boards, kind: str) -> Joined:
    """Say 1 to 3; a client comes; while it stands at the seam, say 4; when it is in, say 5."""
    with boards.enter("writer", kind, "ada") as ada:
        for number in (1, 2, 3):
            say(ada, str(number))
        with boards.connect(kind, kind, "grace") as grace:
            if not wait_until(lambda: boards.get(f"/seam/{kind}/")["waiting"]):
                raise AssertionError("The client does not stand at the seam.")
            say(ada, "4")
            came = read_until(grace, "welcome")
            say(ada, "5")
            while came[-1].get("id") != 5:
                came.append(grace.receive().json())
    ids = [one["id"] for one in came if one["type"] == "note"]
    steps = [what for _, what in sorted(boards.get(f"/seam/{kind}/")["trace"])]
    return Joined(ids, steps[steps.index("3 is said") + 1 :])


def through_burst(boards: Boards, kind: str, count: int) -> list[int]:
    """Let one handler pin `count` notes in one go; return the ids that reach a client."""
    with boards.enter(kind, kind, "ada") as client:
        client.send_json({"key": "burst", "text": str(count)})
        came = [client.receive().json() for _ in range(3)]  # so that there is room for the end
        client.send_json({"key": "end", "text": "end"})
        while came[-1]["text"] != "end":
            came.append(client.receive().json())
    return [one["id"] for one in came[:-1]]


def sent_at_once(boards: Boards, kind: str, board: str, times: int = 8) -> Counter:
    """Send a note, always with the same key, on several connections at once; count the answers."""
    with ExitStack() as opened, ThreadPoolExecutor(times) as threads:
        clients = [opened.enter_context(boards.enter(kind, board, "ada")) for _ in range(times)]
        for client in clients:
            client.send_json({"key": "k1", "text": "Tea at four?"})
        return Counter(threads.map(_answer, clients))


def _answer(client: wire.WebSocket) -> str:
    try:
        said = read_until(client, "ack")[-1]
    except wire.Dropped:
        return "closed, 1011"
    return f"acknowledged as {said['id']}" if "id" in said else "acknowledged"


def race(boards: Boards, kind: str, wanted: str, tries: int = 30) -> Counter:
    """Do so again, each time at a new board, until an answer comes that is wanted."""
    for number in range(tries):
        answers = sent_at_once(boards, kind, f"{kind}-{number}")
        if answers[wanted]:
            break
    return answers


@dataclass(frozen=True)
class Resent:
    """A note whose acknowledgement was lost with the line, and which was sent again."""

    lanes: list[str]
    steps: list[tuple[str, str, str]]  # from, to, words; in the order in which they happened
    stored: int
    heard: int


def send_again(boards: Boards, kind: str, board: str) -> Resent:
    """Let Ada's line be cut when her note is stored; she comes back and sends it again."""
    path = f"/ws/{kind}/{board}/grace/"
    with wire.connect(boards.server.address, path) as grace, ThreadPoolExecutor(1) as apart:
        read_until(grace, "welcome")
        hearing = apart.submit(_until_cake, grace)  # her line is another one, and not cut
        moments = _send_in_vain(boards, kind, board)
        with boards.enter(kind, board, "ada") as ada:
            say(ada, "Tea at four?", "k1")
            say(ada, "And cake.", "k2")
            heard = hearing.result()
            moments += _of_ada(ada) + _of_grace(heard)
    steps = [step[1:] for step in sorted(moments)]
    return Resent(["Ada", "server", "Grace"], steps, len(boards.notes(board)) - 1, len(heard) - 1)


def _send_in_vain(boards: Boards, kind: str, board: str) -> list[tuple]:
    """Send a note on a slow line, and cut the line when the acknowledgement is under way."""
    with boards.enter(kind, board, "ada") as ada:
        boards.line.delay, passed = 0.1, len(boards.line.passages)
        ada.send_json({"key": "k1", "text": "Tea at four?"})
        if not wait_until(lambda: _acks(boards, passed) and boards.notes(board)):
            raise AssertionError("The note was not stored.")
        boards.line.cut()
        boards.line.delay = 0.0
        lost = _acks(boards, passed)[0], "server", "Ada", "ack k1: the line is cut meanwhile"
        return [*_of_ada(ada), lost]


def _acks(boards: Boards, passed: int) -> list[float]:
    """Return when acknowledgements entered the line, after so many passages."""
    return [one.at for one in boards.line.passages[passed:] if b'"ack"' in one.data]


def _until_cake(grace: wire.WebSocket) -> list[wire.Frame]:
    heard = []
    while not heard or heard[-1].json()["text"] != "And cake.":
        heard.append(grace.receive())
    return heard


def _of_ada(client: wire.WebSocket) -> list[tuple]:
    steps = []
    for way, frame in client.frames:
        said = frame.json() if frame.kind == "text" else {}
        if way == "out" and "key" in said:
            steps.append((frame.at, "Ada", "server", f"{said['key']}: {said['text']}"))
        elif said.get("type") == "ack":
            steps.append((frame.at, "server", "Ada", f"ack {said['key']}"))
    return steps


def _of_grace(heard: list[wire.Frame]) -> list[tuple]:
    said = [(frame.at, frame.json()) for frame in heard]
    return [(at, "server", "Grace", f"id {one['id']}: {one['text']}") for at, one in said]
