"""A process that is asked to end says goodbye first.

The system asks with SIGTERM, a terminal with SIGINT. Daphne and uvicorn then end at once, and cut
what is connected. From the first connection on, the answer is given here; theirs comes last.
"""

import asyncio
import contextlib
import signal
import threading

from django.conf import settings

GOING_AWAY = 1001  # the close code for "this server goes down"
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Goodbye:
    """Whether this process is about to end, and whom it must tell."""

    begun = False  # from now on it is not ready, and takes no new connections

    def __init__(self):
        self.open = {}  # for each connection: what says goodbye to it, and the task that serves it
        self.loop = self.hurry = self.task = None

    def take_over(self):
        """Answer the signals from now on; Python allows that in the main thread only."""
        if self.loop or threading.current_thread() is not threading.main_thread():
            return
        self.loop, self.hurry = asyncio.get_running_loop(), asyncio.Event()
        for number in SIGNALS:
            theirs = signal.getsignal(number)
            signal.signal(number, lambda number, _, theirs=theirs: self.asked(number, theirs))

    def asked(self, number, theirs):
        """Begin; who asks a second time does not want to wait for the proxies."""
        again, self.begun = self.begun, True
        self.loop.call_soon_threadsafe(*[self.hurry.set] if again else [self.begin, number, theirs])

    def begin(self, number, theirs):
        """Start what takes its time."""
        self.task = asyncio.ensure_future(self.say(number, theirs))
        self.task.add_done_callback(asyncio.Task.result)  # an error in it is told in the log

    async def say(self, number, theirs):
        """Let the proxies notice, close every connection in good order, and let the server end."""
        # task 8.8: wait for `hurry`, at most DRAIN_SECONDS; call what says goodbye to each
        #   connection, all at once; then wait for their tasks, at most GRACE_SECONDS
        # stub:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.hurry.wait(), settings.DRAIN_SECONDS)
        served = list(self.open.values())
        said = asyncio.gather(*(tell() for tell in self.open), return_exceptions=True)
        await asyncio.wait([said, *served], timeout=settings.GRACE_SECONDS)
        # end 8.8
        theirs(number, None)


goodbye = Goodbye()


def graceful(application):
    """Wrap an ASGI application so that its process says goodbye."""

    async def answer(scope, receive, send):
        goodbye.take_over()
        await application(scope, receive, send)

    return answer
