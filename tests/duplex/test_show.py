"""What a notebook shows: code, tables, pictures with a description, the quiz."""

import json

import pytest

from duplex.figures import wire as figures
from duplex.notebook import show


@pytest.fixture
def shown(monkeypatch):
    seen = []
    monkeypatch.setattr(show, "display", lambda data, **more: seen.append((data, more)))
    return seen


def test_one_function_is_shown(shown):
    show.show("../duplex/frames.py", "mask")
    text = shown[0][0]["text/markdown"]
    assert text.startswith("`duplex/frames.py`\n\n```python\ndef mask(")
    assert "def header_size" not in text


def test_whole_file_is_shown(shown):
    show.show("projects/echo/echo/routing.py")
    assert "sockets = [" in shown[0][0]["text/plain"]


def test_script_function_is_shown(shown):
    show.show("projects/browser/page/static/page/tools.js", "block")
    assert shown[0][0]["text/markdown"].startswith(
        "`projects/browser/page/static/page/tools.js`\n\n```javascript\nfunction block(time) {\n"
    )
    assert shown[0][0]["text/plain"].endswith("\n}")
    assert "function until" not in shown[0][0]["text/plain"]


def test_numbers_stand_right(shown):
    show.table([{"name": "a", "bytes": 1234}, {"name": "b", "bytes": 5}])
    assert shown[0][0]["text/plain"].splitlines() == [
        "| name | bytes |", "| --- | ---: |", "| a | 1,234 |", "| b | 5 |"
    ]  # fmt: skip


def test_pictures_are_described(shown):
    show.draw(figures.anatomy, b"\x81\x02Hi", "Hi", alt="81 02 Hi")
    data, more = shown[0]
    assert data["text/plain"] == more["metadata"]["image/png"]["alt"] == "81 02 Hi"
    assert data["image/png"]


def test_quiz_has_one_right_answer():
    questions = json.loads((show.NOTEBOOKS / "quizzes/03.json").read_text("utf-8"))
    for question in questions:
        right = [answer for answer in question["answers"] if answer.get("correct")]
        assert len(right) == 1 or question["type"] == "many_choice"
