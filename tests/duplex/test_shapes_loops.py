"""Shapes of loops that read page by page, and of what is stored, scored, made and queued."""

import pytest

from duplex.diagnosis import shapes
from duplex.diagnosis.code import Code

HEAD = "PAGE = 100\nasync def page(after):\n return list(M.objects.filter(n__gt=after)[:PAGE])\n"


def found(folder, text: str, rule: str, **parameters: str) -> bool:
    (folder / "a.py").write_text(text)
    assert shapes.fault(rule, parameters) == ""
    return any(shapes.places(Code(folder), rule, parameters))


def loop(*body: str) -> str:
    return f"{HEAD}async def f(self):\n" + "".join(f" {line}\n" for line in body)


READ, SEND = " m = await page(self.seen)", " await self.deliver(m)"
BEFORE = READ.strip()
LOOPS = [  # what a loop does with an empty page, with one that is not full, and with the same one
    (["more = True", "while more:", READ, SEND, " more = len(m) == PAGE"], ""),
    (["while m := await page(self.seen):", SEND], ""),
    (["while True:", READ, " if not m:", "  break", SEND], ""),
    (["while True:", READ, SEND, " if len(m) < PAGE:", "  return"], ""),
    ([BEFORE, "while m:", SEND, READ], ""),
    ([BEFORE, "while len(m) == PAGE:", SEND, READ, "await self.deliver(m)"], ""),
    (["while await self.busy():", READ, SEND], ""),
    (["while True:", READ, SEND], "goes_on_empty"),
    (["more = True", "while more:", READ, SEND], "goes_on_empty"),
    (["more = True", "while more:", READ, SEND, " more = len(m) <= PAGE"], "goes_on_empty"),
    (["more = True", "while more:", READ, SEND, " more = m is not None"], "goes_on_empty"),
    (["while True:", READ, SEND, " if len(m) == PAGE:", "  return"], "goes_on_empty"),
    ([BEFORE, "while len(m) == PAGE:", SEND, READ], "drops_last_page"),
    (["while True:", READ, " if len(m) < PAGE:", "  break", SEND], "drops_last_page"),
    ([BEFORE, "while m:", SEND], "page_never_renewed"),
]


@pytest.mark.parametrize(("body", "rule"), LOOPS)
def test_loops_over_pages(tmp_path, body, rule):
    rules = "goes_on_empty", "drops_last_page", "page_never_renewed"
    seen = [one for one in rules if found(tmp_path, loop(*body), one)]
    assert seen == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("newest(room)", True), ("newest(room) or 1", True), ("M.objects.count()", True),
        ("newest(room) + 1", False), ("1 + newest(room)", False), ("next(numbers)", False),
        ("number", False),
    ],
)  # fmt: skip
def test_number_stored_as_read(tmp_path, number, seen):
    text = f"def store(room, number):\n n = {number}\n M.objects.create(room=room, number=n)\n"
    helper = "def newest(room):\n return M.objects.aggregate(n=Max('number'))['n'] or 0\n"
    assert found(tmp_path, text + helper, "stored_as_read", field="number") == seen
    grown = text.replace(" M.", " n += 1\n M.")
    assert not found(tmp_path, grown + helper, "stored_as_read", field="number")


SET = "def f(self):\n self.redis.zadd(key, {{tab: {}}})\n self.redis.zremrangebyscore(key, {})\n"
NOW, LATER = "time.time()", "time.time() + LASTS"


@pytest.mark.parametrize(
    ("score", "bounds", "rule"),
    [
        (LATER, f"'-inf', {NOW}", ""), (NOW, f"'-inf', {NOW} - LASTS", ""),
        ("1000 * LASTS + soon()", f"0, {NOW}", ""), ("end", f"0, {NOW}", ""),
        ("LASTS", f"0, {NOW}", "ends_past"), (f"{NOW} - LASTS", f"0, {NOW}", "ends_past"),
        ("time.monotonic() + LASTS", f"0, {NOW}", "ends_past"),
        (LATER, f"{NOW}, '+inf'", "living_thrown_out"),
        (LATER, f"'-inf', {LATER}", "living_thrown_out"),
        (f"({LATER}) * 1000", f"0, {NOW}", "ends_in_other_units"),
        (f"({LATER}) * 1000", f"0, {NOW} * 1000", ""),
    ],
)  # fmt: skip
def test_scores_of_sorted_sets(tmp_path, score, bounds, rule):
    rules = "ends_past", "living_thrown_out", "ends_in_other_units"
    seen = [one for one in rules if found(tmp_path, SET.format(score, bounds), one)]
    assert seen == ([rule] if rule else [])


ROOM = "rooms = {}\nclass Room:\n async def open(self):\n  await layer.group_add(self.name)\n"


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("if name not in rooms:\n  rooms[name] = Room(name)\n return rooms[name]", False),
        ("return rooms.get(name) or rooms.setdefault(name, Room(name))", False),
        ("return Room(name)", False),
        ("if not rooms:\n  rooms[name] = Room(name)\n return next(iter(rooms.values()))", True),
        ("if 'a' not in rooms:\n  rooms['a'] = Room(name)\n return rooms['a']", True),
        ("global room\n room = room or Room(name)\n return room", True),
    ],
)
def test_one_for_all_names(tmp_path, body, seen):
    text = f"{ROOM}def enter(name):\n {body}\n"
    assert found(tmp_path, text, "one_for_all", call="group_add") == seen


@pytest.mark.parametrize(("answer", "seen"), [("True", True), ("False", False), ("", False)])
def test_says_yes_always(tmp_path, answer, seen):
    text = f"def f(self, one):\n if self.window.left() <= 0:\n  return {answer}\n return True\n"
    assert found(tmp_path, text, "says_yes_always", having="left") == seen


@pytest.mark.parametrize(
    ("lines", "seen"),
    [
        ("self.queue.append(one)\n  self.wake()", False),
        ("if self.code:\n   return\n  self.queue.append(one)\n  self.wake()", False),
        ("self.queue.append(one)\n  return True\n  self.wake()", True),
        ("if self.ok:\n   self.queue.append(one)\n   return\n  self.wake()", True),
        ("if self.ok:\n   self.queue.append(one)\n   self.wake()\n   return\n  self.no()", False),
    ],
)
def test_queued_asleep(tmp_path, lines, seen):
    wake = " def wake(self):\n  self.event.set()\n"
    text = f"class C:\n def put(self, one):\n  {lines}\n{wake}"
    assert found(tmp_path, text, "queued_asleep") == seen
