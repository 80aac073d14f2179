"""A reader's answers reach the progress file, by way of the page and the kernel."""

import json
import urllib.error
import urllib.request

import pytest
from IPython.display import HTML, Javascript

from duplex import progress
from duplex.browser import open_browser, open_page
from duplex.deadline import wait_until
from duplex.errors import CourseError
from duplex.notebook import answers, show

QUIZ = [
    {"question": "One?", "type": "multiple_choice", "answers": [
        {"answer": "right", "correct": True}, {"answer": "wrong", "correct": False}]},
    {"question": "Both?", "type": "many_choice", "answers": [
        {"answer": "first", "correct": True}, {"answer": "second", "correct": True},
        {"answer": "third", "correct": False}]},
    {"question": "How many?", "type": "numeric", "answers": [
        {"type": "value", "value": 7, "correct": True}, {"type": "default", "feedback": "No."}]},
]  # fmt: skip


@pytest.fixture
def shown(course, monkeypatch):
    """What a quiz shows in JupyterLab, whose proxy is left out: the listener itself is asked."""
    course.write("notebooks/quizzes/03.json", json.dumps(QUIZ))
    monkeypatch.setattr(show, "NOTEBOOKS", course.root / "notebooks")
    monkeypatch.setattr(answers.lab, "proxied", lambda port: f"http://127.0.0.1:{port}/")
    outputs = []
    for module in ("duplex.notebook.answers", "jupyterquiz.dynamic.display"):
        monkeypatch.setattr(f"{module}.display", outputs.append)
    show.quiz("03")
    return outputs


@pytest.fixture
def page(shown, tmp_path):
    """The quiz in a real browser."""
    parts = [f"<script>{one.data}</script>" if isinstance(one, Javascript) else one.data
             for one in shown if isinstance(one, HTML | Javascript)]  # fmt: skip
    file = tmp_path / "quiz.html"
    file.write_text("<!doctype html><meta charset=utf-8>" + "\n".join(parts), "utf-8")
    try:
        with open_browser() as browser, open_page(browser) as page:
            page.goto(file.as_uri())
            yield page
    except CourseError as error:
        pytest.skip(str(error))


def noted(*questions: int) -> bool:
    """Wait until just these questions are noted as answered rightly."""
    return wait_until(lambda: progress.answered("03") == set(questions), 30)


def test_answers_are_noted(page):
    page.get_by_text("wrong").click()
    assert wait_until(lambda: len(progress.events()) == 1, 30)
    page.get_by_text("right", exact=True).click()
    assert noted(0)
    page.get_by_text("first").click()
    page.get_by_text("second").click()
    assert noted(0, 1)
    page.get_by_role("textbox").fill("7")
    page.keyboard.press("Enter")
    assert noted(0, 1, 2)
    half = [event["right"] for event in progress.events() if event["question"] == 1]
    assert half == [False, True]  # the first of two right answers is not enough


def test_stranger_writes_nothing(course):
    port = answers.listener().server_port
    for path in ("/", "/guess/03?question=0&right=true"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}")
    assert progress.events() == []


def test_nonsense_is_not_noted(course):
    server = answers.listener()
    for query in ("", "?question=x&right=true", "?question=1"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(
                f"http://127.0.0.1:{server.server_port}/{server.secret}/03{query}"
            )
    assert progress.events() == []


def test_other_programs_see_no_script(monkeypatch):
    outputs = []
    monkeypatch.setattr(answers.lab, "proxied", lambda port: None)
    monkeypatch.setattr(answers, "display", outputs.append)
    answers.follow("03")
    assert outputs == []
