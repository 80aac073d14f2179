"""The commands of instructors: grade a class."""

from pathlib import Path
from typing import Annotated

import typer

from duplex import cli
from duplex.errors import CourseError

CODES = "Exit codes: 0 everything was judged, 2 a wrong call, 3 something could not be judged."


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command(epilog=CODES)(grade)


def _file(name: str, text: str):
    return Annotated[Path | None, typer.Option(f"--{name}", metavar="FILE", help=text)]


def grade(
    submissions: Annotated[Path, typer.Argument(help="The folder with what was handed in.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the results.")],
    labs: Annotated[
        list[int] | None,
        typer.Option("--lab", metavar="N", help="Only this lab; may be given several times."),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, show_default="three a core", help="Projects judged at once.")
    ] = 0,
    trust: Annotated[
        bool, typer.Option("--trust-submissions", help="Run them without a sandbox.")
    ] = False,
    roster: _file("roster", "The class list, CSV.") = None,
    late: _file("late", "The late policy, TOML.") = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A dask scheduler, such as tcp://host:8786.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Forget what is kept.")] = False,
) -> None:
    """Grade a folder of submissions; started again, it goes on where it was."""
    from duplex.batch.run import Plan
    from duplex.batch.run import grade as batch

    for file in filter(None, (roster, late)):
        if not file.is_file():
            raise CourseError(f"There is no file {file}; correct the path.")
    plan = Plan(submissions, out, sorted(set(labs or ())), workers, trust, roster, late, cluster,
                again)  # fmt: skip
    raise typer.Exit(batch(cli.console, plan))
