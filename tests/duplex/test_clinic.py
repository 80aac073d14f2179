"""The clinic's cases: complete, found by their symptoms, and none of the known slips left out."""

import re

import nbformat
import pytest

from duplex import catalog, clinic
from duplex.errors import CourseError
from duplex.measure.clinic import EXPERIMENTS
from duplex.measure.ward import LOG
from duplex.mistakes import apply
from duplex.notebook.clinic import _link
from duplex.project import copy, remove

CASES = clinic.cases()
NOTEBOOK = catalog.ROOT / "notebooks" / "13_debugging_clinic.ipynb"
SLIPS = (  # how each row of the list of the lecture's slips begins
    "ProtocolTypeRouter key", "imports `ws_urlspattern`", "routing imported first",
    "`AyncWebsocketConsumer`", "`scope['url_router']", "`gname`, `message`", "group_add, group_d",
    "`disconnect(self)`", "routes to `WSConsumerChat", '"the WS protocol', "which layer is used",
    "two layers", "a group is created", "a message reaches all", "ASGI wins", "an HTTP connection",
    "`wsgiref`", "setdefault", '"starting ASGI server"', "consumers listen", "`await send`",
    "the browser's event loop", "(absent)",
)  # fmt: skip
SYMPTOMS = {
    "RuntimeWarning never awaited": 30, "AppRegistryNotReady": 4, "settings are not configured": 5,
    "daphne.E001": 6, "Not Found 404": 7, "scope type 'websocket'": 8,
    "KeyError: 'url_route'": 57, "No route found": 11, "has no attribute 'group_add'": 12,
    "length < 100": 13, "WSREJECT": 14, "cannot find session in scope": 15, "4001": 17,
    "unexpected keyword": 18, "'message' is not defined": 20, "No text section": 22,
    "no attribute 'encode'": 23, "No handler for message type": 24, "AsyncToSync": 26,
    "ChannelFull": 27, "1 positional argument but 2": 28, "management command": 35,
    "evil.example": 40, "localhost cookie": 42, "all at once": 45, "too long to shut down": 47,
    "Error 111": 48, "datetime.datetime": 49, "channels over capacity": 50,
    "SynchronousOnlyOperation": 52, "too many connections": 53, "CancelledError": 54,
    "table is locked": 55, "db.sqlite3 gone": 56, "positional argument: 'send'": 58,
}  # fmt: skip


@pytest.fixture(params=CASES, ids=lambda case: case.id)
def case(request) -> clinic.Case:
    """Each case."""
    return request.param


def headings(notebook: str) -> set[str]:
    """Return the headings of a notebook."""
    cells = nbformat.read(catalog.ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return set(re.findall(r"^#+ (.+?)\s*$", prose, re.MULTILINE))


def leads_somewhere(place: str) -> bool:
    """Tell whether `notebook#heading` is there."""
    notebook, _, heading = place.partition("#")
    return heading in headings(notebook)


def test_cases_are_numbered_through():
    assert [case.number for case in CASES] == list(range(1, len(CASES) + 1))
    assert len({case.id for case in CASES}) == len({case.title for case in CASES}) == len(CASES)


def test_groups_stand_together():
    order = [clinic.GROUPS.index(case.group) for case in CASES]
    assert order == sorted(order) and set(order) == set(range(len(clinic.GROUPS)))


def test_edits_fit_the_project(case):
    folder = copy(clinic.PROJECT)
    try:
        apply(case.breaks, folder)
        if case.mends:
            apply(case.mends, folder)
        for file in folder.rglob("*.py"):
            compile(file.read_text("utf-8"), file.name, "exec")
    finally:
        remove(folder)


def test_case_can_be_run(case):
    assert case.experiment in EXPERIMENTS or case.serve == "tests"
    assert case.broken != case.healthy
    assert case.healthy.get(LOG, "quiet") == "quiet"
    assert case.processes in (1, 2) and case.layer in ("memory", "redis")


def test_case_leads_to_teaching(case):
    assert [place for place in case.read if not leads_somewhere(place)] == []


def test_notebook_treats_case(case):
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    at = next(i for i, cell in enumerate(cells) if f"### {case.heading}\n" in cell.source)
    rest = [cell.source for cell in cells[at + 1 :]]
    assert rest[0] == f'case = open_case("{case.id}")\ncase.run()'
    assert rest.index("case.show()") < rest.index("case.repair()\nassert case.check()") < 8


def test_every_mistake_has_cases():
    known = clinic.mistakes()
    assert list(known) == list(range(1, 26))
    assert set(known) == {row for case in CASES for row in case.rows}


def test_every_slip_has_a_place():
    slips = clinic.slips()
    assert [slip.says for slip, start in zip(slips, SLIPS, strict=True)
            if not slip.says.startswith(start)] == []  # fmt: skip
    numbers = {f"{case.number:02d}" for case in CASES}
    places = {place for slip in slips for place in slip.where} - numbers
    assert [place for place in places if not leads_somewhere(place)] == []


def test_cases_name_known_slips():
    places = {slip.says: slip.where for slip in clinic.slips()}
    for case in CASES:
        for slip in case.lecture:
            assert f"{case.number:02d}" in places[slip], (case.id, slip)


@pytest.mark.parametrize(("words", "number"), SYMPTOMS.items())
def test_symptom_is_found(words, number):
    assert number in [case.number for case in clinic.find(words, CASES)[:6]]


def test_nonsense_is_not_found():
    assert clinic.find("xyzzy", CASES) == [] == clinic.find("", CASES)


def test_unknown_case_is_told():
    with pytest.raises(LookupError, match="no case 'nowhere'; there are: class_misspelt"):
        clinic.case("nowhere")


def test_place_does_not_matter():
    expected = {"the log": ["KeyError: 'a'", "KeyError: a"]}
    assert clinic.compare(expected, {"the log": "KeyError: 'a' (chat/views.py, line 3)"}) == []
    assert clinic.compare(expected, {"the log": "KeyError: 'ab'"}) != []
    assert clinic.compare(expected, {}) != []


def test_slip_in_a_case_is_told(tmp_path):
    text = (clinic.FOLDER / "01_class_misspelt.toml").read_text("utf-8")
    for old, new, message in [
        ('group = "Nothing starts"', 'group = "Nowhere"', "'group' is 'Nowhere'"),
        ("[broken]", "[seen]", "'broken' is missing"),
        ('experiment = "handshake"', "", "'experiment' is missing"),
        ("title =", "rows = [true, 'a']\ntitle =", "'rows' must be a list of numbers"),
        ("title =", "serve = 'nginx'\ntitle =", "'serve' must be one of"),
    ]:
        file = tmp_path / "01_slip.toml"
        file.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(CourseError, match=message):
            clinic.read(file)


def test_link_names_notebook():
    link = _link("07_consumers#5 · Text, binary, JSON")
    assert link == (
        "[07, 5 · Text, binary, JSON](07_consumers.ipynb#5-·-Text,-binary,-JSON)"
    )  # fmt: skip
