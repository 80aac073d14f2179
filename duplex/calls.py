"""The WebSockets of one page, answered by a test, in virtual time: the page's clock stands still.

Nothing here depends on how fast the computer is: the page's own clock says when it called.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Browser, Error, Page

from duplex.browser import bounded, open_page, page_errors
from duplex.deadline import wait_until
from duplex.expect import Stalled, expect
from duplex.storm import times

STAND_IN = Path(__file__).with_name("calls.js")
PATIENCE = 10.0  # seconds in which a page does one step, scaled
SOON = 2.0  # seconds in which a page does what needs no waiting, scaled
LONG = 90  # virtual seconds: three times the longest wait
STEP = 2  # virtual seconds
HANG_UP = """([count, code]) => { __answer = (call) => {
  if (__calls.length >= count) return;
  if (code !== 1006) Promise.resolve().then(() => call.__open());
  setTimeout(() => call.__close(code), 1);
}; }"""
HEAR_ALL = """(frames) => frames.forEach((frame) => __calls.at(-1).__hear(frame))"""
CALLS = """() => __calls.map((call) => ({ at: call.__at, url: call.url, sent: call.__sent }))"""


class Desk:
    """One page for many tests, which is quicker than one for each; a lost one is replaced."""

    def __init__(self, browser: Browser):
        self._browser, self._open, self._calls = browser, contextlib.ExitStack(), None

    def calls(self, url: str, cookies: dict[str, str]) -> "Calls":
        """Load the page of this address, and return its calls."""
        try:
            if self._calls and self._calls.url == url:
                return self._calls.load()
        except Error:  # its process may have been ended, since it was busy without end
            pass
        self.close()
        page = self._open.enter_context(open_page(self._browser))
        self._calls = Calls(page, url, cookies)
        return self._calls

    def close(self) -> None:
        """Close the page."""
        self._calls = None
        self._open.close()


class Calls:
    """A page and its calls, each a WebSocket that it opened; the newest one can be answered."""

    def __init__(self, page: Page, url: str, cookies: dict[str, str]):
        self.page, self.url, self.heard = page, url, {}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
        )
        page.add_init_script(path=STAND_IN)
        page.clock.install(time=0)
        page.clock.pause_at(1)
        self.load()

    def load(self) -> "Calls":
        """Load the page, anew if it is there already, and wait for its first call."""
        self.heard.clear()
        self.page.complaints.clear()
        self.page.goto(self.url, wait_until="load")
        self._require(1, "when it has been loaded")
        return self

    def all(self) -> list[dict]:
        """Return the page's calls: when each was made (virtual ms), its url, what it sent."""
        return self._evaluate(CALLS)

    def advance(self, seconds: float) -> None:
        """Let time pass on the page."""
        with self._usable() as ended:
            try:
                self.page.clock.run_for(round(seconds * 1000))
            except Error as error:
                if not ended.is_set() and "Clock.run_for" not in str(error):
                    raise
                self.page.complaints.append(str(error).splitlines()[0].split(": ", 1)[-1])

    @contextlib.contextmanager
    def _usable(self) -> Iterator[threading.Event]:
        """Bound one step of the page; a script of its own that never returns is a finding."""
        with bounded(PATIENCE) as ended:
            try:
                yield ended
            except Error:
                if not ended.is_set():
                    raise
        if ended.is_set():
            saw = f"a script that kept the page busy for {PATIENCE:g} seconds"
            raise Stalled(saw, "a page that can be used", "in the browser")

    def _evaluate(self, script: str, value: object = None) -> object:
        with self._usable():
            return self.page.evaluate(script, value)

    def _require(self, count: int, when: str) -> list[dict]:
        """Let time pass until the page has made so many calls."""
        passed = 0
        while len(calls := self.all()) < count and passed < LONG:
            self.advance(STEP)
            passed += STEP
        says = "; ".join(page_errors(self.page)[-1:])
        saw = f"no connection (the browser's console says: {says})" if says else "no connection"
        should = f"a connection to /ws/chat/… within {LONG} s of the page's time"
        expect.that(len(calls) >= count, saw, should, when)
        return calls

    def _tell(self, script: str, *values: object) -> None:
        self._evaluate(f"(values) => __calls.at(-1).{script}", list(values))

    def close(self, code: int) -> None:
        """Close the newest call; 1006 is a connection that is lost, or never was."""
        self._tell("__close(values[0])", code)

    def hear(self, **data: object) -> None:
        """Send an object to the page."""
        self._tell("__hear(values[0])", json.dumps(data))

    def welcome(self, last: int = 0) -> None:
        """Accept the newest call, as the server does."""
        self._tell("__open()")
        path = urlsplit(self.all()[-1]["url"]).path
        room = unquote(path.rstrip("/").rpartition("/")[2])
        self.hear(type="welcome", room=room, you="ada", last=last)

    def hear_messages(self, *ids: int) -> None:
        """Send messages with these ids to the page."""
        frames = []
        for number in ids:
            self.heard[number] = f"saying {number}."
            frames.append({"type": "message", "id": number, "room": "lobby", "author": "grace",
                           "text": self.heard[number],
                           "sent_at": "2026-01-31T12:00:00+00:00"})  # fmt: skip
        self._evaluate(HEAR_ALL, [json.dumps(frame) for frame in frames])

    def acknowledge(self, key: str, number: int) -> None:
        """Acknowledge a message of the page's."""
        self.hear(type="ack", key=key, id=number)

    def wait_after(self, code: int) -> float:
        """Close the newest call; return the virtual seconds until the page calls again."""
        count, now = len(self.all()), self._evaluate("Date.now()")
        self.close(code)
        calls = self._require(count + 1, f"after a close with {code}")
        return (calls[count]["at"] - now) / 1000

    def failing_waits(self, count: int, code: int = 1006) -> list[float]:
        """Let so many calls fail, the newest one first; return the virtual seconds after each.

        With another code than 1006 they are opened first, and closed without a welcome.
        """
        first, now = len(self.all()), self._evaluate("Date.now()")
        self._evaluate(HANG_UP, [first + count, code])
        self.close(1006)
        for number in range(1, count + 1):
            calls = self._require(first + number, f"after {number} failed attempts")
        moments = [now - 1, *(call["at"] for call in calls[first : first + count])]
        return [(later - before - 1) / 1000 for before, later in pairwise(moments)]

    def come_back(self) -> None:
        """Lose the connection, if there is one, and welcome the page when it calls again."""
        self.wait_after(1006)
        self.welcome()

    def stays_away(self, act: Callable[[], object], when: str) -> None:
        """Demand that the page makes no further call after something was done."""
        count = len(self.all())
        act()
        self.advance(LONG)
        saw, should = f"{len(self.all()) - count} new connections", f"none for {LONG} s"
        expect.that(len(self.all()) == count, saw, should, when)

    def after(self) -> str | None:
        """Return the `after` of the newest call."""
        return parse_qs(urlsplit(self.all()[-1]["url"]).query).get("after", [None])[-1]

    def said(self, count: int = 0, where: str = "") -> list[tuple[str, str]]:
        """Return key and text of each message that the page sent with its newest call."""
        enough = wait_until(lambda: len(self._said()) >= count, SOON)
        expect.that(enough, self._said(), f"{count} messages", where)
        return self._said()

    def _said(self) -> list[tuple[str, str]]:
        return [(frame.get("key"), frame.get("text")) for frame in self.sent("message")]

    def sent(self, kind: str) -> list[dict]:
        """Return the objects of a type that the page sent with its newest call."""
        frames = map(_read, self.all()[-1]["sent"])
        return [one for one in frames if isinstance(one, dict) and one.get("type") == kind]

    def say(self, text: str) -> None:
        """Type a message into the page, and press Enter."""
        self.page.get_by_label("Message").fill(text)
        self.page.keyboard.press("Enter")

    def go(self, room: str) -> None:
        """Go to another room."""
        count = len(self.all())
        self.page.get_by_label("Another room").fill(room)
        self.page.keyboard.press("Enter")
        self._require(count + 1, f"when a person goes to the room {room}")

    def press(self, name: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def shows_each_once(self) -> None:
        """Demand that each message that came is shown, once."""
        shown = self.page.get_by_role("log").inner_text()
        for number, text in self.heard.items():
            count, where = shown.count(text), f"message {number} on a page that has come back"
            expect.that(count == 1, f"it {times(count)}", "it once", where)


def _read(words: str) -> object:
    try:
        return json.loads(words)
    except ValueError:
        return None
