"""What a grader test says: what a client saw, and what it should see."""

import os
import pprint

from duplex.wire import Frame, Response

AROUND = 40  # characters before and after a difference that are shown


class Mismatch(AssertionError):
    """A client saw `saw` where it should see `should`."""

    def __init__(self, saw: str, should: str, where: str = ""):
        self.saw, self.should, self.where = saw, should, where
        super().__init__(f"{where + ': ' if where else ''}saw {saw}; should see {should}")


class Stalled(Mismatch):
    """A client waited in vain, which a busy computer could have caused as well."""


def describe(value: object) -> str:
    """Name a value as a student would: a frame, an answer, JSON, a number."""
    if isinstance(value, Frame):
        return str(value)
    if isinstance(value, Response):
        body = " ".join(value.text.split())
        return f"HTTP {value.status} with the body {body[:80] + '…' if len(body) > 80 else body!r}"
    if isinstance(value, str):
        return repr(value) if len(value) <= 80 else f"{value[:80]!r}… ({len(value)} characters)"
    shown = pprint.pformat(value, width=10_000, compact=True)
    return shown if len(shown) <= 120 else shown[:120] + "…"


def describe_both(saw: object, should: object) -> tuple[str, str]:
    """Describe two values that differ, so that the difference is seen also far inside them."""
    told = describe(saw), describe(should)
    if told[0] != told[1]:
        return told
    whole = [repr(value) for value in (saw, should)]
    at = len(os.path.commonprefix(whole))
    begin = max(at - AROUND, 0)
    return tuple(f"…{one[begin : at + AROUND]}… (from character {begin} on)" for one in whole)


class _Expect:
    """`expect(saw, should, where)`; `expect.that(condition, saw, should, where)`."""

    def __call__(self, saw: object, should: object, where: str = "") -> None:
        """Demand that `saw` equals `should`; `where` says at which moment."""
        if saw != should or isinstance(saw, bool) != isinstance(should, bool):
            raise Mismatch(*describe_both(saw, should), where)

    def that(self, condition: object, saw: object, should: str, where: str = "") -> None:
        """Demand `condition`; `should` says in words what a client should see."""
        if not condition:
            raise Mismatch(saw if isinstance(saw, str) else describe(saw), should, where)


expect = _Expect()


def expect_page(answer: Response, where: str) -> None:
    """Demand that an answer is a page of the chat: HTTP 200 with HTML, and a script in it."""
    expect.that(answer.status == 200, answer, "HTTP 200 with a page", where)
    kind = answer.headers.get("Content-Type", "no Content-Type")
    expect.that(kind.startswith("text/html"), kind, "text/html", f"the content type of {where}")
    saw = "a page without any, such as Django's own for a project without paths"
    expect.that("<script" in answer.text, saw, "a page with its script", where)


def expect_no_traceback(log, since: int, where: str) -> None:
    """Demand that a server has printed no traceback since its log was `since` bytes long."""
    error = log.last_error(since)
    saw = f"a traceback: {error}" if error else "a traceback"
    expect.that("Traceback" not in log.text(since), saw, "no traceback", where)
