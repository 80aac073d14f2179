"""DRAFT of tests/course/test_playground.py; nobody has run it yet (see STATE.md).

It needs the fixtures `site`, `url` and `look` of test_site.py, moved to conftest.py and made
session-scoped, so that the site is built once for both files.
"""

import json

import pytest
from test_site import AXE

from duplex import catalog, mistakes, project, skeleton
from duplex.diagnosis.telling import explained
from duplex.verdict import grade_here

SLOW = 120_000  # milliseconds: a computer with much else to do still loads the page
LAB = "lab04_rooms"


@pytest.fixture(scope="module", autouse=True)
def playground(site):
    """Without Pyodide there is no playground, and nothing to test."""
    if not (site / "_static/playground/manifest.json").is_file():
        pytest.skip("The site was built without the playground.")


@pytest.fixture
def page(look):
    """Lab 04's page, its project running."""
    return opened(look("playground/lab04_rooms.html"))


def opened(page):
    page.set_default_timeout(SLOW)
    runs(page)
    return page


def runs(page) -> None:
    page.locator("#playground > .status[data-state=live]").wait_for()


def solved(path: str) -> str:
    """Return a file of the solution, as a student would have written it."""
    file = catalog.ROOT / "solutions" / LAB / path
    return skeleton.solved(file.read_text("utf-8"), ".py")


def write(page, path: str, text: str) -> None:
    page.get_by_role("tab", name=path).click()
    page.get_by_label(path, exact=True).fill(text)


def solve(page, **other: str) -> None:
    """Write the solution's files, or `other` texts by file's name, and run them."""
    for path in catalog.lab(4).edits:
        name = path.rpartition("/")[2].removesuffix(".py")
        write(page, path, other.get(name) or solved(path))
    page.get_by_role("button", name="Run").click()
    runs(page)


def pane(page, number: int):
    return page.get_by_role("region", name=f"Client {number}")


def connect(page, *numbers: int) -> None:
    for number in numbers:
        pane(page, number).get_by_role("button", name="Connect").click()
        pane(page, number).locator(".status[data-state=live]").wait_for()


def say(page, number: int, text: str) -> None:
    pane(page, number).get_by_label("Message").fill(text)
    page.keyboard.press("Enter")


def test_clients_talk_to_edited_consumer(page):
    solve(page)
    connect(page, 1, 2)
    say(page, 1, "<b>hello</b>")
    for number in (1, 2):
        pane(page, number).get_by_text("ada: <b>hello</b>").wait_for()
    rows = page.get_by_role("list", name="Events, in order")
    for told in ("websocket.connect", "websocket.accept", "group_add", "group_send",
                 "chat.message", "websocket.send"):  # fmt: skip
        assert rows.get_by_text(told).count() > 0, told


def test_endless_loop_is_stopped(page):
    loop = "        while True:\n            pass\n"
    before = "        try:\n            frame = read_frame"
    solve(page, consumers=solved("chat/consumers.py").replace(before, loop + before))
    connect(page, 1)
    say(page, 1, "hello")
    page.get_by_text("did not let go").wait_for()
    solve(page)
    connect(page, 1)
    say(page, 1, "hello again")
    pane(page, 1).get_by_text("ada: hello again").wait_for()


def test_edits_survive(page):
    write(page, "chat/rooms.py", "MINE = 1\n")
    page.reload()
    page.get_by_role("tab", name="chat/rooms.py").click()
    field = page.get_by_label("chat/rooms.py", exact=True)
    assert field.input_value() == "MINE = 1\n"
    page.get_by_role("button", name="Begin anew").click()
    assert "TODO task" in field.input_value()
    page.get_by_label("Take back").select_option(index=1)
    assert field.input_value() == "MINE = 1\n"


def test_keyboard_is_not_trapped(page):
    field = page.get_by_label("chat/consumers.py", exact=True)
    field.fill("")
    field.focus()
    page.keyboard.press("Tab")
    assert field.input_value() == "    "
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "TEXTAREA"


def test_checked_as_by_the_command(page):
    lab = catalog.lab(4)
    mistake = next(one for one in mistakes.load(lab) if one.id == "discard_not_awaited")
    copy = project.copy(lab.folder("solutions"))
    try:
        mistakes.apply(mistake, copy)
        found = grade_here(lab, copy)
        told = explained(lab, copy, found)
        spoilt = skeleton.solved((copy / "chat/consumers.py").read_text("utf-8"), ".py")
    finally:
        project.remove(copy)
    solve(page, consumers=spoilt)
    page.get_by_role("button", name="Check it").click()
    page.get_by_text("as far as it can be judged here").wait_for()
    shown = page.locator(".verdicts > li").all_inner_texts()
    for verdict, text in zip(found, shown, strict=True):
        assert f"{verdict.task_id} {verdict.title}: {verdict.verdict}" in text
        assert verdict.message in text and verdict.cause in text
        if verdict.task_id in told:
            assert told[verdict.task_id]["causes"][0]["name"] in text


@pytest.mark.parametrize("lab", ["lab02_handshake", "lab03_naive", "lab05_people", "lab06_memory"])
def test_every_lab_runs(look, lab):
    page = opened(look(f"playground/{lab}.html"))
    pane(page, 1).get_by_role("button", name="Connect").click()
    pane(page, 1).locator(".status[data-state=live]").wait_for()


def test_playground_is_accessible(page):
    page.add_script_tag(path=AXE)
    seen = page.evaluate("axe.run().then(found => found.violations)")
    assert (
        json.dumps([(one["id"], [node["html"] for node in one["nodes"]]) for one in seen]) == "[]"
    )
