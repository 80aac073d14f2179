"""The clinic's experiments: each visits a served chat and says what a client sees there."""

import contextlib
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psutil

from duplex import wire
from duplex.deadline import wait_until
from duplex.measure.routing import cookie_of
from duplex.measure.visit import Visit, answer, comes, hears, say, told

_BANNER = re.compile(r"^Starting \S+", re.MULTILINE)


def status(visit: Visit, **how) -> str:
    """Knock at the path, and return how the handshake was answered."""
    try:
        with visit.enter(**how):
            return "101, open"
    except wire.Refused as refusal:
        return f"HTTP {refusal.status}"
    except wire.Dropped:
        return "no answer at all: the line is cut"


def handshake(visit: Visit) -> dict[str, str]:
    """Knock."""
    return {"the handshake": status(visit)}


def entered(visit: Visit) -> dict[str, str]:
    """Knock, and read the first thing that comes."""
    try:
        with visit.enter() as client:
            return {"the handshake": "101, open", "then comes": told(client.receive())}
    except wire.Refused as refusal:
        return {"the handshake": f"HTTP {refusal.status}", "then comes": "nothing"}


def entered_echo(visit: Visit) -> dict[str, str]:
    """Knock at the echo, and say something."""
    with visit.enter() as client:
        client_hears = answer(client, "hello")
    return {"the handshake": "101, open", "`hello` is answered by": client_hears}


def slow_handshake(visit: Visit) -> dict[str, str]:
    """Knock, and look at the clock."""
    start = time.perf_counter()
    answered = status(visit)
    took = time.perf_counter() - start
    return {"the handshake": answered, "it took": "over 3 seconds" if took > 3 else "a moment"}


def banner(visit: Visit) -> dict[str, str]:
    """Knock, and read how the server announced itself."""
    log, found = visit.servers[0].log, []
    wait_until(lambda: found.extend(_BANNER.findall(log.text())) or found)  # it is read apart
    return {"the banner": found[0] if found else "none", "the handshake": status(visit)}


def origins(visit: Visit) -> dict[str, str]:
    """Knock from the chat's own page, from a foreign one, and from no page."""
    host, port = visit.address
    pages = {"the chat's own page": f"http://{host}:{port}",
             "a foreign page": "https://evil.example", "a client without Origin": ""}  # fmt: skip
    return {who: status(visit, origin=origin) for who, origin in pages.items()}


def room(visit: Visit) -> dict[str, str]:
    """Let Ada say hello; Grace is in the same room, in the last of the processes."""
    with visit.enter() as ada, visit.enter(len(visit.servers) - 1) as grace:
        ada.send_json(say("hello"))
        people = {"Ada hears": ada, "Grace hears": grace}
        return {who: hears(client, visit.patience) for who, client in people.items()}


def frames(visit: Visit) -> dict[str, str]:
    """Send frames that a chat does not want, each over a connection of its own."""
    seen = {}
    bad = {"the text `hello`": "hello", "an empty text": "", "a binary frame": b"\x00\xff"}
    for what, frame in bad.items():
        with visit.enter() as client:
            seen[f"{what} is answered by"] = answer(client, frame)
    return seen


def first_answer(visit: Visit) -> dict[str, str]:
    """Send one frame, and read the answer."""
    frame = visit.options["frame"]
    shown = frame["do"] if isinstance(frame, dict) else frame
    with visit.enter() as client:
        return {f"`{shown}` is answered by": answer(client, frame, visit.patience)}


def who(visit: Visit) -> dict[str, str]:
    """Ask the chat who one is, once logged in, once not."""
    cookie = cookie_of(wire.Http(visit.address).get("/enter/?name=ada"))
    seen = {}
    for name, headers in {"Ada's browser": {"Cookie": cookie}, "without the cookie": {}}.items():
        with visit.enter(headers=headers) as client:
            seen[name] = answer(client, {"do": "who"})
    return seen


def goodbye(visit: Visit) -> dict[str, str]:
    """Let two people come and one go; look into the group."""
    before = visit.page("/members/")

    def inside() -> str:
        return next((str(n) for name, n in visit.page("/members/").items() if name not in before),
                    "0")  # fmt: skip

    with visit.enter() as ada, visit.enter():
        both = inside()
        ada.close()
        wait_until(lambda: inside() == "1", visit.patience)
        return {"in the group": both, "after Ada has gone": inside()}


def neighbours(visit: Visit) -> dict[str, str]:
    """Let Ada ask, while Bob sits beside her and asks nothing."""
    with visit.enter() as ada, visit.enter() as bob:
        ada.send_json({"do": "ping", "text": "for Ada"})
        seen = {"Ada gets": "nothing", "Bob gets": "nothing"}

        def anyone() -> bool:
            for who, client in (("Ada gets", ada), ("Bob gets", bob)):
                if seen[who] == "nothing":
                    seen[who] = comes(client, 0.2)
            return set(seen.values()) != {"nothing"}

        wait_until(anyone)
        anyone()  # and does the other get something, too?
        return seen


