"""The clinic's experiments that look into the server: its groups, its work, its open files."""

import contextlib
import hashlib

import psutil

from duplex.deadline import wait_until
from duplex.measure.visit import Visit, say


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


def busy(visit: Visit) -> dict[str, str]:
    """Say one word, and look whether the server's process computes afterwards."""
    server = psutil.Process(visit.page("/process/")["pid"])
    with visit.enter() as ada:
        ada.send_json(say("hello"))
        before = sum(server.cpu_times()[:2])
        on_and_on = wait_until(lambda: sum(server.cpu_times()[:2]) - before > 0.05, 0.5)
    return {"afterwards the process": "computes on and on" if on_and_on else "rests"}


def kept(visit: Visit) -> dict[str, str]:
    """Let two people come and one go; count whom Redis still has in the group."""
    with visit.redis.client() as redis, visit.enter() as ada, visit.enter():
        key = f"asgi:group:room.{hashlib.sha256(visit.room.encode()).hexdigest()}"
        both = redis.zcard(key)
        ada.close()
        wait_until(lambda: redis.zcard(key) == 1, visit.patience)
        lives = 86_000 < redis.ttl(key) <= 86_400
        return {"in Redis": str(both), "after Ada has gone": str(redis.zcard(key)),
                "Redis forgets the group": "after a day" if lives else "otherwise"}  # fmt: skip


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
