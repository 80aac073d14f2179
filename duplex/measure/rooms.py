"""Rooms in a served project: who hears, how much of a burst arrives, who is in a group."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from duplex import wire
from duplex.deadline import wait_until
from duplex.server import Server


@dataclass(frozen=True)
class Heard:
    """What one client heard of a publication: after how many seconds, or None for nothing."""

    name: str
    room: str
    speaker: bool
    after: float | None


def enter(server: Server, room: str, kind: str = "room") -> wire.WebSocket:
    """Connect to a room; `kind` is the consumer's path."""
    return wire.connect(server.address, f"/ws/{kind}/{room}/")


def hears_next(client: wire.WebSocket) -> str:
    """Return the text in the next frame, or how the connection ended."""
    frame = client.receive()
    return frame.payload if frame.kind == "text" else str(frame)


def fan_out(server: Server, people: dict[str, str]) -> list[Heard]:
    """Let the first of `people` (name: room) speak once; return what each of them heard of it."""
    with ExitStack() as open_clients, ThreadPoolExecutor(len(people)) as threads:
        clients = {name: open_clients.enter_context(enter(server, room))
                   for name, room in people.items()}  # fmt: skip
        speaker, room = next(iter(people.items()))
        inside = [name for name in people if people[name] == room]
        waiting = {name: threads.submit(clients[name].receive) for name in inside}
        clients[speaker].send_text("hello")
        came = {name: future.result().at for name, future in waiting.items()}
        for name in people.keys() - came.keys():  # what comes first to them is their own word
            clients[name].send_text(f"{name} speaks")
            if hears_next(clients[name]) != f"{name} speaks":
                raise AssertionError(f"{name} hears another room.")
        sent = next(frame.at for way, frame in clients[speaker].frames if way == "out")
    return [Heard(name, people[name], name == speaker, came[name] - sent if name in came else None)
            for name in people]  # fmt: skip


def delivered(server: Server, count: int) -> list[int]:
    """Publish `count` numbers from one handler, and return those that come back."""
    with enter(server, "burst", "burst") as client:
        client.send_text(str(count))
        numbers = [hears_next(client) for _ in range(3)]  # so that there is room for the end
        client.send_text("end")
        while (text := hears_next(client)) != "end":
            numbers.append(text)
    return [int(number) for number in numbers]


def hear_each_other(one: Server, other: Server) -> bool:
    """Tell whether what is said in a room of one process is heard in the same room of the other."""
    with enter(one, "both") as ada, enter(other, "both") as grace:
        ada.send_text("from the one")
        hears_next(ada)  # it is published
        grace.send_text("from the other")
        return hears_next(grace) == "from the one"


@dataclass(frozen=True)
class Moment:
    """A group after something happened: how many channels it has, or None where it is no more."""

    what: str
    members: int | None


def membership(server: Server, kind: str) -> list[Moment]:
    """Let three people come and go, each in another way, and look into the layer each time."""
    people, moments = {}, []

    def look(what: str) -> None:
        members = wire.Http(server.address).get("/groups/").json().get(f"room.{kind}")
        moments.append(Moment(what, None if members is None else len(members)))

    look("nobody is here")
    for name in ("Ada", "Grace", "Alan"):
        people[name] = enter(server, kind, kind)
        look(f"{name} comes")
    people["Ada"].send_text("hello")
    hears_next(people["Ada"])
    look("Ada speaks")
    for name in ("Grace", "Alan", "Ada"):
        _leave(server, people[name], politely=name != "Alan")
        look(f"{name} goes" if name != "Alan" else "Alan's line is cut")
    return moments


def _leave(server: Server, client: wire.WebSocket, politely: bool) -> None:
    """End a connection, and wait until its consumer has been told."""
    seen = server.log.text().count("has gone")
    client.close() if politely else client.sock.close()
    if not wait_until(lambda: server.log.text().count("has gone") > seen):
        raise AssertionError("The consumer was not told that its client has gone.")
