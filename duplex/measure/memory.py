"""Where bytes wait for a reader that does not read, and what an idle connection costs."""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from duplex import frames, wire
from duplex.deadline import scaled, wait_until
from duplex.measure import crowd
from duplex.server import Server

BLOCK = 16_000  # bytes of one message of the project
STEPS, STEP = 16, 100  # how often a reader asks for how many more messages
KERNEL = 64 * 1024  # bytes that we let the client's kernel keep
MANY, MEGA = 8 * 1024 * 1024, 1e6


def pid(server: Server) -> int:
    """Return the number of the process behind a server."""
    return wire.Http(server.address).get("/process/").json()["pid"]


def resident(server: Server) -> int:
    """Return the bytes of memory that a server's process has."""
    return psutil.Process(pid(server)).memory_info().rss


class Deaf:
    """A client that asks, and never reads what comes."""

    def __init__(self, server: Server, path: str):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL)
        self.sock.settimeout(scaled(10))
        self.sock.connect(server.address)
        self.sock.sendall(crowd.HELLO.format(path=path, key=frames.new_key()).encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):  # the server says no more before it is asked
            head += self.sock.recv(1)

    def ask(self, text: str) -> None:
        """Send a text."""
        self.sock.sendall(frames.encode(frames.TEXT, text.encode(), masking_key=b"abcd"))

    def waiting(self) -> int:
        """Return how many bytes wait in this computer's kernel for the client to read them."""
        return len(self.sock.recv(MANY, socket.MSG_PEEK))

    def close(self) -> None:
        """Hang up."""
        self.sock.close()


@dataclass
class Piled:
    """What a server did for a reader that does not read; bytes, at each step."""

    asked: list[int] = field(default_factory=list)
    grown: list[int] = field(default_factory=list)  # of the server's memory
    kernel: int = 0  # what waited in the client's kernel, in the end


def flood(server: Server) -> Piled:
    """Ask for more and more, read nothing; a server without limits sends all of it."""
    before = wire.Http(server.address).get("/process/").json()["sent"]

    def sent() -> int:
        return wire.Http(server.address).get("/process/").json()["sent"] - before

    return _pile(server, "/ws/flood/", lambda count: str(count), lambda asked: sent() >= asked)


def credit(server: Server) -> Piled:
    """The same where the server waits until its client says what it has seen."""
    return _pile(server, "/ws/credit/", lambda count: json.dumps({"want": count}), None)


def _pile(server: Server, path: str, order: Callable, done: Callable | None) -> Piled:
    """Ask step by step, and look at the server's memory after each."""
    found, deaf, before = Piled([0], [0]), Deaf(server, path), resident(server)
    try:
        for step in range(1, STEPS + 1):
            deaf.ask(order(STEP))
            if done and not wait_until(lambda step=step: done(step * STEP), 20):
                raise AssertionError("The server did not send what it was asked for.")
            found.asked.append(step * STEP * BLOCK)
            found.grown.append(resident(server) - before)
        found.kernel = deaf.waiting()
    finally:
        deaf.close()
    return found


def came(client: wire.WebSocket, **says: int) -> int:
    """Say something to a server that gives credit; return how many messages come of it."""
    client.send_json(says | {"tell": 1})
    count = 0
    while len(client.receive().payload) == BLOCK:
        count += 1
    return count


def reads(client: wire.WebSocket, want: int, every: int) -> dict[str, int]:
    """Read as far as one gets who says after every so many messages that it has seen them."""
    seen, got = 0, came(client, want=want)
    while got - got % every > seen:
        seen = got - got % every
        got += came(client, seen=seen)
    return {"messages that come": got, "seen frames": got // every}


def size(server: Server, path: str, text: str) -> str:
    """Send one text, and return what becomes of it: echoed, closed (the code), or dropped."""
    with wire.connect(server.address, path) as client:
        try:
            client.receive()  # the greeting
            client.send_text(text)
            answer = client.receive()
        except wire.Dropped:
            return "dropped"
        return "echoed" if answer.kind == "text" else f"closed, {answer.code}"


def idle(server: Server, clients: int = 200) -> float:
    """Return how many bytes of the server's memory one more connection takes that says nothing."""
    return crowd.apart(_idle(server, clients))


async def _idle(server: Server, clients: int) -> float:
    some = await crowd.enter([server.address], 20, "/ws/room/idle/")  # what the first ones cost
    before = await asyncio.to_thread(resident, server)
    more = await crowd.enter([server.address], clients, "/ws/room/idle/")
    after = await asyncio.to_thread(resident, server)
    await crowd.leave(some + more)
    return (after - before) / clients
