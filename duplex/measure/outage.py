"""A process is killed, Redis is restarted: who notices, what is lost, and when it flows again."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import signature

from channels_redis.core import RedisChannelLayer
from redis.asyncio import ConnectionPool
from redis.asyncio import Redis as AsyncRedis

from duplex import wire
from duplex.deadline import Deadline, wait_until
from duplex.redis import Redis
from duplex.server import Server

PAUSE = 0.05  # seconds between two messages
AWAY = (0.6, 1.2)  # seconds: Redis stops, and starts again, empty
END, AGAIN = 2.4, 0.4  # seconds: how long they speak at least, and once it flows again
PATIENCE = 15  # seconds after which it will not flow again


@dataclass
class Story:
    """What was said and heard over a restart; seconds from the beginning."""

    said: dict[int, float] = field(default_factory=dict)  # number: when it was sent
    unsaid: dict[int, float] = field(default_factory=dict)  # there was no connection to say it
    heard: list[tuple[int, float]] = field(default_factory=list)
    closed: list[tuple[str, float]] = field(default_factory=list)  # how, and when
    away: tuple[float, float] = (0.0, 0.0)

    def flows_since(self) -> float:
        """Return when the first word was heard that was said after Redis had come back."""
        late = [at for number, at in self.heard if self.said.get(number, 0) > self.away[1] > 0]
        return min(late, default=float("inf"))

    @property
    def lost(self) -> list[int]:
        """The numbers that were sent and never heard."""
        came = {number for number, _ in self.heard}
        return [number for number in self.said if number not in came]

    def all_heard(self) -> bool:
        """Tell whether the last word was heard."""
        return any(number == max(self.said) for number, _ in list(self.heard))


class Visitor:
    """A client in a room that comes back at once when it is closed, and asks for nothing missed."""

    def __init__(self, server: Server, path: str, now: Callable[[], float], story: Story):
        self.server, self.path, self.now, self.story = server, path, now, story
        self.client, self.over = None, threading.Event()
        self.come()

    def come(self) -> bool:
        """Connect, if the server lets us; whoever hears a pong is in the group."""
        if self.client is not None:
            self.client.close()
        with contextlib.suppress(wire.WireError):
            self.client = wire.connect(self.server.address, self.path, timeout=1)
            self.client.ping()
            return self.client.receive(control=True).kind == "pong"
        return False

    def listen(self) -> None:
        """Note what is heard, until it is over."""
        while not self.over.is_set():
            try:
                frame = self.client.receive(timeout=0.1)
            except wire.TimedOut:
                continue
            except wire.WireError as error:
                self._lost(str(error))
                continue
            if frame.kind == "close":
                self._lost(str(frame.code))
            elif frame.kind == "text":
                self.story.heard.append((int(frame.payload), frame.at - self.start))

    @property
    def start(self) -> float:
        """The story's beginning, on the clock of the frames."""
        return time.perf_counter() - self.now()

    def _lost(self, how: str) -> None:
        self.story.closed.append((how, self.now()))
        while not (self.over.is_set() or self.come()):
            time.sleep(PAUSE)

    def say(self, number: int) -> None:
        """Say a number, or note that there is no connection to say it."""
        try:
            self.client.send_text(str(number))
        except wire.WireError:
            self.story.unsaid[number] = self.now()
            self.come()
        else:
            self.story.said[number] = self.now()


def restart(one: Server, other: Server, redis: Redis, kind: str) -> Story:
    """Speak at one process and listen at the other, while Redis is restarted, empty."""
    story, begin = Story(), time.perf_counter()

    def now() -> float:
        return time.perf_counter() - begin

    path = f"/ws/{kind}/talk/"
    speaker, listener = (Visitor(server, path, now, story) for server in (one, other))
    threads = [threading.Thread(target=listener.listen),
               threading.Thread(target=_restart, args=(redis, now, story))]  # fmt: skip
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    try:
        _speak(speaker, now, story)
        wait_until(story.all_heard)
    finally:
        listener.over.set()
        for thread in threads:
            thread.join()
        speaker.client.close()
        listener.client.close()
    return story


def _speak(speaker: Visitor, now: Callable[[], float], story: Story) -> None:
    number, patience = 0, Deadline(PATIENCE)
    while now() < max(END, story.flows_since() + AGAIN) and not patience.expired():
        speaker.say(number)
        number += 1
        time.sleep(max(0.0, PAUSE * number - now()))


def _restart(redis: Redis, now: Callable[[], float], story: Story) -> None:
    time.sleep(AWAY[0])
    stopped = now()
    redis.stop()
    time.sleep(AWAY[1] - AWAY[0])
    redis.restart()
    story.away = (stopped, now())


def patience() -> dict[str, int]:
    """Return what the core layer and the Redis client do by default."""
    words = signature(AsyncRedis.__init__).parameters
    return {"seconds that the layer waits for a message": RedisChannelLayer.brpop_timeout,
            "seconds that the client waits for an answer": words["socket_timeout"].default,
            "connections that the client opens": ConnectionPool().max_connections}  # fmt: skip


def fate(client: wire.WebSocket, seconds: float = 10) -> str:
    """Return the next text that a client hears, or "nothing", or how its connection has ended."""
    try:
        frame = client.receive(timeout=seconds)
    except wire.TimedOut:
        return "nothing"
    except wire.WireError:
        return "dropped, without a close frame"
    return frame.payload if frame.kind == "text" else str(frame)


def letter_boxes(inside) -> dict[str, int]:
    """Return the queues of processes in a Redis that hold something: how many messages, by key."""
    return {key: inside.zcard(key) for key in inside.keys("asgispecific.*!")}
