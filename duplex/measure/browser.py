"""What a browser sends with a request, and what its page can do until the answer is there."""

from concurrent.futures import ThreadPoolExecutor

from duplex.browser import open_browser, open_page
from duplex.errors import CourseError

AGENT = ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/140.0.0.0 Safari/537.36")  # fmt: skip
ALWAYS = {
    "Connection": "keep-alive",
    "sec-ch-ua": '"Chromium";v="140", "Not=A?Brand";v="24"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Linux"',
    "User-Agent": AGENT,
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-US,en;q=0.9",
}
FOR_A_PAGE = ALWAYS | {  # what Chromium adds when a person asks for a page
    "Upgrade-Insecure-Requests": "1",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
              "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "Sec-Fetch-Site": "none",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-User": "?1",
    "Sec-Fetch-Dest": "document",
}  # fmt: skip
FOR_A_SCRIPT = ALWAYS | {  # and when a page's script asks: fetch, or XMLHttpRequest
    "Accept": "*/*",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
    "Referer": "http://localhost/page/",
}


def header_lines(headers: dict[str, str]) -> list[str]:
    """Return headers as lines of a request."""
    return [f"{name}: {value}" for name, value in headers.items()]


CLOCK = "let ticks = 0; setInterval(() => { ticks += 1 }, 10);"
WAYS = {  # each returns how often the page's clock ticked until the answer was there
    "follow a link": "location.href = '/slow/'",
    "XMLHttpRequest, synchronous":
        "const asked = new XMLHttpRequest(); asked.open('GET', '/slow/', false);"
        "asked.send(); return ticks",
    "XMLHttpRequest, asynchronous":
        "const asked = new XMLHttpRequest(); asked.open('GET', '/slow/');"
        "return new Promise(done => { asked.onload = () => done(ticks); asked.send() })",
    "fetch": "return fetch('/slow/').then(answer => answer.text()).then(() => ticks)",
}  # fmt: skip


def waiting_pages(url: str) -> list[dict] | None:
    """In a real browser, ask for a slow answer in four ways; None when no browser starts.

    Each row tells the requests, whether the page stayed, and how often its clock ticked meanwhile.
    """
    with ThreadPoolExecutor(1) as apart:  # the kernel's own thread has an event loop
        try:
            return apart.submit(_wait_in_browser, url).result()
        except CourseError:
            return None


def _wait_in_browser(url: str) -> list[dict]:
    with open_browser() as browser, open_page(browser) as page:
        return [_wait(page, url, way, script) for way, script in WAYS.items()]


def _wait(page, url: str, way: str, script: str) -> dict:
    page.goto(url + "/page/")
    asked = []

    def note(request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.evaluate("window.mark = true")
    if "link" in way:
        with page.expect_navigation():
            page.evaluate(script)
    ticks = 0 if "link" in way else page.evaluate(f"() => {{ {CLOCK} {script} }}")
    stays = "yes" if page.evaluate("window.mark === true") else "no"
    page.remove_listener("request", note)
    return {"way": way, "requests": len(asked), "the page stays": stays, "ticks": ticks}
