"""HTML pages that need nothing but themselves: no request leaves them, every text stays text."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from duplex.terminal import clean

HERE = Path(__file__).parent
CODE = re.compile(r"`([^`\n]+)`")


@cache
def environment() -> Environment:
    """Return the templates: all values are escaped, and control characters are made visible."""
    made = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True, finalize=_final)  # fmt: skip
    made.filters |= {"prose": prose, "number": number, "plural": plural}
    script = (HERE / "sort.js").read_text("utf-8").strip()
    made.globals |= {"script": Markup(script), "script_hash": _hash(script)}
    return made


def _final(value: object) -> object:
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return clean(value) if plain else value


def prose(text: str) -> Markup:
    """Return a text with what stands between backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(clean(text)))))


def number(value: float) -> str:
    """Write points at no more than two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _hash(script: str) -> str:
    """Return what lets the overview's own script run, and no other."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def render(template: str, **values: object) -> bytes:
    """Fill a template."""
    return environment().get_template(template).render(**values).encode("utf-8", "replace")


def file_name(student: str) -> str:
    """Return the name of a student's page: safe on every system, and no other student's."""
    readable = re.sub(r"[^a-z0-9]+", "-", student.casefold()).strip("-")[:40]
    own = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{readable or 'student'}-{own}.html"
