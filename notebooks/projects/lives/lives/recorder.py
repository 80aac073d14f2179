"""A middleware that writes down every event between the server and an application."""

import itertools
import time

records = []  # one dict an event; notebook 07 reads them at /records/
numbers = itertools.count(1)


def note(connection: int, way: str, event: dict) -> None:
    """Write an event down: `way` is "in" (to the application), "out", or "end"."""
    told = {key: str(value) for key, value in event.items() if value not in (None, [], "")}
    records.append({"at": time.perf_counter(), "connection": connection, "way": way} | told)


class Recorder:
    """Passes everything on, both ways, and writes it down."""

    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        number = next(numbers)

        async def hear():
            event = await receive()
            note(number, "in", event)
            return event

        async def say(event):
            note(number, "out", event)
            await send(event)

        try:
            await self.inner(scope, hear, say)
            note(number, "end", {"type": "returned"})
        except Exception as error:
            note(number, "end", {"type": f"raised {type(error).__name__}"})
            raise
