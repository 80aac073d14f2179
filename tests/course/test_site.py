"""The reading site: built without a warning, read with eyes, ears and a keyboard, and alone."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from duplex import catalog
from duplex.errors import CourseError
from duplex.site import build, lessons, links, quiz

PAGES = ("index.html", "clinic.html", "lecture.html", "labs/lab04_rooms/README.html",
         "notebooks/02_polling.html", "notebooks/08_groups_and_layers.html")  # fmt: skip
SCREEN = {"width": 1400, "height": 900}
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def look(browser, url):
    """Open a page of the site: look(path, **options); every request must stay in the site."""
    pages, strayed = [], []

    def open_one(path: str, **options):
        page = browser.new_context(**options).new_page()
        page.on("request", lambda request: strayed.append(request.url))
        page.goto(url + path)
        pages.append(page)
        return page

    yield open_one
    for page in pages:
        page.context.close()
    assert [one for one in strayed if not one.startswith((url, "data:"))] == []


class Marked(HTMLParser):
    """Collects what a page links to, its anchors, and its pictures without a description."""

    def __init__(self, file: Path):
        super().__init__()
        self.links, self.ids, self.silent = set(), set(), []
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.add(attributes.get("id"))
        if tag == "a" and attributes.get("href"):
            self.links.add(attributes["href"])
        if tag == "img" and not attributes.get("alt"):
            self.silent.append(self.getpos())


@pytest.fixture(scope="module")
def marked(site) -> dict[Path, Marked]:
    """What is on each page."""
    return {file: Marked(file) for file in site.rglob("*.html")}


def test_every_notebook_and_lab_is_a_page(site):
    for notebook in (catalog.ROOT / "notebooks").glob("[0-9]*.ipynb"):
        assert (site / "notebooks" / f"{notebook.stem}.html").is_file()
    for lab in catalog.labs():
        assert (site / "labs" / lab.name / "README.html").is_file()
    assert "<title>Full Duplex</title>" in (site / "index.html").read_text("utf-8")


def test_links_lead_somewhere(site, marked):
    broken = [f"{file.relative_to(site)}: {link}" for file, page in marked.items()
              for link in page.links if not _leads(file, link, marked)]  # fmt: skip
    assert broken == []


def _leads(file: Path, link: str, marked: dict[Path, Marked]) -> bool:
    """Tell whether a link leads to a page that is there, and to an anchor that is on it."""
    parts = urlsplit(link)
    if parts.scheme:
        return parts.scheme == "https"
    target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if target not in marked:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in marked[target].ids


def test_tables_of_outputs_are_tables(site):
    source = (catalog.ROOT / "notebooks" / "12_production.ipynb").read_text("utf-8")
    assert "| --- |" in source
    pages = {file.name: file.read_text("utf-8") for file in site.glob("notebooks/*.html")}
    assert [name for name, text in pages.items() if "| ---" in text] == []


def test_pictures_have_descriptions(site, marked):
    assert {str(file.relative_to(site)): page.silent
            for file, page in marked.items() if page.silent} == {}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_page_is_for_everyone(look, violations, path):
    page = look(path, color_scheme="light", viewport=SCREEN, reduced_motion="reduce")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


BARRIERS = """<html lang="en"><title>A page</title><main><h1>Words</h1>
<p style="color: #999">pale</p><p>plain <span style="color: #888">also pale</span></p>
<p style="color: #999; background: black">bright</p><img src="data:,"></main>"""


def test_barriers_are_found(browser, violations):
    page = browser.new_page()
    page.set_content(BARRIERS)
    found = dict(violations(page))
    page.close()
    assert set(found) == {"image-alt", "color-contrast"}
    pale = [one.split(">")[1].split("<")[0] for one in found["color-contrast"]]
    assert pale == ["pale", "also pale"]


def test_quiz_answers_from_keyboard(look):
    page = look("notebooks/02_polling.html")
    number = page.locator('.quiz form[data-kind="numeric"]').first
    number.locator("input").focus()
    for typed, said in (("4", "wrong"), ("2", "right"), ("two", "wrong")):
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        number.locator(f".feedback.{said}").wait_for()
    choice = page.locator('.quiz form[data-kind="multiple_choice"]').first
    choice.locator("input").first.focus()
    page.keyboard.press("Space")
    choice.locator(".feedback.right").wait_for()
    page.keyboard.press("ArrowDown")
    choice.locator(".feedback.wrong").wait_for()


def test_all_right_answers_are_wanted(look):
    page = look("notebooks/02_polling.html")
    many = page.locator('.quiz form[data-kind="many_choice"]').first
    right = many.locator('input[data-right="true"]')
    assert right.count() > 1
    for at in range(right.count()):
        many.locator("button").click()
        many.locator(".feedback.wrong").wait_for()
        right.nth(at).check()
    many.locator("button").click()
    many.locator(".feedback.right").wait_for()


def test_clinic_found_by_symptom(look):
    page = look("clinic.html")
    page.get_by_label("What do you see?").fill("AppRegistryNotReady")
    assert 0 < page.locator(".case:visible").count() < 6
    page.get_by_label("What do you see?").fill("no such words anywhere")
    assert page.locator(".case:visible").count() == 0
    assert "try fewer" in page.locator("#found").inner_text()


def test_hints_are_closed(look):
    page = look("labs/lab04_rooms/README.html")
    answer = page.locator("details", has_text="The answer to task 4.2").last
    assert not answer.locator("pre").first.is_visible()
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    answer.locator("pre").first.wait_for(state="visible")


def test_search_finds_a_word(look):
    page = look("search.html?q=backpressure")
    page.locator("#search-results li a").first.wait_for()


def test_foreign_folder_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(CourseError, match="something else"):
        build(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_links_out_become_words():
    known = {"notebooks/a.ipynb"}.__contains__
    text = "[a](a.ipynb#x), [`t`](../tests/t.py), [the check](../tests/t.py), [w](https://w.example)"
    assert links.keep_inside(text, "notebooks/b.md", known) == (
        "[a](a.ipynb#x), `tests/t.py`, the check (`tests/t.py`), [w](https://w.example)"
    )


def test_time_to_read_grows():
    prose = {"cell_type": "markdown", "source": "word " * 1800}
    code = {"cell_type": "code", "source": "x\n" * 119}
    assert lessons.reading_time([prose]) == 10
    assert lessons.reading_time([prose, code]) == 20


def test_quiz_is_escaped(tmp_path):
    file = tmp_path / "99.json"
    answer = '{"answer": "`<b>`", "correct": true, "feedback": "\\"<i>\\""}'
    kind = '"type": "multiple_choice"'
    file.write_text(f'[{{"question": "a < b?", {kind}, "answers": [{answer}]}}]', "utf-8")
    made = quiz.as_html(file)
    assert "a &lt; b?" in made and "<code>&lt;b&gt;</code>" in made and "&quot;&lt;i&gt;" in made
