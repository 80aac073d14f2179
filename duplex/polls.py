"""Watch how a page polls, in virtual time: the page's clock stands still until it is moved.

Nothing here depends on how fast the computer is. A step moves the clock, not beyond the moment
when the page's next timer is due, and then waits until the page and this side agree on which polls
are under way.
"""

import contextlib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page, Request, Route

from duplex.browser import bounded, page_errors
from duplex.deadline import Deadline
from duplex.expect import Stalled, expect
from duplex.sockets import TimedOut

POLL = re.compile(r"/api/messages/?(\?|$)")
AGREE = 2.0  # seconds in which page and watcher agree at the latest, scaled
PATIENCE = 10.0  # seconds in which a page does one step, scaled
STEP = 0.25  # virtual seconds
NOT_THERE = {"waiting": -1, "reading": 0, "quiet": 0}  # an error page of the browser, perhaps

# Counts, inside the page and its frames, the polls under way and the answers still read, and
# tells for how many milliseconds no timer is due. It says 0, which makes for small steps, when it
# cannot know that: when there are frames (with clocks of their own), or when there is neither a
# timer nor a poll, so that the page is dead or busy with something that is not on the clock.
COUNTER = r"""(() => {
  const poll = /\/api\/messages\/?(\?|$)/;
  const state = { waiting: 0, reading: 0 };
  const inside = (frame) => {
    try { return frame.__polls(); } catch { return { waiting: 0, reading: 0 }; } // another origin's
  };
  window.__polls = () => {
    const sum = { ...state, quiet: frames.length ? 0 : quiet() };
    for (const { waiting, reading } of Array.from(frames, inside)) {
      sum.waiting += waiting;
      sum.reading += reading;
    }
    return sum;
  };
  const quiet = () => {
    const clock = window.__pwClock?.controller, now = clock?._now?.ticks;
    if (now === undefined || !clock._firstTimer) return 0;
    const timer = clock._firstTimer();
    return timer || state.waiting ? (timer ? timer.callAt : 1e12) - now : 0;
  };
  const path = (url) => new URL(url, document.baseURI).href;
  const counts = (url, method) => poll.test(path(url)) && /^get$/i.test(method || "GET");
  const fetched = window.fetch;
  window.fetch = function (input, init) {
    const request = input instanceof Request ? input : { url: input };
    const result = fetched.apply(this, arguments);
    if (counts(request.url, (init && init.method) || request.method)) {
      state.waiting += 1;
      const ended = () => { state.waiting -= 1; };
      result.then(ended, ended);
    }
    return result;
  };
  for (const name of ["json", "text", "blob", "arrayBuffer"]) {
    const read = Response.prototype[name];
    Response.prototype[name] = function () {
      state.reading += 1;
      const result = read.apply(this, arguments), ended = () => { state.reading -= 1; };
      result.then(ended, ended);
      return result;
    };
  }
  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url) {
    this.__poll = counts(url, method);
    return open.apply(this, arguments);
  };
  XMLHttpRequest.prototype.send = function () {
    if (this.__poll) {
      state.waiting += 1;
      this.addEventListener("loadend", () => { state.waiting -= 1; }, { once: true });
    }
    return send.apply(this, arguments);
  };
})()"""


@dataclass(eq=False)
class Poll:
    """One poll: the virtual second at which it began, its cursor, and the way to answer it."""

    at: float
    after: str | None
    route: Route


Reply = Callable[[Route], None]


