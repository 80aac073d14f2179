"""The playground in a real Chromium: real Django and Channels in the page, and no server.

Loading takes seconds, so the tests share one page of lab 04; each begins by writing what it needs.
What needs a page of its own runs only with DUPLEX_PLAYGROUND=1.
"""

import os
import re

import pytest

from duplex import catalog, mistakes
from duplex.deadline import scaled
from duplex.diagnosis.diagnose import Doctor
from duplex.site.reader import LOADS, Reader, solution
from duplex.worker import grade

LAB = catalog.lab(4)
CONSUMERS = "chat/consumers.py"
SAYS = "await self.say(frame)"
AGAIN = 'await self.send(text_data="again")', 'await __import__("asyncio").sleep(0)'
FLOOD = SAYS, "\n                ".join(("while True:", *AGAIN))
LOOP = SAYS, f"while True:\n                pass\n            {SAYS}"
TASK = re.compile(r"\S (\d\.\d) ")
LOOKS = [("dark", 390), ("light", 1280)]
more = pytest.mark.skipif(
    not os.environ.get("DUPLEX_PLAYGROUND"),
    reason="DUPLEX_PLAYGROUND=1 opens more pages of the playground, which takes a minute",
)


@pytest.fixture(scope="module")
def context(browser, site, url):
    """A browser's memory, which all pages share; nothing strays, and nothing complains."""
    if not (site / "_static/playground/manifest.json").is_file():
        pytest.skip("The site was built without the playground: Pyodide's package is not here.")
    context, asked, complaints = browser.new_context(), [], []
    context.set_default_timeout(1000 * scaled(LOADS))
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda said: said.type == "error" and complaints.append(
        f"{said.text} {said.location['url']}"))  # fmt: skip
    yield context
    context.close()
    assert len(asked) > 0
    assert [one for one in asked if not one.startswith((url, "blob:", "data:"))] == []
    assert [one for one in complaints if not one.endswith("/basic.css")] == []  # axe asks for it


@pytest.fixture(scope="module")
def reader(context, url):
    """Somebody at lab 04's page."""
    reader = Reader(context.new_page(), url, LAB.name)
    reader.page.goto(reader.place)
    return reader


def status(reader) -> str:
    """Return what the page says of the project."""
    return reader.page.locator("#playground .top .status").inner_text()


def edited(change) -> dict[str, str]:
    """Return the files of the lab's solution, its consumers changed."""
    files = solution(LAB.name)
    other = change(files[CONSUMERS])
    assert other != files[CONSUMERS]
    return files | {CONSUMERS: other}


def test_edits_survive(reader):
    reader.press("Begin anew")
    given, files = reader.field(CONSUMERS).input_value(), solution(LAB.name)
    assert files[CONSUMERS] != given
    for path, text in files.items():
        reader.write(path, text)
    reader.page.reload()  # nothing needs to run for this
    assert {path: reader.field(path).input_value() for path in files} == files
    reader.press("Begin anew")
    assert reader.field(CONSUMERS).input_value() == given
    reader.press("Take back")
    assert reader.field(CONSUMERS).input_value() == files[CONSUMERS]


def test_keyboard_is_not_trapped(reader):
    field = reader.field("chat/rooms.py")
    before = field.input_value()
    field.fill("")
    field.focus()
    for key in ("Tab", "a", "Shift+Tab", "Escape", "Tab"):
        reader.page.keyboard.press(key)
    assert field.input_value() == "a"
    assert reader.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    field.fill(before)
    tab = reader.page.get_by_role("tab", selected=True)
    tab.focus()
    reader.page.keyboard.press("ArrowRight")
    assert reader.page.url == reader.place
    focused = "[document.activeElement.role, document.activeElement.ariaSelected]"
    assert reader.page.evaluate(focused) == ["tab", "true"]
    assert tab.inner_text() != "chat/rooms.py"


def test_events_are_drawn(reader):
    reader.run(solution(LAB.name))
    reader.connect(1, 2)
    reader.press("Clear")
    reader.say(1, "<b>drawn</b>")
    for number in (1, 2):
        reader.hears(number, "ada: <b>drawn</b>")
    assert reader.pane(1).locator("b").count() == 0
    steps = [
        "ada to server: text frame", "server to ada’s consumer: websocket.receive",
        "ada’s consumer to groups: group_send", "groups to grace’s consumer: chat.message",
        "grace’s consumer to server: websocket.send", "server to grace: text frame",
    ]  # fmt: skip
    listed = reader.page.locator("#playground details ol li").all_text_contents()
    places = [next(at for at, row in enumerate(listed) if row.startswith(one)) for one in steps]
    assert places == sorted(places), listed
    drawing = reader.page.get_by_role("img", name="Sequence diagram")
    assert f"of {len(listed)} events" in drawing.get_attribute("aria-label")
    assert drawing.locator(".head").count() == len(listed)


