"""What notebook 13 imports: cases to open, run, look into, repair and check; and a search."""

import atexit
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import InMemoryChannelLayer
from channels.testing.websocket import WebsocketCommunicator
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection
from IPython.display import display

from duplex import clinic
from duplex.measure.opened import Opened, folder_of
from duplex.measure.waiting import slow_steps
from duplex.measure.ward import Ward
from duplex.notebook.cells import NO_REDIS
from duplex.notebook.lines import changes, marked
from duplex.notebook.show import quiz, table
from duplex.redis import find_redis

__all__ = [
    "AsyncWebsocketConsumer", "InMemoryChannelLayer", "SynchronousOnlyOperation",
    "WebsocketCommunicator", "connection", "find", "lecture", "mistakes", "open_case", "os",
    "quiz", "slow_steps", "symptoms", "sys",
]  # fmt: skip

if not settings.configured:
    memory = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(DATABASES={"default": memory})  # for what is tried in the kernel itself
_kept = {}  # what must live as long as the kernel


class Bedside:
    """A case in the reader's hands; `folder` holds its project, to be edited freely."""

    def __init__(self, opened: Opened):
        self.case, self._opened = opened.case, opened
        self._can_run = _can_run(opened.case)

    @property
    def folder(self) -> Path:
        """Where the project lies, until the kernel ends."""
        return self._opened.folder

    def run(self) -> None:
        """Serve the project as it is now, visit it, and show what is seen."""
        if not self._can_run:
            print(NO_REDIS)
            return
        seen = self._opened.run()
        table([{"look at": what, "what is there": _code(what, text)}
               for what, text in seen.items()])  # fmt: skip

    def show(self) -> None:
        """Say how the mistake is found, show the lines that are wrong, and say why."""
        lines = marked(clinic.PROJECT, self._opened.folder)
        _text(f"**How to find it.** {self.case.tool}\n\n{lines}\n\n**Why.** {self.case.cause}")

    def repair(self) -> None:
        """Cure the project, and show what was changed."""
        broken = self._opened.texts()
        self._opened.repair()
        cited = f"*{self.case.cited}.* Taught in {', '.join(map(_link, self.case.read))}."
        changed = changes(broken, self._opened.texts())
        _text(f"{changed}\n\n**The cure.** {self.case.cure}\n\n{cited}")

    def check(self) -> bool:
        """Visit the project as it is now; tell whether it is healthy."""
        if not self._can_run:
            print(NO_REDIS)
            return True
        seen, wrong = self._opened.check()
        told = "; ".join(wrong or [f"{what}: {text}" for what, text in seen.items()])
        print(f"Case {self.case.number} is {'not cured yet' if wrong else 'cured'} ({told}).")
        return not wrong

    def type(self, *lines: str) -> None:
        """Type these `daphne …` or `python … -m daphne …`, visit each, and show its warnings."""
        with ThreadPoolExecutor(len(lines)) as side_by_side:
            for line, warnings in zip(
                lines, side_by_side.map(self._opened.warnings, lines), strict=True
            ):
                print(f"$ {line}", *(warnings or ["(no warning at all)"]), sep="\n")

    def replace(self, path: str, old: str, new: str) -> None:
        """Mend a file of the project by hand: write `new` where `old` stands."""
        file = self.folder / path
        text = file.read_text("utf-8")
        if old not in text:
            raise ValueError(f"{path} holds no {old!r}.")
        file.write_text(text.replace(old, new), "utf-8")

    def manage(self, *words: str) -> None:
        """Type `python manage.py …`, and show what it prints."""
        print(self._opened.manage(*words).strip())

    def log(self, **env: str) -> str:
        """Visit the project with these environment variables set; return what it printed."""
        return self._opened.log(**env)

    def events(self) -> None:
        """Visit the project with the recorder around it; show the ASGI events of one client."""
        table([{"way": way, "event": f"`{event}`"} for way, event in self._opened.events()])

    def monitor(self) -> list[str]:
        """Visit the project, and return what Redis was told about groups meanwhile."""
        return self._opened.monitor() if self._can_run else [NO_REDIS]


def open_case(name: str | int) -> Bedside:
    """Open a case by its name or its number: a broken project in a folder of its own."""
    case = clinic.case(name)
    if "ward" not in _kept:
        _kept["ward"], _kept["pool"], _kept["ahead"] = Ward(), ThreadPoolExecutor(1), {}
        atexit.register(_kept["ward"].close)
    opened = _kept["ahead"].pop(case.number, None) or Opened(case, _kept["ward"])
    _visit_ahead(case.number + 1)
    return Bedside(opened)


def _visit_ahead(number: int) -> None:
    """Visit the next case while this one is read, unless the reader has opened it before."""
    for case in clinic.cases():
        new = case.number == number and not folder_of(case, _kept["ward"]).exists()
        if new and _can_run(case):
            _kept["ahead"][number] = Opened(case, _kept["ward"])
            _kept["ahead"][number].run_ahead(_kept["pool"])


def _can_run(case: clinic.Case) -> bool:
    return case.layer != "redis" or find_redis() is not None


def find(text: str) -> None:
    """Show the cases whose description holds these words."""
    found = clinic.find(text, clinic.cases())
    if not found:
        print(f"Nothing is known about {text!r}; try fewer words, or look through `symptoms()`.")
        return
    table([_row(case) for case in found])


def symptoms() -> None:
    """Show what is seen in every case."""
    table([{"group": case.group} | _row(case) for case in clinic.cases()])


def _row(case: clinic.Case) -> dict[str, str]:
    seen = " · ".join(case.symptoms)
    return {"case": _to_case(case), "what is seen": seen.replace("|", "\\|").replace("<", "&lt;")}


def lecture() -> None:
    """Show where each slip of the lecture is run and corrected."""
    known = {f"{case.number:02d}": case for case in clinic.cases()}
    table([
        {"the lecture says": slip.says, "what is true": slip.true,
         "see": ", ".join(_to_case(known[place]) if place in known else _link(place)
                          for place in slip.where)}
        for slip in clinic.slips()
    ])  # fmt: skip


def mistakes() -> None:
    """Show which cases belong to each mistake that learners make."""
    known = clinic.cases()
    table([
        {"no.": number, "mistake": name,
         "cases": ", ".join(_to_case(case) for case in known if number in case.rows)}
        for number, name in clinic.mistakes().items()
    ])  # fmt: skip


def _to_case(case: clinic.Case) -> str:
    return f"[{case.heading}](#{clinic.anchor(case.heading)})"


def _link(place: str) -> str:
    """Link a heading of a notebook."""
    notebook, _, heading = place.partition("#")
    return f"[{notebook[:2]}, {heading}]({notebook}.ipynb#{clinic.anchor(heading)})"


def _code(what: str, text: str) -> str:
    return f"`{text}`" if what == "the log" and text != "quiet" else text


def _text(markdown: str) -> None:
    display({"text/markdown": markdown, "text/plain": markdown}, raw=True)
