"""The command `duplex`: what students call. Maintainers' commands are in `duplex.maintain`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from duplex import catalog, progress, project, report, terminal
from duplex.ending import STOPPED, answer_usage, complain, fail, leave
from duplex.errors import CourseError

app = typer.Typer(
    name="duplex",
    help="Full Duplex: a course on asynchronous Django. Labs are numbers (2), tasks are 2.3.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = terminal.Output(file=sys.stdout, highlight=False)  # even while pytest is kept quiet
BOUND = (
    "Each task has a deadline (10 seconds, unless its lab.toml says otherwise), and so has the "
    "first start of a server (15 seconds): a check ends within their sum. "
    "DUPLEX_TIMEOUT_FACTOR=3 makes them three times as long. Exit codes: 0 all passed, 1 a task "
    "failed, 2 a wrong call, 3 the kit itself failed."
)
DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}

What = Annotated[str, typer.Argument(metavar="LAB|TASK", help="A lab (2) or one task (2.3).")]
Number = Annotated[int, typer.Argument(metavar="LAB", help="The lab's number.")]
Solutions = Annotated[bool, typer.Option("--solutions", help="Use solutions/, not labs/.")]
ProjectDir = Annotated[
    Path | None, typer.Option("--project", metavar="DIR", help="Use the project in DIR.")
]
JsonFile = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Also write the verdicts as JSON.")
]


def folder_of(lab: catalog.Lab, solutions: bool, directory: Path | None) -> Path:
    """Return the project folder that the options choose."""
    if solutions and directory:
        raise CourseError("Give either --solutions or --project, not both.")
    return project.find(directory or (lab.solution() if solutions else lab.folder()))


def lab_and_tasks(what: str) -> tuple[catalog.Lab, list[str] | None]:
    """Read "2" as a lab and "2.3" as one of its tasks."""
    head, dot, _ = what.partition(".")
    if not head.isdecimal():
        raise CourseError(f"{what!r} is neither a lab such as 2 nor a task such as 2.3.")
    lab = catalog.lab(int(head))
    return lab, [catalog.task(what).id] if dot else None


@app.command(name="list")
def list_labs() -> None:
    """Show the labs, their tasks and points, and what you have passed."""
    done = progress.passed()
    for lab in catalog.labs():
        report.say_lab(console, lab, done)
    report.say_quizzes(console, progress.quizzes())


@app.command(epilog=BOUND)
def check(
    what: What,
    solutions: Solutions = False,
    directory: ProjectDir = None,
    json_file: JsonFile = None,
    hidden: Annotated[
        bool,
        typer.Option("--hidden", help="Also by what students do not get.",
                     hidden=not catalog.complete()),
    ] = False,
) -> None:
    """Grade a lab or one task: what a client saw, what it should see, and what to do next."""
    from duplex.diagnosis.telling import Explainer
    from duplex.verdict import grade_here

    lab, tasks = lab_and_tasks(what)
    lab = catalog.lab(lab.number, hidden=True) if hidden else lab
    folder = folder_of(lab, solutions, directory)
    if json_file:
        report.require_place(json_file)
    report.say_head(console, lab, folder)
    explainer = Explainer(console, lab, folder)
    with console.status("Starting the project…") as status:

        def begin(task) -> None:
            status.update(f"Checking task {task.id}, {task.title}…")

        def tell(verdict) -> None:
            report.say_verdict(console, verdict)
            explainer.explain(verdict)

        verdicts = grade_here(lab, folder, tasks, begin=begin, tell=tell)
    report.say_sum(console, lab, folder, verdicts, explainer.looks)
    if json_file:
        report.write_json(json_file, report.as_data(lab, folder, verdicts, explainer.said))
    if not solutions and directory is None and not hidden:
        note(verdicts)
    raise typer.Exit(exit_code(verdicts))


def note(verdicts) -> None:
    """Note a check in the progress file; one that cannot be written changes no verdict."""
    try:
        progress.record(verdicts)
    except CourseError as error:
        complain(str(error))


def exit_code(verdicts) -> int:
    """0: nothing failed; 1: some task failed; 3: a task could not be judged."""
    kinds = {verdict.verdict for verdict in verdicts}
    if "grader error" in kinds:
        return 3
    return int(bool(kinds - {"passed", "not checked"}))


@app.command()
def watch(
    number: Number,
    directory: ProjectDir = None,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look for changes, on a drive that does not tell of any.")
    ] = False,
) -> None:
    """Check a lab again at every save, and show the first task that fails; keys do the rest."""
    from duplex.watch import watch as go_on

    lab = catalog.lab(number)
    folder, own = folder_of(lab, False, directory), directory is None
    raise typer.Exit(0 if go_on(console, lab, folder, own=own, poll=poll) else 1)


@app.command()
def hint(task_id: Annotated[str, typer.Argument(metavar="TASK", help="Such as 2.3.")]) -> None:
    """Show one more hint for a task, from a question to nearly the answer."""
    from duplex import hints

    hints.show_more(console, catalog.task(task_id))


@app.command()
def reset(number: Number) -> None:
    """Put a lab's skeleton back; everything you wrote is kept in a dated backup."""
    from duplex import tree

    lab = catalog.lab(number)
    backup = tree.reset(lab, lab.folder())
    if backup:
        console.print(Text(f"Your work is kept in {backup}."), soft_wrap=True)
    console.print(Text(f"Lab {lab.number:02d} is as new in {lab.folder()}."), soft_wrap=True)


@app.command()
def diff(
    number: Number,
    directory: ProjectDir = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Compare your lab with the solution (asks first: it shows the answer)."""
    from duplex import tree

    lab = catalog.lab(number)
    folder = folder_of(lab, False, directory)
    if not yes and not sys.stdin.isatty():
        raise CourseError("This shows the solution; add --yes when you cannot be asked.")
    if not yes and not typer.confirm(f"This shows the solution of lab {number}. Go on?"):
        raise typer.Exit(0)
    text = tree.differences(lab, folder)
    if not text:
        console.print("Your lab is the same as the solution.")
    for line in text.splitlines():
        console.print(Text(terminal.clean(line), DIFF_COLOURS.get(line[:1], "")), soft_wrap=True)


@app.command()
def solution(
    number: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Also before the lab has passed.")] = False,
) -> None:
    """Say where a lab's solution is, once you have passed the lab."""
    from duplex import solution as unlocked

    unlocked.show(console, catalog.lab(number), anyway=yes)


@app.command()
def doctor() -> None:
    """Say what is present on this computer, what is missing, and what that disables."""
    from duplex import doctor as survey

    raise typer.Exit(survey.report(console))


def main() -> None:
    """Run the command; every error a person can cause is one sentence, without a traceback."""
    from duplex import maintain, serving
    from duplex.site import command as site

    terminal.plain_letters()
    terminal.stop_like_ctrl_c()
    serving.add_to(app)
    maintain.add_to(app)
    site.add_to(app)
    if catalog.complete():  # a copy for students has no more than that
        from duplex import instructing, release
        from duplex.site import pictures

        pictures.add_to(site.app)
        instructing.add_to(app)
        release.add_to(app)
    try:
        code = app(prog_name=report.command(), standalone_mode=False) or 0
    except CourseError as error:
        fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        code = STOPPED
    except Exception as error:
        answer_usage(error)
    if code == STOPPED:  # the command-line library may have turned Ctrl-C into it
        terminal.be_quiet()
        fail("Stopped.", code)
    leave(code)
