"""The commands of maintainers: build, mutate, notebooks, bench."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from duplex import catalog
from duplex.errors import CourseError

console = Console(highlight=False)
notebooks_app = typer.Typer(help="Run and check the notebooks.", no_args_is_help=True)
bench_app = typer.Typer(help="Measure speed, as ratios within one run.", no_args_is_help=True)
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the ratios.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")]


def add_to(app: typer.Typer) -> None:
    """Add the maintainers' commands; a copy for students has nothing to build or to measure."""
    app.add_typer(notebooks_app, name="notebooks")
    if catalog.complete():
        app.command()(build)
        app.command()(mutate)
        app.add_typer(bench_app, name="bench")


def build(
    check: Annotated[
        bool, typer.Option("--check", help="Compare only; exit code 1 when labs/ differ.")
    ] = False,
    carry: Annotated[
        bool, typer.Option("--carry", help="First copy unlisted files to the later solutions.")
    ] = False,
) -> None:
    """Generate labs/ from solutions/."""
    from duplex import tree

    if check:
        drift = tree.check()
        for one in drift:
            console.print(Text(str(one)))
        console.print("labs/ is what solutions/ generate." if not drift else
                      "labs/ differs; `duplex build` generates it anew.")  # fmt: skip
        raise typer.Exit(int(bool(drift)))
    for line in tree.carry() if carry else ():
        console.print(Text(str(line)))
    for line in tree.build():
        console.print(Text(str(line)))
    console.print("labs/ is generated.")


def mutate(
    what: Annotated[
        str | None, typer.Argument(metavar="[LAB|TASK]", help="A lab (2) or a task (2.3).")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Graders side by side.", show_default="2 per core")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the verdicts.")
    ] = None,
    list_only: Annotated[bool, typer.Option("--list", help="List the mutants only.")] = False,
    only: Annotated[
        str | None, typer.Option(metavar="ID", help="Judge one, and say what was seen.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Use no verdict of before.")] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many of each lab, drawn by lot.")
    ] = None,
) -> None:
    """Change the solutions in small ways: how many of the changes do the graders notice?

    Each verdict is kept in mutation/, so this may be stopped at any time, and called again.
    """
    from duplex.mutation import command

    plan = command.Plan(what, workers, writable(json_file), list_only, only, fresh, sample)
    raise typer.Exit(0 if plan.run(console) else 1)


@notebooks_app.command("run")
def run_notebooks(
    number: Annotated[str | None, typer.Argument(metavar="[NN]", help="One notebook.")] = None,
) -> None:
    """Execute notebooks and renew their committed outputs; stop at the first error."""
    from duplex.notebook.run import chosen, run

    for path in chosen(number):
        run(path, console)


@notebooks_app.command("check")
def check_notebooks(
    number: Annotated[str | None, typer.Argument(metavar="[NN]", help="One notebook.")] = None,
) -> None:
    """Execute notebooks with nbval and compare with the committed outputs."""
    from duplex.notebook import run

    raise typer.Exit(run.check(run.chosen(number)))


@bench_app.command("check")
def bench_check(json_file: JsonFile = None, rounds: Rounds = 5) -> None:
    """Compare `duplex check 2`, cold and warm, with starting Daphne and doing one echo."""
    from duplex import bench

    raise typer.Exit(0 if bench.check_speed(console, rounds, writable(json_file)) else 1)


@bench_app.command("watch")
def bench_watch(json_file: JsonFile = None, rounds: Rounds = 5) -> None:
    """Compare `duplex watch 2`, from a save to the verdict, with a cold `duplex check 2`."""
    from duplex import bench

    raise typer.Exit(0 if bench.watch_speed(console, rounds, writable(json_file)) else 1)


@bench_app.command("chat")
def bench_chat(
    json_file: JsonFile = None,
    rounds: Rounds = 3,
    clients: Annotated[
        list[int] | None,
        typer.Option(min=2, max=10_000, show_default="100, 300, 1000",
                     help="Clients in the room; may be given several times."),
    ] = None,
    redis: Annotated[
        bool, typer.Option("--redis", help="Use a Redis layer, not the one in memory.")
    ] = False,
) -> None:  # fmt: skip
    """Compare a room hub with the usual chat on the same Daphne, and with a bare library."""
    from duplex import bench

    sizes = tuple(sorted(set(clients))) if clients else bench.Plan.sizes
    plan = bench.Plan(sizes, rounds, redis)
    raise typer.Exit(0 if bench.chat_speed(console, plan, writable(json_file)) else 1)


@bench_app.command("grade")
def bench_grade(
    json_file: JsonFile = None,
    submissions: Annotated[int, typer.Option(min=2, help="Submissions in the class.")] = 50,
    many: Annotated[int, typer.Option(min=0, help="Those in a larger one; 0: none.")] = 500,
    trust: Annotated[bool, typer.Option("--trust-submissions", help="No sandbox.")] = False,
) -> None:
    """Compare `duplex grade` with plain pytest, a process and cold servers for each submission."""
    from duplex import bench

    fine = bench.grade_speed(console, submissions, many, trust, writable(json_file))
    raise typer.Exit(0 if fine else 1)


def writable(file: Path | None) -> Path | None:
    """Return the file, or say before anything is measured that it has no folder."""
    if file and not file.absolute().parent.is_dir():
        raise CourseError(f"There is no folder {file.parent}; make it or choose another file.")
    return file