def order(visit: Visit) -> dict[str, str]:
    """Say two things, the first of which takes longer to check."""
    with visit.enter() as ada:
        ada.send_json(say("first, a long sentence"))
        ada.send_json(say("then this"))
        return {"Ada hears first": told(ada.receive()), "and then": told(ada.receive())}


def burst(visit: Visit) -> dict[str, str]:
    """Ask for 150 lines of history, and count those that arrive."""
    with visit.enter() as ada:
        ada.send_json({"do": "history", "lines": 150})
        lines = [told(ada.receive()) for _ in range(3)]  # now there is room for another message
        ada.send_json(say("end"))
        while (text := told(ada.receive())) != "said: end":
            lines.append(text)
        return {"of 150 lines arrive": str(len(lines))}


def expiry(visit: Visit) -> dict[str, str]:
    """Let Ada sit in the room for two seconds before Grace comes in and speaks."""
    with visit.enter() as ada:
        time.sleep(2.1)  # what is measured is what time does (the layer counts whole seconds)
        with visit.enter() as grace:
            grace.send_json(say("hello"))
            seen = {"Grace hears": hears(grace, visit.patience)}
        return seen | {"Ada hears": hears(ada, visit.patience)}


def delay(visit: Visit) -> dict[str, str]:
    """Let Ada wait a second in the server; Grace asks small questions meanwhile."""
    answered, done = 0, threading.Event()
    with visit.enter() as ada, visit.enter() as grace, ThreadPoolExecutor(1) as apart:
        ada.send_json({"do": "wait", "seconds": 1})
        waiting = apart.submit(lambda: (ada.receive(), done.set()))
        while not done.is_set():
            answer(grace, {"do": "ping"})
            answered += not done.is_set()
            time.sleep(0.02)
        waiting.result()
    return {"Grace's questions answered meanwhile": "many" if answered > 4 else "none"}


def countdown(visit: Visit) -> dict[str, str]:
    """Ask for a countdown, and look when each number arrives."""
    with visit.enter() as ada:
        ada.send_json({"do": "countdown"})
        came = [ada.receive().at for _ in range(3)]
    spread = came[-1] - came[0]
    return {"3, 2, 1 arrive": "all at once" if spread < 0.2 else "one after the other"}


def busy(visit: Visit) -> dict[str, str]:
    """Say one word, and look whether the server's process computes afterwards."""
    server = psutil.Process(visit.page("/process/")["pid"])
    with visit.enter() as ada:
        ada.send_json(say("hello"))
        before = sum(server.cpu_times()[:2])
        on_and_on = wait_until(lambda: sum(server.cpu_times()[:2]) - before > 0.1, 1.5)
    return {"afterwards the process": "computes on and on" if on_and_on else "rests"}


def kept(visit: Visit) -> dict[str, str]:
    """Let two people come and one go; count whom Redis still has in the group."""
    with visit.redis.client() as redis:
        before = set(redis.keys("asgi:group:*"))
        return _kept(visit, redis, before)


def _kept(visit: Visit, redis, before: set[str]) -> dict[str, str]:
    with visit.enter() as ada, visit.enter():
        (key,) = set(redis.keys("asgi:group:*")) - before
        both = redis.zcard(key)
        ada.close()
        wait_until(lambda: redis.zcard(key) == 1, visit.patience)
        return {"in Redis": str(both), "after Ada has gone": str(redis.zcard(key))}


def connections(visit: Visit) -> dict[str, str]:
    """Let six clients count the messages at the same time; then count open database files."""
    server = psutil.Process(visit.page("/process/")["pid"])

    def still_open() -> int:
        return sum(file.path.endswith("db.sqlite3") for file in server.open_files())

    before = still_open()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(visit.enter()) for _ in range(6)]
        for client in clients:
            client.send_json({"do": "count"})
        numbers = [client.receive().json()["messages"] for client in clients]
        left = still_open() - before
    return {"clients with an answer": str(len(numbers)),
            "database connections left open": "some" if left > 0 else "none"}  # fmt: skip


EXPERIMENTS: dict[str, Callable[[Visit], dict[str, str]]] = {
    made.__name__: made
    for made in (
        handshake, entered, entered_echo, slow_handshake, banner, origins, room, frames,
        first_answer, who, goodbye, neighbours, order, burst, expiry, delay, countdown, busy, kept,
        connections,
    )
}  # fmt: skip
