"""A browser's own rule for cookies: may a page of one site use those of another?"""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from duplex.browser import FLAGS, TIMEOUT, bounded, find_browser
from duplex.certs import TlsServer
from duplex.deadline import scaled
from duplex.measure.identity import reach, reached

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 60  # seconds for all of it
CHOOSE = """(mode) => new Promise((done) =>
  chrome.settingsPrivate.setPref("profile.cookie_controls_mode", mode, "", done))"""


def third_party(secure: TlsServer, hosts: Sequence[str], pages: Iterable[str], allowed: bool):
    """Let Ada log in with SameSite=None, over TLS; return whom which page reaches.

    `hosts` are the browser's flags that say where each host is.
    """
    with ThreadPoolExecutor(1) as apart:  # the kernel's own thread has an event loop
        return apart.submit(_third_party, secure, hosts, pages, allowed).result()


def _third_party(
    secure: TlsServer, hosts: Sequence[str], pages: Iterable[str], allowed: bool
) -> dict[str, str]:
    aim = "wss://chat.example/ws/letters/"
    with bounded(PATIENCE), _profile(secure, hosts, allowed) as page:
        window = Window(page)
        window.goto("https://chat.example/enter/ada/?samesite=None")
        return {"chat.example": reach(window, aim)} | reached(window, pages, aim)


class Window:
    """A page with the two methods of a notebook's tab."""

    def __init__(self, page: "Page"):
        self.page = page

    def goto(self, url: str) -> None:
        """Leave the page for another one."""
        self.page.goto(url)

    def run(self, script: str) -> object:
        """Run `script` as the body of an async function."""
        return self.page.evaluate(f"async () => {{\n{script}\n}}")


@contextlib.contextmanager
def _profile(secure: TlsServer, hosts: Sequence[str], allowed: bool) -> Iterator["Page"]:
    """Open a usual window, not a private one; its profile is thrown away by its driver."""
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox refuses root
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            "", executable_path=find_browser(), headless=True, chromium_sandbox=not root,
            args=[*FLAGS, *hosts, secure.authority.browser_flag()], timeout=scaled(TIMEOUT) * 1000,
        )  # fmt: skip
        with contextlib.closing(context):
            page = context.new_page()
            _choose(page, allowed)
            yield page


def _choose(page: "Page", allowed: bool) -> None:
    """Choose in the browser's settings whether third-party cookies are allowed."""
    page.goto("chrome://settings/cookies")
    page.evaluate(CHOOSE, 0 if allowed else 1)
