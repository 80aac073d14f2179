"""`duplex site pictures`: the README's pictures of the site, taken in a real Chromium."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import typer
from rich.text import Text

from duplex import catalog
from duplex.site.build import OUT
from duplex.site.command import Folder, build_site, console

HOME = catalog.ROOT / "docs" / "pictures"
CHAT = "lab04_rooms"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
WIDE = {"viewport": {"width": 1440, "height": 900}}
TALL = {"viewport": {"width": 1440, "height": 1240}}


@dataclass(frozen=True)
class Picture:
    """A page of the site; what is done on it: act(page, url of the site); how it is seen."""

    name: str
    path: str
    act: Callable
    options: dict


def add_to(app: typer.Typer) -> None:
    """Add this command to those of the site."""
    app.command()(pictures)


def pictures(out: Folder = OUT) -> None:
    """Take the README's pictures of the site, into docs/pictures/."""
    from duplex.browser import open_browser
    from duplex.site.hosting import served

    if not (out / "index.html").is_file():
        build_site(out)
    HOME.mkdir(parents=True, exist_ok=True)
    with served(out) as url, open_browser() as browser:
        for one in PICTURES:
            if not (out / one.path).is_file():
                said = f"{one.name} stays as it is: the site is built without {one.path}."
                console.print(Text(said))
                continue
            file = HOME / f"{one.name}.png"
            file.write_bytes(_taken(browser, url, one))
            console.print(Text(f"docs/pictures/{file.name}: {file.stat().st_size // 1000} kB"))


def _taken(browser, url: str, one: Picture) -> bytes:
    """Return a picture as PNG with few colours, which makes it small."""
    from PIL import Image

    from duplex.browser import open_page

    with open_page(browser, reduced_motion="reduce", **one.options) as page:
        page.goto(url + one.path)
        one.act(page, url)
        image = Image.open(io.BytesIO(page.screenshot()))
    small = io.BytesIO()
    few = image.convert("RGB").quantize(method=Image.Quantize.MAXCOVERAGE, dither=0)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def _plot(page, url: str) -> None:
    """Bring a plot into view, with the sentence before it."""
    page.locator("img.plot").first.evaluate("one => scrollTo(0, one.offsetTop - 250)")


def _symptom(page, url: str) -> None:
    page.get_by_label("What do you see?").fill("1011")


def _chat(page, url: str) -> None:
    """Let two people talk through the solution of lab 4."""
    from duplex.site.reader import Reader, solution

    reader = Reader(page, url, CHAT)
    reader.open(solution(CHAT))
    reader.connect(1, 2)
    for number, text in ((1, "Is anybody here?"), (2, "I am."), (1, "Then it works.")):
        reader.say(number, text)
        reader.hears(3 - number, text)


PICTURES = (
    Picture("notebook", "notebooks/02_polling.html", _plot, WIDE),
    Picture("clinic-phone", "clinic.html", _symptom, PHONE | {"color_scheme": "dark"}),
    Picture("playground", f"playground/{CHAT}.html", _chat, TALL),
)
