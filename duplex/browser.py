"""A real browser for the labs' pages: find it, open it headless, see what a page complains about.

The browser is an installed Chromium, Chrome or Edge, driven by Playwright. It reaches only this
computer: everything else is sent to a proxy that does not exist.
"""

import contextlib
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from duplex.deadline import scaled
from duplex.errors import CourseError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

TIMEOUT = 20.0  # seconds for one operation of a page, scaled by DUPLEX_TIMEOUT_FACTOR
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "msedge", "microsoft-edge", "microsoft-edge-stable")  # fmt: skip
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--proxy-server=127.0.0.1:1",
)  # fmt: skip
MAC_APPS = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
WINDOWS_APPS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
PLAYWRIGHT_APPS = (  # inside the folder where `playwright install chromium` puts it
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
    "chromium-*/chrome-mac*/Google Chrome for Testing.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
    "chromium_headless_shell-*/*/*headless*shell*",
)


def find_browser() -> Path | None:
    """Return the browser's executable: DUPLEX_CHROMIUM, else PATH, else the usual places."""
    chosen = os.environ.get("DUPLEX_CHROMIUM")
    if chosen:
        return _chosen(Path(chosen).expanduser())
    found = (Path(path) for path in map(shutil.which, NAMES) if path)
    return next(found, None) or next(filter(_is_program, _usual_places()), None)


def _chosen(path: Path) -> Path:
    if _is_program(path):
        return path
    raise CourseError(
        f"DUPLEX_CHROMIUM names {path}, which is no program that can be run; "
        "set it to the path of Chromium, Chrome or Edge, or unset it."
    )


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _usual_places() -> Iterator[Path]:
    if sys.platform == "darwin":
        for folder in (Path("/Applications"), Path.home() / "Applications"):
            yield from (folder / app for app in MAC_APPS)
    if sys.platform == "win32":
        for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if name in os.environ:
                yield from (Path(os.environ[name]) / app for app in WINDOWS_APPS)
    for pattern in PLAYWRIGHT_APPS:
        yield from sorted(_playwright_folder().glob(pattern), reverse=True)


def _playwright_folder() -> Path:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen and chosen != "0":
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ms-playwright"
    return Path.home() / ".cache/ms-playwright"


@contextlib.contextmanager
def open_browser(flags: Sequence[str] = ()) -> Iterator["Browser"]:
    """Open the browser without a window; it ends with this block, and with this process.

    `flags` are further words of Chromium's command line.
    """
    program = find_browser()
    if program is None:
        raise CourseError(
            "No Chromium, Chrome or Edge was found on this computer; install one, "
            "or set DUPLEX_CHROMIUM to its path, then check again."
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = _launch(playwright, program, flags)
        try:
            yield browser
        finally:
            with contextlib.suppress(Exception):  # it may have crashed, or been killed
                browser.close()


class Browsers:
    """One browser for many gradings: opened when it is first needed, and anew if it was lost."""

    def __init__(self, flags: Sequence[str] = ()):
        self._open, self._browser, self._flags = contextlib.ExitStack(), None, flags

    def get(self) -> "Browser":
        """Return the open browser; CourseError when none starts on this computer."""
        if self._browser is None or not self._browser.is_connected():
            self._open.close()
            self._browser = None
            self._browser = self._open.enter_context(open_browser(self._flags))
        return self._browser

    def __enter__(self) -> "Browsers":
        return self

    def __exit__(self, *_) -> None:
        self._open.close()


def _launch(playwright, program: Path, flags: Sequence[str]) -> "Browser":
    from playwright.sync_api import Error

    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses root
    try:
        return playwright.chromium.launch(
            executable_path=program,
            headless=True,
            chromium_sandbox=not root,
            args=[*FLAGS, *flags],
            timeout=scaled(TIMEOUT) * 1000,
        )
    except Error as error:
        raise CourseError(
            f"The browser {program} did not start ({str(error).splitlines()[0]}); "
            "start it by hand to see why, or set DUPLEX_CHROMIUM to another one."
        ) from error


@contextlib.contextmanager
def open_page(browser: "Browser", **options) -> Iterator["Page"]:
    """Open a page without cookies, cache or history of others; `page_errors` tells its errors."""
    with contextlib.closing(browser.new_context(**options)) as context:
        context.set_default_timeout(scaled(TIMEOUT) * 1000)
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda message: _note(page, message))
        yield page


def _note(page: "Page", message: "ConsoleMessage") -> None:
    failed_request = message.text.startswith("Failed to load resource")  # the test's own doing
    if message.type == "error" and not failed_request:
        page.complaints.append(message.text)


def page_errors(page: "Page") -> list[str]:
    """Return what the page's scripts complained about so far, oldest first."""
    return list(page.complaints)


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[threading.Event]:
    """End the pages of this process's browsers when the block takes longer; sets the event then.

    Playwright waits for ever for a page whose script never returns.
    """
    ended = threading.Event()
    timer = threading.Timer(scaled(seconds), lambda: (ended.set(), _end_pages()))
    timer.daemon = True
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()


def _end_pages() -> None:
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "--type=renderer" in child.cmdline():
                child.kill()
