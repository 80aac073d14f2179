"""The playground in a real Chromium: real Django and Channels in the page, and no server.

Loading takes seconds, so most tests share one page of lab 04; each begins by writing its files.
All together they take more than a minute, so they run only with DUPLEX_PLAYGROUND=1.
"""

import os
import re
import subprocess
import sys

import pytest

from duplex import catalog, mistakes, project
from duplex.site.reader import LOADS, Reader, solution, solved

pytestmark = pytest.mark.skipif(
    not os.environ.get("DUPLEX_PLAYGROUND"),
    reason="DUPLEX_PLAYGROUND=1 lets Chromium read the playground, for more than a minute",
)
LAB = catalog.lab(4)
CONSUMERS = "chat/consumers.py"
TASK = re.compile(r"^  \S (\d\.\d) ")
LOOKS = [("light", 1280), ("dark", 390)]


@pytest.fixture(scope="module")
def context(browser, site, url):
    """A browser's memory, which all pages share; nothing strays, and nothing complains."""
    if not (site / "_static/playground/manifest.json").is_file():
        pytest.skip("The site was built without the playground: Pyodide's package is not here.")
    context, asked, complaints = browser.new_context(), [], []
    context.set_default_timeout(LOADS)
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
    """Somebody at lab 04's page, who has solved the lab before."""
    reader = Reader(context.new_page(), url, LAB.name)
    reader.open(solution(LAB.name))
    return reader


def status(reader) -> str:
    """Return what the page says of the project."""
    return reader.page.locator("#playground .top .status").inner_text()


def test_edit_changes_what_clients_hear(reader):
    reader.connect(1, 2)
    reader.say(1, "<b>hello</b>")
    for number in (1, 2):
        reader.hears(number, "ada: <b>hello</b>")
    assert reader.pane(1).locator("b").count() == 0
    loud = solved(LAB.name, CONSUMERS).replace('event["text"]', 'event["text"].upper()')
    reader.run({CONSUMERS: loud})
    reader.connect(1, 2, 3)
    reader.say(3, "hello")
    reader.hears(2, "eve: HELLO")


def test_events_are_drawn(reader):
    reader.run(solution(LAB.name))
    reader.connect(1, 2)
    reader.press("Clear")
    reader.say(1, "drawn")
    reader.hears(2, "ada: drawn")
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


def test_error_names_file_and_line(reader):
    reader.write(CONSUMERS, "import json\n\ndef broken(:\n    pass\n")
    reader.press("Run")
    place = reader.page.get_by_role("status").get_by_role("button", name=f"{CONSUMERS}, line 3")
    place.wait_for()
    assert "SyntaxError" in status(reader)
    reader.field("chat/rooms.py")
    place.click()
    at = "[document.activeElement.ariaLabel, document.activeElement.selectionStart]"
    assert reader.page.evaluate(at) == [CONSUMERS, len("import json\n\n")]


def test_exception_is_shown(reader):
    wrong = solved(LAB.name, CONSUMERS).replace("await self.say(frame)", "await self.sya(frame)")
    reader.run({CONSUMERS: wrong})
    reader.connect(1)
    reader.say(1, "hello")
    reader.page.get_by_text("Your code failed: AttributeError").wait_for()
    line = wrong[: wrong.index("self.sya")].count("\n") + 1
    assert f"{CONSUMERS}, line {line}" in status(reader)


def test_endless_loop_is_stopped(reader):
    loop = "while True:\n                pass\n            await self.say(frame)"
    reader.run({CONSUMERS: solved(LAB.name, CONSUMERS).replace("await self.say(frame)", loop)})
    reader.connect(1)
    reader.say(1, "hello")
    reader.page.get_by_text("did not let go").wait_for()
    reader.run(solution(LAB.name))
    reader.connect(1)
    reader.say(1, "hello again")
    reader.hears(1, "ada: hello again")


def test_keyboard_is_not_trapped(reader):
    field = reader.field("chat/rooms.py")
    field.fill("")
    field.focus()
    for key in ("Tab", "a", "Shift+Tab", "Escape", "Tab"):
        reader.page.keyboard.press(key)
    assert field.input_value() == "a"
    assert reader.page.evaluate("document.activeElement.tagName") != "TEXTAREA"
    tab = reader.page.get_by_role("tab", selected=True)
    tab.focus()
    reader.page.keyboard.press("ArrowRight")
    assert reader.page.url == reader.place
    focused = "[document.activeElement.role, document.activeElement.ariaSelected]"
    assert reader.page.evaluate(focused) == ["tab", "true"]
    assert tab.inner_text() != "chat/rooms.py"


def test_checked_as_by_the_command(reader):
    mistake = next(one for one in mistakes.load(LAB) if one.id == "discard_not_awaited")
    copy = project.copy(LAB.folder("solutions"))
    try:
        mistakes.apply(mistake, copy)
        expected = told_by_command(copy)
        spoilt = {path: (copy / path).read_text("utf-8") for path in LAB.edits}
    finally:
        project.remove(copy)
    for path, text in spoilt.items():
        reader.write(path, text)
    shown = checked(reader)
    assert list(shown) == list(expected)
    for task, sentences in expected.items():
        assert [one for one in sentences if one not in shown[task]] == [], shown[task]


def told_by_command(folder) -> dict[str, list[str]]:
    """Return what `duplex check` says of each task: its title with the verdict, and sentences."""
    words = [sys.executable, "-m", "duplex", "check", "4", "--project", str(folder)]
    wide = os.environ | {"COLUMNS": "1000"}
    out = subprocess.run(words, cwd=catalog.ROOT, env=wide, text=True, capture_output=True).stdout
    found = {}
    for line in out.split("\n\n")[1].splitlines():
        if task := TASK.match(line):
            found[task[1]] = re.split(r" {2,}", line.strip().partition("  ")[2])
        else:
            found[list(found)[-1]].append(line.strip())
    return found


def checked(reader) -> dict[str, str]:
    """Press the button, and return what the page says of each task."""
    reader.press("Check")
    reader.page.get_by_text(" points.").wait_for()
    shown = reader.page.get_by_role("list", name="Verdicts").get_by_role("listitem")
    return {TASK.match(f"  {text}")[1]: text for text in shown.all_inner_texts()}


@pytest.mark.parametrize(("light", "width"), LOOKS)
def test_playground_is_accessible(reader, violations, light, width):
    page = reader.page
    page.emulate_media(color_scheme=light, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert violations(page) == []


def test_edits_survive(context, url):
    reader = Reader(context.new_page(), url, "lab02_handshake")
    reader.page.goto(reader.place)  # nothing needs to run for this
    given, mine = reader.field(CONSUMERS).input_value(), solved(reader.lab, CONSUMERS)
    assert mine != given
    reader.write(CONSUMERS, mine)
    reader.page.reload()
    assert reader.field(CONSUMERS).input_value() == mine
    reader.press("Begin anew")
    assert reader.field(CONSUMERS).input_value() == given
    reader.press("Take back")
    assert reader.field(CONSUMERS).input_value() == mine
    reader.page.close()


def test_people_and_memory_in_page(context, url):
    reader = Reader(context.new_page(), url, "lab06_memory")
    reader.open(solution(reader.lab))
    reader.connect(1)
    reader.say(1, "hello")
    reader.hears(1, "1 · ada: hello")
    reader.page.close()
