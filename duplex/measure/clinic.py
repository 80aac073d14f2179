"""The clinic's experiments: each visits a served chat and says what a client sees there."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from duplex import wire
from duplex.deadline import Deadline, wait_until
from duplex.measure.inside import busy, connections, goodbye, kept
from duplex.measure.knocks import (
    as_browser,
    banner,
    entered,
    entered_echo,
    handshake,
    origins,
    slow_handshake,
    who,
)
from duplex.measure.visit import Visit, answer, comes, hears, say, told


def room(visit: Visit) -> dict[str, str]:
    """Let Ada say hello; Grace is in the same room, in the last of the processes."""
    with visit.enter() as ada, visit.enter(len(visit.servers) - 1) as grace:
        ada.send_json(say("hello"))
        people = {"Ada hears": ada, "Grace hears": grace}
        deadline = Deadline(visit.patience)
        return {who: hears(client, deadline) for who, client in people.items()}


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


def neighbours(visit: Visit) -> dict[str, str]:
    """Let Ada ask, while Bob sits beside her and asks nothing."""
    with visit.enter() as ada, visit.enter() as bob:
        ada.send_json({"do": "ping", "text": "for Ada"})
        seen = {"Ada gets": "nothing", "Bob gets": "nothing"}

        def anyone() -> bool:
            for who, client in (("Ada gets", ada), ("Bob gets", bob)):
                if seen[who] == "nothing":
                    seen[who] = comes(client, 0.1)
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
    """Let Ada ask for 150 lines of history, and count those that reach her."""
    with visit.enter() as ada, visit.enter(len(visit.servers) - 1):  # Grace reads all the time
        ada.send_json({"do": "history", "lines": 150})
        lines = [told(ada.receive()) for _ in range(3)]  # now there is room for another message
        ada.send_json(say("end"))
        while (text := told(ada.receive())) != "said: end":
            lines.append(text)
        return {"of 150 lines arrive": str(len(lines))}


def expiry(visit: Visit) -> dict[str, str]:
    """Let Ada sit in the room until the next second has begun; then Grace comes in and speaks."""
    with visit.enter() as ada:
        over = math.floor(time.time()) + 1.02  # the layer looks at whole seconds
        time.sleep(over - time.time())  # what is measured is what time does
        with visit.enter() as grace:
            grace.send_json(say("hello"))
            seen = {"Grace hears": hears(grace, Deadline(visit.patience))}
        return seen | {"Ada hears": hears(ada, Deadline(visit.patience))}


def slow(visit: Visit) -> dict[str, str]:
    """Keep Ada busy for a while, in which Grace talks; then let Grace ask for her."""
    last = "said: are you there?"
    with visit.enter() as ada, visit.enter() as grace:
        ada.send_json({"do": "wait", "seconds": 0.6})
        for number in range(5):
            grace.send_json(say(str(number)))
            grace.receive()
        while told(ada.receive()) != "waited: 0.6":
            pass
        grace.send_json(say("are you there?"))
        people = {"Grace hears the last word": grace, "Ada hears the last word": ada}
        deadline = Deadline(visit.patience)
        return {who: _last(client, last, deadline) for who, client in people.items()}


def _last(client: wire.WebSocket, last: str, deadline: Deadline) -> str:
    """Return the last word, when it comes; "nothing" when all that came was said before."""
    while (heard := hears(client, deadline)) not in (last, "nothing"):
        pass
    return heard


def announced(visit: Visit) -> dict[str, str]:
    """Let Ada sit in the room while a management command publishes something there."""
    with visit.enter() as ada:
        printed = visit.manage("announce", visit.room, "Tea is ready.")
        return {
            "the command says": printed.strip(),
            "Ada hears": hears(ada, Deadline(visit.patience)),
        }


def delay(visit: Visit) -> dict[str, str]:
    """Let Ada wait a while in the server; Grace asks small questions meanwhile."""
    answered, done = 0, threading.Event()
    with visit.enter() as ada, visit.enter() as grace, ThreadPoolExecutor(1) as apart:
        ada.send_json({"do": "wait", "seconds": 0.4})
        waiting = apart.submit(lambda: (ada.receive(), done.set()))
        while not done.is_set():
            answer(grace, {"do": "ping"})
            answered += not done.is_set()
            time.sleep(0.02)
        waiting.result()
    return {"Grace's questions answered meanwhile": "many" if answered > 2 else "none"}


def countdown(visit: Visit) -> dict[str, str]:
    """Ask for a countdown, and look when each number arrives."""
    with visit.enter() as ada:
        ada.send_json({"do": "countdown"})
        came = [ada.receive().at for _ in range(3)]
    spread = came[-1] - came[0]
    return {"3, 2, 1 arrive": "all at once" if spread < 0.15 else "one after the other"}


EXPERIMENTS: dict[str, Callable[[Visit], dict[str, str]]] = {
    made.__name__: made
    for made in (
        handshake, entered, entered_echo, slow_handshake, banner, origins, who, as_browser, room,
        frames, first_answer, neighbours, order, burst, expiry, slow, announced, delay, countdown,
        goodbye, busy, kept, connections,
    )
}  # fmt: skip