def test_broken_file_names_its_line(reader):
    reader.write(CONSUMERS, "import json\n\ndef broken(:\n    pass\n")
    reader.press("Run")
    place = reader.page.get_by_role("status").get_by_role("button", name=f"{CONSUMERS}, line 3")
    place.wait_for()
    assert "SyntaxError" in status(reader)
    reader.field("chat/rooms.py")
    place.click()
    at = "[document.activeElement.ariaLabel, document.activeElement.selectionStart]"
    assert reader.page.evaluate(at) == [CONSUMERS, len("import json\n\n")]


def test_edit_changes_what_is_heard(reader):
    loud = edited(lambda text: text.replace('event["text"]', 'event["text"].upper()'))
    wrong = loud[CONSUMERS].replace("await self.leave()", "await self.oops()")
    assert wrong != loud[CONSUMERS]
    reader.run(loud | {CONSUMERS: wrong})
    reader.connect(1, 2, 3)
    reader.say(3, "hello")
    reader.hears(2, "eve: HELLO")
    reader.pane(3).get_by_role("button", name="Leave").click()
    reader.page.get_by_text("Your code failed: AttributeError").wait_for()
    line = wrong[: wrong.index("self.oops")].count("\n") + 1
    assert f"{CONSUMERS}, line {line}" in status(reader)


def test_handshake_without_answer_is_dropped(reader):
    reader.run(edited(lambda text: text.replace("await self.accept()", "return")))
    pane, connect = reader.pane(1), {"name": "Connect", "exact": True}
    if pane.get_attribute("data-state") == "closed":  # else it was connected before
        pane.get_by_role("button", **connect).click()
    pane.get_by_text("dropped: the consumer has neither accepted nor refused").wait_for()
    assert pane.get_by_role("button", **connect).is_enabled()


def test_checked_as_by_the_command(reader, copy_of):
    mistake, folder = mistakes.read(mistakes.folder(LAB) / "discard_not_awaited.toml"), copy_of(LAB)
    mistakes.apply(mistake, folder)
    shown = checked(reader, {CONSUMERS: (folder / CONSUMERS).read_text("utf-8")})
    assert list(shown) == [task.id for task in LAB.tasks]
    assert [task for task, told in shown.items() if told.startswith("✗")] == [mistake.task]
    [found] = grade(LAB, folder, [mistake.task])
    cause = Doctor(LAB, folder).try_diagnosis(found).causes[0]
    for words in (found.title, found.verdict, found.message, found.should, found.cause,
                  cause.name, cause.why, str(cause.place)):  # fmt: skip
        assert plain(words) in plain(shown[mistake.task])


def plain(words: str) -> str:
    """Return a sentence without marks of code, which the page sets, and numbers of messages."""
    return re.sub(r"message \d+", "message", words.replace("`", ""))


def checked(reader, files: dict[str, str]) -> dict[str, str]:
    """Write files of a solution, press the button, and return what the page says of each task."""
    for path, text in (solution(reader.lab) | files).items():
        reader.write(path, text)
    reader.press("Check")
    reader.page.get_by_text(" points.").wait_for()
    shown = reader.page.get_by_role("list", name="Verdicts").get_by_role("listitem")
    return {TASK.match(text)[1]: text for text in shown.all_inner_texts()}


def test_endless_loop_is_stopped(reader, violations):
    reader.run(edited(lambda text: text.replace(*LOOP)))
    reader.connect(1)
    reader.say(1, "hello")
    reader.page.get_by_text("did not let go").wait_for()
    for light, width in LOOKS:  # also of verdicts that failed, and of an error
        looks_well(reader.page, violations, light, width)
    reader.run(solution(LAB.name))
    reader.connect(1)
    reader.say(1, "hello again")
    reader.hears(1, "ada: hello again")


def looks_well(page, violations, light: str, width: int) -> None:
    """Demand that a page is accessible, and not wider than what it is read on."""
    page.emulate_media(color_scheme=light, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert violations(page) == [], (light, width)


@more
def test_loops_judged_as_by_the_command(reader, copy_of):
    folder, path = copy_of(LAB), CONSUMERS
    text = (folder / path).read_text("utf-8").replace(*LOOP)
    (folder / path).write_text(text, "utf-8")
    shown = checked(reader, {path: text})
    for found in grade(LAB, folder):
        assert found.verdict == "passed" or f": {found.verdict}" in shown[found.task_id]
        assert found.message in shown[found.task_id]


@more
def test_people_and_memory_in_page(context, url):
    reader = Reader(context.new_page(), url, "lab06_memory")
    reader.open(solution(reader.lab))
    reader.connect(1)
    reader.say(1, "hello")
    reader.hears(1, "1 · ada: hello")
    reader.page.close()


@more
def test_flood_is_stopped(reader):
    reader.run(edited(lambda text: text.replace(*FLOOD)))  # it lets others go on
    reader.connect(1)
    reader.say(1, "hello")
    reader.page.get_by_text("sent or printed without end").wait_for()
    reader.run(solution(LAB.name))
    reader.connect(1)
    reader.say(1, "hello again")
    reader.hears(1, "ada: hello again")
