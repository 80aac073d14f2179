"""Shapes of lines written for a task, of loops and callbacks, and of what is published."""

import pytest

from duplex import catalog, project
from duplex.diagnosis import shapes
from duplex.diagnosis.code import Code, Place
from duplex.diagnosis.written import written

HEAD = "from channels.generic.websocket import AsyncWebsocketConsumer as Base\nclass C(Base):\n"


def lines(folder, text: str, rule: str, **parameters: str) -> list[int]:
    (folder / "a.py").write_text(text)
    assert shapes.fault(rule, parameters) == ""
    return [one.line for one in shapes.places(Code(folder), rule, parameters)]


def method(*body: str, name: str = "go") -> str:
    return f"{HEAD} async def {name}(self, frame):\n" + "".join(f"  {line}\n" for line in body)


@pytest.mark.parametrize("end", ["break", "return 1"])
def test_loop_left_at_once(tmp_path, end):
    assert lines(tmp_path, f"def f(x):\n for one in x:\n  one()\n  {end}\n", "loop_left") == [4]
    inner = f"def f(x):\n for one in x:\n  if one():\n   {end}\n"
    assert lines(tmp_path, inner, "loop_left") == []


LATER = " async def later(self): pass\n def plain(self): pass\n"


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("self.later", True), ("lambda: self.later()", True), ("self.plain", False),
        ("lambda: asyncio.run(self.later())", False), ("print", False),
    ],
)  # fmt: skip
def test_coroutine_as_callback(tmp_path, given, seen):
    for call in ("threading.Timer(3, {})", "loop.call_later(3, {})", "Thread(target={})"):
        text = method(call.format(given)) + LATER
        assert bool(lines(tmp_path, text, "coroutine_as_callback")) == seen


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        ('{"type": "a.b"} | frame', True), ('{"type": "a.b", **frame}', True),
        ('frame | {"type": "a.b"}', False), ('{**frame, "type": "a.b"}', False),
        ('{"type": "a.b"} | {"text": 1}', False), ('{"type": "a.b", "text": 1}', False),
    ],
)  # fmt: skip
def test_type_overwritten(tmp_path, event, seen):
    sent = f"await self.channel_layer.group_send(self.group, {event})"
    assert bool(lines(tmp_path, method(sent), "type_overwritten")) == seen
    named = method(f"event = {event}", "await self.channel_layer.group_send(self.group, event)")
    assert bool(lines(tmp_path, named, "type_overwritten")) == seen


def test_type_updated(tmp_path):
    text = method('event = {"type": "a.b"}', "event.update(frame)",
                  "await self.channel_layer.group_send(self.group, event)")  # fmt: skip
    assert lines(tmp_path, text, "type_overwritten") == [6]


def test_published_elsewhere(tmp_path):
    add = "await self.channel_layer.group_add(self.group, self.channel_name)"
    send = "await self.channel_layer.group_send({}, {{}})"
    for group, seen in (("self.room", [5]), ("self.group", []), ("group", [])):
        assert lines(tmp_path, method(add, send.format(group)), "published_elsewhere") == seen


def test_caught_is_what_is_done(tmp_path):
    text = method("try: self.read()", "except ValueError:", "  await self.say()")
    assert lines(tmp_path, text, "caught") == [6]


@pytest.fixture
def skeleton():
    """A copy of lab 04 as students get it."""
    folder = project.copy(catalog.lab(4).folder())
    yield folder
    project.remove(folder)


def wrote(folder, file: str, find: str, text: str) -> list[Place]:
    path = folder / file
    before = path.read_text("utf-8")
    assert find in before
    path.write_text(before.replace(find, text), "utf-8")
    return list(written(catalog.lab(4), folder, "4.2"))


STUB = '    return f"room.{room}"\n'


def test_written_lines_are_found(skeleton):
    own = "    # mine\n    name = room.encode().hex()\n    return name\n"
    (place,) = wrote(skeleton, "chat/rooms.py", STUB, own)
    told = (skeleton / "chat/rooms.py").read_text("utf-8").splitlines()[place.line - 1]
    assert (place.file, told) == ("chat/rooms.py", "    name = room.encode().hex()")


def test_other_tasks_lines_are_not_found(skeleton):
    for file in ("chat/consumers.py", "chat/routing.py"):
        path = skeleton / file
        path.write_text("# changed\n" + path.read_text("utf-8"), "utf-8")
    (place,) = written(catalog.lab(4), skeleton, "4.2")
    told = (skeleton / "chat/rooms.py").read_text("utf-8").splitlines()[place.line - 1]
    assert told == STUB.rstrip("\n")


def test_renamed_file_is_found(skeleton):
    (skeleton / "chat/rooms.py").rename(skeleton / "chat/places.py")
    (place,) = wrote(skeleton, "chat/places.py", STUB, '    return f"r{len(room)}"\n')
    told = (skeleton / place.file).read_text("utf-8").splitlines()[place.line - 1]
    assert (place.file, told) == ("chat/places.py", '    return f"r{len(room)}"')


def test_removed_file_has_no_lines(skeleton):
    (skeleton / "chat/rooms.py").unlink()
    assert list(written(catalog.lab(4), skeleton, "4.2")) == []
