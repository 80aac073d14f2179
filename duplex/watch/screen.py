"""What watching shows: how the tasks stand, the one that is worked on, and the keys."""

from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.text import Text

from duplex import catalog, report, terminal
from duplex.diagnosis.telling import say_diagnosis

BAR = "h hint · r run again · l list · n next · x reset · q quit"


class Screen:
    """The terminal; where it is none (a file, a pipe), one screen follows the other."""

    def __init__(self, console: Console, lab: catalog.Lab):
        self.console, self.lab, self.keys = console, lab, False

    def show(
        self, session, note: str = "", whole: bool = False,
        below: Callable[[Console], None] | None = None,
    ) -> None:  # fmt: skip
        """Show how things stand: `whole` with every task, `below` with something after it."""
        if self.console.is_terminal:
            self.console.clear()
        report.say_head(self.console, self.lab, session.folder)
        self._say_tasks(session)
        verdicts = session.verdicts
        chosen = [task.id for task in self.lab.tasks] if whole else [session.shown]
        for task_id in filter(verdicts.get, chosen):
            report.say_verdict(self.console, verdicts[task_id])
            if task_id == session.shown:
                say_diagnosis(self.console, session.diagnoses.get(task_id), {})
        self._say_next(session)
        if below:
            below(self.console)
        self._say_note(note)

    def _say_tasks(self, session) -> None:
        """Say how each task stands, in one line, and the points."""
        line = Text("  ")
        for task in self.lab.tasks:
            verdict = session.verdicts.get(task.id)
            sign, colour = ("·", "dim") if verdict is None else report.sign(verdict)
            style = f"{colour} bold" if task.id == session.shown else colour
            line.append(f"{sign} {task.id}   ", style=style)
        points = sum(verdict.points for verdict in session.verdicts.values())
        most = sum(task.points for task in self.lab.tasks)
        line.append(f"{report.number(points)} of {report.number(most)} points")
        terminal.say(self.console, line)
        self.console.print()

    def _say_next(self, session) -> None:
        """Say what to do now about the task on the screen, or that all is done."""
        if session.shown in session.verdicts:
            verdicts = [session.verdicts[session.shown]]
            diagnosis = session.diagnoses.get(session.shown)
            look = diagnosis.look if diagnosis else ""
            place = report.place(self.lab, session.folder, verdicts[0], look)
            text = f"Task {session.shown}{place}." if place else ""
        elif session.all_passed():
            text = report.next_step(self.lab, session.folder, [*session.verdicts.values()])
        else:
            return
        if text:
            terminal.say(self.console, terminal.clean(text), indent=2)
        self.console.print()

    def _say_note(self, note: str) -> None:
        """Say what is going on, and which keys there are."""
        keys = BAR if self.keys else "Ctrl-C ends it."
        said = f"{datetime.now():%H:%M:%S}  {note or 'Waiting for your next save.'}"
        terminal.say(self.console, Text(terminal.clean(said), style="bold"))
        terminal.say(self.console, Text(keys, style="dim"))
