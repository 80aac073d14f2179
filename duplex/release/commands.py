"""The commands of who teaches the course: what students get, and a grader for Gradescope."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

console = Console(highlight=False)
release_app = typer.Typer(help="Make what students get, and a grader for Gradescope.",
                          no_args_is_help=True)  # fmt: skip
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it is written.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(release_app, name="release")


@release_app.command()
def students(
    out: Out,
    until: Annotated[
        int | None,
        typer.Option(metavar="LAB", help="Hold the later labs back, and their notebooks."),
    ] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Write DIR.zip, not a folder.")] = False,
) -> None:
    """Make the copy that students get: no solutions, hidden tests or known mistakes in it."""
    from duplex.release import place
    from duplex.release.students import contents, described

    files = contents(until)
    if zipped:
        target = out.with_name(f"{out.name}.zip")
        told = place.archive(target, files, out.name)
    else:
        target, told = out, place.folder(out, files)
    for line in told:
        _say(line)
    _say(f"{len(files)} files are in {target}: {described(until)}.")


@release_app.command()
def gradescope(
    number: Annotated[int, typer.Argument(metavar="LAB", help="The lab's number.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", show_default="gradescope-labNN.zip",
                                  help="The zip file to write."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Also run it here: solution, and skeleton.")
    ] = False,
) -> None:  # fmt: skip
    """Make the zip that grades a lab on Gradescope."""
    from duplex import catalog
    from duplex.release import autograder, place, trial

    lab = catalog.lab(number, hidden=True)
    target = out or Path(f"gradescope-lab{lab.number:02d}.zip")
    for line in place.archive(target, autograder.contents(lab)):
        _say(line)
    _say(f"{target} grades lab {lab.number:02d}: upload it as the autograder of an assignment.")
    if check:
        for line in trial.run(lab, target):
            _say(line)


def _say(sentence: str) -> None:
    console.print(Text(sentence), soft_wrap=True)
