"""Graded hints: one more each time, from a question to nearly the answer."""

from rich.console import Console
from rich.text import Text

from duplex import catalog, progress, report, terminal


def show_more(console: Console, task: catalog.Task) -> None:
    """Show the hints that were shown before, and one more."""
    shown = min(progress.hints_shown(task.id) + 1, len(task.hints))
    console.print(Text(f"Task {task.id} · {task.title}", style="bold"))
    for count, text in enumerate(task.hints[:shown], 1):
        terminal.say(console, Text(f"{count}. {text}"), indent=2)
    if shown < len(task.hints):
        left = len(task.hints) - shown
        rest = f"{left} more: call this again when you are still stuck."
        progress.note_hint(task.id)
    else:
        rest = f"That was the last hint{_way_out(task.id.partition('.')[0])}."
    terminal.say(console, Text(rest, "dim"), indent=2)


def _way_out(number: str) -> str:
    """Say how the solution is shown, where there is one."""
    if not catalog.lab(int(number)).folder("solutions").is_dir():
        return ""
    return f"; `{report.command()} diff {number}` shows the solution"
