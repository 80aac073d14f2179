"""Polls are watched in virtual time, whatever way the page asks."""

import pytest

from duplex.browser import find_browser, open_browser, open_page
from duplex.expect import Mismatch, Stalled
from duplex.polls import Polls, failure, messages

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no browser on this computer")
SITE = "http://page.test/"
CAREFUL = """
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
(async () => {
  for (let wait = 3; ; await pause(wait))
    wait = await fetch("/api/messages/?after=5").then((r) => r.json()).then(() => 3, () => 7);
})();
"""
HASTY = "setInterval(() => fetch('api/messages/'), 1000);"
IMPATIENT = """
function ask() {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 2000);
  fetch("/api/messages/", { signal: stop.signal }).catch(() => setTimeout(ask, 1000));
}
ask();
"""
OLD = """
function ask() {
  const request = new XMLHttpRequest();
  request.onloadend = () => setTimeout(ask, 4000);
  request.open("get", "/api/messages");
  request.send();
}
ask();
"""
BROKEN = "setTimeout(() => { fetch('/api/messages/'); nope(); }, 1000);"
ENDLESS = "setTimeout(() => { fetch('/api/messages/'); for (;;); }, 1000);"
JITTER = """
(function ask() {
  fetch("/api/messages/").finally(() => setTimeout(ask, 20000.5));
})();
setInterval(() => {}, 30000);
"""
FRAME = f"""
const frame = document.createElement("iframe");
frame.srcdoc = `<script>{HASTY}<\\/script>`;
document.body.append(frame);
"""

IMAGE = """
let last = 0;
setInterval(() => { new Image().src = `api/messages/?after=${last++}`; }, 1000);
"""


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def watch(browser):
    """Open a page with this script and watch it."""
    with open_page(browser) as page:

        def open_with(script):
            body = f"<!doctype html><body>words<script>{script}</script>"
            page.route(SITE, lambda route: route.fulfill(body=body, content_type="text/html"))
            return Polls(page, SITE)

        yield open_with


def test_held_poll_stays_alone(watch):
    polls = watch(CAREFUL)
    polls.until(lambda: False, 60)
    assert (len(polls.asked), polls.most, polls.asked[0].after) == (1, 1, "5")


def test_waits_are_exact(watch):
    polls = watch(CAREFUL)
    assert polls.usual_wait(10, "now") == 3
    assert set(polls.failing_waits(None, 10)[1:]) == {7}
    assert set(polls.failing_waits(500, 10)[1:]) <= {3, 7}


def test_overlap_is_seen(watch):
    polls = watch(HASTY)
    assert polls.until(lambda: polls.most > 1, 10)
    assert polls.now == 2


def test_given_up_poll_is_forgotten(watch):
    polls = watch(IMPATIENT)
    polls.until(lambda: False, 20)
    assert polls.most == 1
    assert [poll.at for poll in polls.asked[:3]] == [0, 3, 6]


def test_old_requests_are_seen(watch):
    polls = watch(OLD)
    polls.reply = messages()
    polls.settle()
    assert polls.usual_wait(10, "now") == 4


def test_quiet_minute_takes_few_steps(watch, monkeypatch):
    polls, steps = watch(CAREFUL), []
    advance = polls.advance
    monkeypatch.setattr(polls, "advance", lambda step: (steps.append(step), advance(step)))
    polls.until(lambda: False, 60)
    assert sum(steps) == polls.now == 60
    assert len(steps) < 20


def test_steps_end_at_timers(watch):
    polls = watch(JITTER)
    assert polls.usual_wait(30, "now") == 20.25


def test_polls_of_frames_are_seen(watch):
    polls = watch(FRAME)
    polls.until(lambda: len(polls.asked) > 2, 10)
    assert [poll.at for poll in polls.asked[:3]] == [1, 2, 3]


def test_polls_without_count_are_seen(watch, monkeypatch):
    monkeypatch.setattr("duplex.polls.AGREE", 0.2)
    polls = watch(IMAGE)
    assert polls.until(lambda: len(polls.asked) > 2, 10)


def test_silent_page_is_told(watch):
    polls = watch(BROKEN)
    polls.reply = failure(503)
    polls.require(10, "at first")
    with pytest.raises(Mismatch, match=r"later: saw no poll \(.*nope is not defined\)"):
        polls.require(10, "later")
    assert polls.text() == "words"


def test_endless_script_is_ended(watch, monkeypatch):
    polls = watch(ENDLESS)
    monkeypatch.setattr("duplex.polls.PATIENCE", 3)  # not before: a busy computer opens it slowly
    with pytest.raises(Stalled, match="busy for 3 seconds"):
        polls.require(10, "at first")


def test_browser_outlives_its_pages(watch):
    polls = watch(CAREFUL)
    assert len(polls.asked) == 1
