"""A reader's lab is checked inside a notebook, and shown as a table."""

import pytest

from duplex import progress
from duplex.notebook import check as module

URLS = "labs/lab01_polling/config/urls.py"


@pytest.fixture
def check(tiny, monkeypatch):
    """Check the tiny course's lab; check() returns what is shown: HTML and plain text."""
    shown = []
    monkeypatch.setattr(module, "display", lambda data, raw: shown.append(data))
    monkeypatch.delenv("DUPLEX_COMMAND", raising=False)
    tiny.write("solutions/lab01_polling/config/urls.py", "urlpatterns = []\n")

    def call() -> tuple[str, str]:
        shown.clear()
        module.check(1)
        return shown[-1]["text/html"], shown[-1]["text/plain"]

    return call


def test_passing_lab_is_shown(check):
    markup, plain = check()
    assert markup.count("✓ passed") == 3 and markup.count('<th scope="row"') == 3
    assert "6 of 6 points. The whole lab passed" in plain
    assert progress.passed() == {"1.1", "1.2", "1.3"}


def test_failed_task_is_told(check, tiny):
    tiny.write(URLS, tiny.read(URLS).replace('"bye": "bye"', '"bye": "<b>no</b> & so"'))
    markup, plain = check()
    assert "saw &#x27;&lt;b&gt;no&lt;/b&gt; &amp; so&#x27;; should see &#x27;bye&#x27;" in markup
    assert "1.2 T1.2  ✗ wrong  0 of 2" in plain and "4 of 6 points. Next: task 1.2" in plain


def test_new_lab_is_not_graded(check, tiny):
    tiny.write(URLS, "urlpatterns = []\n")
    markup, plain = check()
    assert plain.startswith("Lab 01 is as new") and "<table>" not in markup
    assert progress.events() == []


def test_missing_project_is_told(check, tiny):
    (tiny.root / "labs/lab01_polling/manage.py").unlink()
    assert "holds no manage.py" in check()[1]


def test_lost_progress_changes_no_verdict(check, tiny):
    (tiny.root / "progress.jsonl").mkdir()
    assert "6 of 6 points." in check()[1]
