"""An event loop that runs inside a call, in a place without sockets, selectors and threads."""

import asyncio
import contextlib
import time
from asyncio import events
from collections.abc import Iterator


class Stuck(RuntimeError):
    """Nothing is left to run, and nothing will come: whoever waits would wait for ever."""


@contextlib.contextmanager
def outside() -> Iterator[None]:
    """Let no loop seem to run, as in a thread: Django looks whether one does."""
    running = events._get_running_loop()
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(running)


def in_thread(loop, executor, func, *arguments) -> asyncio.Future:
    """Call a function at once where a loop would start a thread, and return what came of it."""
    future = loop.create_future()
    with outside():
        try:
            future.set_result(func(*arguments))
        except Exception as error:
            future.set_exception(error)
    return future


class PageLoop(asyncio.BaseEventLoop):
    """Waits by sleeping; what wants a thread runs at once."""

    run_in_executor = in_thread

    def __init__(self):
        super().__init__()
        self._selector = self

    def select(self, timeout: float | None) -> list:
        """Sleep until the next timer is due."""
        if timeout is None:
            raise Stuck("nothing is left to run")
        if timeout > 0:
            time.sleep(timeout)
        return []

    def _process_events(self, event_list) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody calls from another thread."""

    def run(self, waited_for):
        """Run until a coroutine or future is done, from inside whatever runs."""
        with outside():
            return self.run_until_complete(waited_for)
