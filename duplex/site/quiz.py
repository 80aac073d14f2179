"""A notebook's quiz as a form: it works on the page alone, and with the keyboard alone."""

import json
from html import escape
from pathlib import Path

KINDS = {"multiple_choice": "radio", "many_choice": "checkbox"}


def as_html(file: Path) -> str:
    """Return the questions of a quiz file as HTML, for the page's own script."""
    questions = json.loads(file.read_text("utf-8"))
    forms = [_question(f"q{file.stem}-{count}", one) for count, one in enumerate(questions, 1)]
    return "\n".join(["```{raw} html", f'<div class="quiz" data-quiz="{file.stem}">', *forms,
                      NO_SCRIPT, "</div>", "```"])  # fmt: skip


NO_SCRIPT = "<noscript><p>The answers need JavaScript, of this page alone.</p></noscript>"


def _question(name: str, question: dict) -> str:
    """Return one question as a group of choices, or a field for a number."""
    kind = KINDS.get(question["type"])
    answers = question["answers"]
    parts = _choices(name, kind, answers) if kind else _number(name, answers)
    button = "" if kind == "radio" else '<button type="submit" class="btn">Answer</button>'
    said = f'<p class="feedback" role="status" id="{name}-said"></p>'
    return (f'<form class="question" data-kind="{question["type"]}"><fieldset>'
            f"<legend>{marked(question['question'])}</legend>{parts}{button}{said}"
            "</fieldset></form>")  # fmt: skip


def _choices(name: str, kind: str, answers: list[dict]) -> str:
    lines = []
    for count, answer in enumerate(answers):
        told = _data(answer)
        box = f'<input type="{kind}" name="{name}" id="{name}-{count}" {told}>'
        words = f'<label for="{name}-{count}">{marked(answer["answer"])}</label>'
        lines.append(f'<div class="choice">{box}{words}</div>')
    return "".join(lines)


def _number(name: str, answers: list[dict]) -> str:
    known = [f'<data value="{one.get("value", "")}" {_data(one)}></data>' for one in answers]
    return (f'<label for="{name}-0">Your answer, a number</label> '
            f'<input type="text" inputmode="decimal" id="{name}-0" autocomplete="off">'
            f"{''.join(known)}")  # fmt: skip


def _data(answer: dict) -> str:
    right = str(bool(answer.get("correct"))).lower()
    return f'data-right="{right}" data-feedback="{escape(answer.get("feedback", ""))}"'


def marked(text: str) -> str:
    """Return a text as HTML, what stands between backticks as code."""
    parts = enumerate(escape(text, quote=False).split("`"))
    return "".join(f"<code>{part}</code>" if count % 2 else part for count, part in parts)
