"""One page in a browser, for notebooks: run JavaScript in it, and get what the script saw.

Playwright refuses to work inside a running event loop, and a notebook's kernel has one. So a
process of its own drives the browser. It ends with the kernel, and an interrupt does not reach it.
"""

import atexit
import base64
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

from duplex import catalog
from duplex.browser import bounded, open_browser, open_page
from duplex.deadline import scaled
from duplex.errors import CourseError

PATIENCE = 60.0  # seconds that a script may take, scaled by DUPLEX_TIMEOUT_FACTOR
SIZE = {"width": 960, "height": 640}  # of the page, in pixels


class ScriptError(CourseError):
    """The page's script failed; the message is what the browser said."""

    def _render_traceback_(self) -> list[str]:  # what IPython shows instead of Python's frames
        return [f"In the page: {self}"]


class Tab:
    """A page at `url` in a browser without a window; it is opened when it is first needed."""

    def __init__(self, url: str, flags: Sequence[str] = (), patience: float = PATIENCE):
        self._start = {"url": url, "flags": list(flags), "patience": patience}
        self._driver = None

    def run(self, script: str) -> object:
        """Run `script` in the page as the body of an async function; return what it returns."""
        return self._ask({"do": "run", "script": script})

    def screenshot(self, selector: str = "body") -> bytes:
        """Return a picture (PNG) of the page, or of one element."""
        return base64.b64decode(self._ask({"do": "screenshot", "selector": selector}))

    def goto(self, url: str) -> None:
        """Leave the page for another one."""
        self._ask({"do": "goto", "url": url})

    def _ask(self, order: dict) -> object:
        if self._driver is None:
            self._open()
        try:
            return self._exchange(order)
        except ScriptError:
            raise
        except BaseException:  # interrupted, or lost: the next question gets a new browser
            self.close()
            raise

    def _open(self) -> None:
        self._driver = subprocess.Popen(
            [sys.executable, "-m", __name__], cwd=catalog.ROOT, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", env=os.environ | {"PYTHONUTF8": "1"},
        )  # fmt: skip
        atexit.register(self.close)
        try:
            self._exchange(self._start)
        except BaseException:
            self.close()
            raise

    def _exchange(self, order: dict) -> object:
        with contextlib.suppress(BrokenPipeError):
            self._driver.stdin.write(json.dumps(order) + "\n")
            self._driver.stdin.flush()
        line = self._driver.stdout.readline()
        answer = json.loads(
            line or '{"lost": "The browser ended unexpectedly; run the cell again."}'
        )
        if "error" in answer:
            raise ScriptError(answer["error"])
        if "lost" in answer:
            raise CourseError(answer["lost"])
        return answer["value"]

    def close(self) -> None:
        """Close the browser."""
        atexit.unregister(self.close)
        driver, self._driver = self._driver, None
        if driver is None:
            return
        with contextlib.suppress(OSError):
            driver.stdin.close()  # the driver closes its browser, and ends
        with contextlib.suppress(subprocess.TimeoutExpired):
            driver.wait(scaled(10))
        driver.kill()
        driver.wait()
        driver.stdout.close()

    def __enter__(self) -> "Tab":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def drive() -> None:
    """In the process of its own: do what the lines on standard input ask for."""
    from playwright.sync_api import Error

    orders = _orders()
    start = next(orders)
    try:
        with open_browser(start["flags"]) as browser, open_page(browser, viewport=SIZE) as page:
            page.goto(start["url"])
            _answer(value=None)
            for order in orders:
                _obey(page, order, start["patience"])
    except (CourseError, Error) as error:
        _answer(lost=str(error).splitlines()[0])


def _orders() -> Iterator[dict]:
    lines = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    while line := lines.get():
        yield json.loads(line)


def _read(lines: queue.SimpleQueue) -> None:
    for line in sys.stdin:
        lines.put(line)
    lines.put("")
    threading.Event().wait(scaled(2))
    os._exit(1)  # the owner is gone, and a script still keeps this process busy


def _obey(page, order: dict, patience: float) -> None:
    from playwright.sync_api import Error

    try:
        with bounded(patience) as ended:
            _answer(value=_do(page, order))
    except Error as error:
        if ended.is_set():
            _answer(lost=f"The page was busy for {scaled(patience):g} seconds and was closed.")
        else:
            _answer(error=_message(error))


def _do(page, order: dict) -> object:
    if order["do"] == "goto":
        page.goto(order["url"])
        return None
    if order["do"] == "screenshot":
        picture = page.locator(order["selector"]).screenshot(animations="disabled")
        return base64.b64encode(picture).decode()
    return page.evaluate(f"async () => {{\n{order['script']}\n}}")


def _message(error: Exception) -> str:
    return str(error).splitlines()[0].removeprefix("Page.evaluate: ")


def _answer(**what) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    drive()
