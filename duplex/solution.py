"""A lab's solution, for who has passed the lab."""

from rich.console import Console
from rich.text import Text

from duplex import catalog, progress, report, terminal
from duplex.errors import CourseError


def show(console: Console, lab: catalog.Lab, anyway: bool = False) -> None:
    """Say where a lab's solution is and what to look at, once the lab has passed."""
    folder = lab.solution()
    left = [task.id for task in lab.tasks if task.id not in progress.passed()]
    if left and not anyway:
        raise CourseError(
            f"The solution of lab {lab.number} opens when the lab has passed; to go: "
            f"{', '.join(left)}. `{report.command()} hint {left[0]}` helps, and --yes opens it "
            "all the same."
        )
    console.print(Text(f"The solution of lab {lab.number:02d} is in {folder}."), soft_wrap=True)
    for name in lab.edits:
        console.print(Text(f"  {name}"), soft_wrap=True)
    compare = f"`{report.command()} diff {lab.number}` compares it with yours."
    terminal.say(console, Text(compare, "dim"), indent=2)
