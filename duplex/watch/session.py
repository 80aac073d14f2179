"""What watching does with each event: a save, a key, a verdict."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from rich.console import Console

from duplex import catalog, hints, progress, terminal, tree
from duplex.diagnosis.diagnose import Diagnosis, Doctor
from duplex.errors import CourseError
from duplex.verdict import TaskVerdict
from duplex.watch.judge import Answer, Judge
from duplex.watch.keys import Keys
from duplex.watch.saves import Saves
from duplex.watch.screen import Screen

LONG = 3600  # seconds; a wait without an end would not hear Ctrl-C on Windows


def watch(
    console: Console, lab: catalog.Lab, folder: Path, *, own: bool = True, poll: bool = False
) -> bool:
    """Check a lab at every save until the person quits; return whether all of it passed.

    With `own` it is the student's lab: progress is noted, and it can be reset.
    """
    events: SimpleQueue[Callable[[], None]] = SimpleQueue()
    with contextlib.ExitStack() as stack:
        judge = Judge(lab, folder, lambda answer: events.put(lambda: session.hear(answer)))
        session = Session(lab, folder, own, stack.enter_context(judge), Screen(console, lab))
        saves = Saves(folder, lambda: events.put(session.saved), poll)
        keys = Keys(lambda key: events.put(lambda: session.press(key)))
        session.screen.keys = stack.enter_context(keys).here
        stack.enter_context(saves)
        session.start(saves.polls)
        while not session.over:
            with contextlib.suppress(Empty):
                events.get(timeout=LONG)()
    return session.all_passed()


class Session:
    """One lab that is being watched: how its tasks stand, and which of them is on the screen."""

    def __init__(self, lab: catalog.Lab, folder: Path, own: bool, judge: Judge, screen: Screen):
        self.lab, self.folder, self.own, self.judge, self.screen = lab, folder, own, judge, screen
        self.verdicts: dict[str, TaskVerdict] = {}
        self.diagnoses: dict[str, Diagnosis | None] = {}
        self.shown: str | None = None  # the task on the screen
        self.asked: list[str] | None = None  # what the judge was asked last; None: everything
        self.sure, self.over = False, False  # whether "reset" waits for a yes; whether to end

    def start(self, polls: bool = False) -> None:
        """Judge the whole lab."""
        note = "Polling for changes, as this is a network drive." if polls else ""
        self.ask(None, note or "Checking the whole lab…")

    def ask(self, tasks: list[str] | None, note: str) -> None:
        """Put a question to the judge, and say on the screen that it was put."""
        self.asked = tasks
        self.judge.ask(tasks)
        self.screen.show(self, note)

    def saved(self) -> None:
        """After a save, the task on the screen comes first: its verdict is what is waited for."""
        first = [self.shown] if self.shown and not self.passed(self.shown) else None
        self.ask(first, f"Saved; checking {f'task {self.shown}' if first else 'the whole lab'}…")

    def hear(self, answer: Answer) -> None:
        """Take in the judge's answer; when the task on the screen has passed, judge the rest."""
        if isinstance(answer, str):
            self.screen.show(self, answer)
            return
        self.verdicts |= {one.task_id: one for one in answer}
        doctor = Doctor(self.lab, self.folder)
        self.diagnoses |= {one.task_id: doctor.try_diagnosis(one) for one in answer}
        self.record(answer)
        if self.asked and all(one.passed for one in answer):
            self.ask(None, f"Task {self.shown} passed; checking the whole lab…")
            return
        self.shown = self.shown if self.shown in self.failing() else next(self.failing(), None)
        self.screen.show(self)

    def record(self, answer: list[TaskVerdict]) -> None:
        """Note what the student has reached; a file that cannot be written stops nothing."""
        if self.own:
            with contextlib.suppress(CourseError):
                progress.record(answer)

    def failing(self):
        """Yield the ids of the tasks that did not pass, in the lab's order."""
        for task in self.lab.tasks:
            verdict = self.verdicts.get(task.id)
            if verdict and verdict.verdict not in ("passed", "not checked"):
                yield task.id

    def passed(self, task_id: str) -> bool:
        """Tell whether a task passed when it was judged last."""
        return task_id in self.verdicts and self.verdicts[task_id].passed

    def all_passed(self) -> bool:
        """Tell whether every task was judged, and none failed."""
        return len(self.verdicts) == len(self.lab.tasks) and not any(self.failing())

    def press(self, key: str) -> None:
        """Do what a key stands for; any other key changes nothing."""
        if self.sure:
            self.sure = False
            self.reset() if key in "yY" else self.screen.show(self, "Nothing was changed.")
        elif action := KEYS.get(key.lower()):
            action[1](self)

    def hint(self) -> None:
        """Show one more hint for the task on the screen."""
        if self.shown is None:
            self.screen.show(self, "No task fails, so there is nothing to hint at.")
            return
        task = next(task for task in self.lab.tasks if task.id == self.shown)
        self.screen.show(self, below=lambda console: hints.show_more(console, task))

    def again(self) -> None:
        """Judge the whole lab once more."""
        self.ask(None, "Checking the whole lab…")

    def list(self) -> None:
        """Show every task of the lab with its verdict."""
        self.screen.show(self, whole=True)

    def next(self) -> None:
        """Go on to the next task that fails; after the last one comes the first."""
        ids = [*self.failing()]
        after = ids.index(self.shown) + 1 if self.shown in ids else 0
        self.shown = ids[after % len(ids)] if ids else None
        self.screen.show(self, "" if len(ids) > 1 else "No other task fails.")

    def ask_reset(self) -> None:
        """Ask before the skeleton is put back."""
        self.sure = self.own
        self.screen.show(self, "Put the skeleton back? Your work is kept in a backup. y or n"
                         if self.own else "Only a lab of your own can be reset.")  # fmt: skip

    def reset(self) -> None:
        """Put the skeleton back, and say where the work is kept."""
        try:
            backup = tree.reset(self.lab, self.folder)
        except CourseError as error:
            self.screen.show(self, str(error))
            return
        kept = terminal.clean(f"Your work is kept in {backup}. ") if backup else ""
        self.ask(None, f"{kept}Checking the whole lab…")

    def quit(self) -> None:
        """End."""
        self.over = True


KEYS = {
    "h": ("hint", Session.hint),
    "r": ("run again", Session.again),
    "l": ("list", Session.list),
    "n": ("next", Session.next),
    "x": ("reset", Session.ask_reset),
    "q": ("quit", Session.quit),
}
