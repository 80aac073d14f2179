"""An event loop that runs inside a call, in a place without sockets, selectors and threads."""

import asyncio
import contextlib
from asyncio import events
from collections.abc import Iterator
from time import sleep

from inpage.patience import HeldUp

missed = []  # what the project needed that one thread cannot do, in words


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


class Threadless(RuntimeError):
    """The project waits in one thread for another, and a page has only one."""

    __module__ = "builtins"  # a traceback shows the reader its name alone

    def __init__(self, what: str):
        missed.append(f"a second thread for {what}")
        super().__init__(f"a page has one thread, and {what} needs two: use `await` in an "
                         "`async def` here, or try this on your own computer")  # fmt: skip


def elsewhere(needed: str):
    """Do not judge what cannot be here."""
    import pytest

    missed.clear()
    pytest.skip(f"This needs {needed}, so it is judged on your own computer.")


def in_thread(loop, executor, func, *arguments) -> asyncio.Future:
    """Call a function where a loop would start a thread: `hop` turns later, which others use."""
    future = loop.create_future()

    def wait(turns: int) -> None:
        if turns:
            loop.call_soon(wait, turns - 1)
        elif not future.done():
            _call(future, func, arguments)

    wait(getattr(loop, "hop", 1))
    return future


def _call(future: asyncio.Future, func, arguments: tuple) -> None:
    with outside():
        try:
            future.set_result(func(*arguments))
        except HeldUp:
            missed.append("a second thread, which waits while others go on")
            raise
        except Exception as error:
            future.set_exception(error)


class PageLoop(asyncio.BaseEventLoop):
    """Waits by sleeping; what wants a thread runs at once."""

    run_in_executor = in_thread
    hop = 4  # what was sent before is read by then

    def __init__(self):
        super().__init__()
        self._selector, self._waited_for = self, None

    def select(self, timeout: float | None) -> list:
        """Sleep until the next timer is due."""
        if timeout is None:
            raise Stuck("nothing is left to run")
        if timeout > 0:
            sleep(timeout)
        return []

    def _process_events(self, event_list) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody calls from another thread."""

    def stop(self) -> None:
        """Stop, unless this is left from a wait that the project held up."""
        if self._waited_for is None or self._waited_for.done():
            super().stop()

    def idle(self) -> bool:
        """Tell whether nothing can run at once but what asks."""
        return not self._ready

    def run(self, waited_for):
        """Run until a coroutine or future is done, from inside whatever runs."""
        with outside():
            self._waited_for = task = self.create_task(waited_for)
            try:
                return self.run_until_complete(task)
            finally:
                task.cancel()  # when the project held up everybody