class Polls:
    """The polls of one page; `most` is the greatest number that was under way at once."""

    def __init__(self, page: Page, url: str):
        self.page, self.now, self.most = page, 0.0, 0
        self.asked: list[Poll] = []
        self.pending: list[Poll] = []
        self.reply: Reply | None = None  # None holds the polls
        self._agree, self._quiet = AGREE, 0.0
        page.on("requestfailed", self._forget)
        page.route(POLL, self._note)
        page.add_init_script(COUNTER)
        page.clock.install(time=0)
        page.clock.pause_at(1)
        with self._bounded():
            page.goto(url, wait_until="load")
        self.settle()

    @contextlib.contextmanager
    def _bounded(self) -> Iterator[None]:
        """Tell a script that never ends from an error in a script, which is only noted."""
        with bounded(PATIENCE) as ended:
            try:
                yield
            except Error as error:
                if not ended.is_set() and "Clock.run_for" not in str(error):
                    raise
                self.page.complaints.append(str(error).splitlines()[0].split(": ", 1)[-1])
        if ended.is_set():
            saw = f"a script that kept the page busy for {PATIENCE:g} seconds"
            raise Stalled(saw, "a page that can be used", "in the browser")

    def _note(self, route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        after = parse_qs(urlsplit(route.request.url).query).get("after")
        poll = Poll(self.now, after[0] if after else None, route)
        self.asked.append(poll)
        self.pending.append(poll)

    def _forget(self, request: Request) -> None:
        self.pending = [poll for poll in self.pending if poll.route.request != request]

    def settle(self) -> None:
        """Answer what is to be answered, and wait until nothing moves any more."""
        deadline = Deadline(self._agree)
        while not self._settled():
            if deadline.expired():  # the page polls in a way that its counter does not see
                self._agree = 0.05
                break
        self.most = max(self.most, len(self.pending))

    def _settled(self) -> bool:
        if self.reply and self.pending:
            with contextlib.suppress(Error):  # the page may have given this poll up
                self.reply(self.pending.pop(0).route)
            return False
        with self._bounded():
            state = self.page.evaluate("window.__polls?.()") or NOT_THERE
        self._quiet = state["quiet"] / 1000
        agreed = state["waiting"] == len(self.pending) and not state["reading"]
        return agreed and not (self.reply and self.pending)

    def advance(self, seconds: float = STEP) -> None:
        """Let `seconds` pass on the page."""
        self.now += seconds  # first: a poll may be noted while the clock is still being moved
        with self._bounded():
            self.page.clock.run_for(round(seconds * 1000))
        self.settle()

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Let time pass in steps until `condition`; False when it has not come in `seconds`."""
        start, end, longest = self.now, self.now + seconds, STEP
        deadline = Deadline(600)  # in truth: what is left of the task's deadline
        while not condition() and self.now < end:
            if deadline.expired():
                raise TimedOut("the task's time was up before the page's")
            quiet, restless = self._quiet, STEP if self.now < start + 8 else 4 * STEP
            due = math.ceil(quiet / STEP) * STEP
            calm = max(STEP, min(due, longest, end - self.now))
            self.advance(calm if longest > STEP else restless)
            longest = 2 * longest if self._quiet < quiet else STEP  # that timer is still to come
        return bool(condition())

    def next(self, seconds: float) -> Poll | None:
        """Let time pass until the next poll begins; None when none comes in `seconds`."""
        asked = len(self.asked)
        self.until(lambda: len(self.asked) > asked, seconds)
        return self.asked[asked] if len(self.asked) > asked else None

    def require(self, seconds: float, when: str) -> Poll:
        """Let time pass until the next poll begins; Mismatch when none comes in `seconds`."""
        poll = self.next(seconds + 5)  # a wait of exactly `seconds` may be seen some steps later
        says = "; ".join(page_errors(self.page)[-1:])
        saw = f"no poll (the browser's console says: {says})" if says else "no poll"
        expect.that(poll, saw, f"a poll within {seconds:g} s", when)
        return poll

    def usual_wait(self, seconds: float, when: str, first: float | None = None) -> float:
        """Answer some polls and return the time between two; `first` is granted at first."""
        self.reply = messages()
        self.settle()
        for _ in range(2):
            poll = self.require(first or seconds, when)
        return self.require(seconds, when).at - poll.at

    def failing_waits(self, status: int | None, seconds: float) -> list[float]:
        """Let seven polls fail and return the time after each."""
        self.reply = failure(status)
        started = [self.require(seconds, "after an answer").at]
        for number in range(1, 8):
            started.append(self.require(seconds, f"after failed poll {number}").at)
        return [later - before for before, later in pairwise(started)]

    def text(self) -> str:
        """Return the text that a person can read on the page."""
        return self.page.inner_text("body")


def messages(*rows: dict) -> Reply:
    """Answer a poll with these messages."""
    return lambda route: route.fulfill(json={"messages": list(rows)})


def failure(status: int | None) -> Reply:
    """Answer a poll with an HTTP error; None refuses the connection."""
    if status is None:
        return lambda route: route.abort("connectionrefused")
    return lambda route: route.fulfill(status=status, json={"error": "The server is ill."})
