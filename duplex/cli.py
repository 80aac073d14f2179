"""The command `duplex`: what students call. Maintainers' commands are in `duplex.maintain`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from duplex import catalog, progress, project, report
from duplex.errors import CourseError

app = typer.Typer(
    name="duplex",
    help="Full Duplex: a course on asynchronous Django. Labs are numbers (2), tasks are 2.3.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(file=sys.stdout, highlight=False)  # even while pytest is kept quiet

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
    return project.find(directory or lab.folder("solutions" if solutions else "labs"))


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
        have = sum(task.points for task in lab.tasks if task.id in done)
        most = sum(task.points for task in lab.tasks)
        head = f"Lab {lab.number:02d} · {lab.title}"
        console.print(Text.assemble((head, "bold"), f"   {have} of {most} points"))
        console.print(Text(f"  {lab.goal}", style="dim"))
        for task in lab.tasks:
            sign, colour = ("✓", "green") if task.id in done else ("·", "dim")
            points = "1 point" if task.points == 1 else f"{task.points} points"
            console.print(Text(f"  {sign} {task.id}  {task.title:<48}{points:>9}", style=colour))
        console.print()


@app.command()
def check(
    what: What,
    solutions: Solutions = False,
    directory: ProjectDir = None,
    json_file: JsonFile = None,
) -> None:
    """Grade a lab or one task: what a client saw, what it should see, and what to do next."""
    from duplex.verdict import grade_here

    lab, tasks = lab_and_tasks(what)
    folder = folder_of(lab, solutions, directory)
    report.say_head(console, lab, folder)
    with console.status("Starting the project…") as status:

        def tell(verdict) -> None:
            report.say_verdict(console, verdict)
            status.update("Checking…")

        verdicts = grade_here(lab, folder, tasks, tell=tell)
    told = [verdict for verdict in verdicts if verdict.verdict == "grader error"]
    for verdict in told:
        report.say_verdict(console, verdict)
    report.say_sum(console, lab, folder, verdicts)
    if json_file:
        report.write_json(json_file, report.as_data(lab, folder, verdicts))
    if not solutions and directory is None:
        progress.record(verdicts)
    raise typer.Exit(exit_code(verdicts))


def exit_code(verdicts) -> int:
    """0: nothing failed; 1: some task failed; 3: a task could not be judged."""
    kinds = {verdict.verdict for verdict in verdicts}
    if "grader error" in kinds:
        return 3
    return int(bool(kinds - {"passed", "not checked"}))


@app.command()
def run(
    number: Number,
    solutions: Solutions = False,
    directory: ProjectDir = None,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
) -> None:
    """Serve a lab and print its address; it reloads when you save, and Ctrl-C ends it."""
    folder = folder_of(catalog.lab(number), solutions, directory)
    port = free_port(port)
    migration = [sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"]
    if subprocess.run(migration, cwd=folder).returncode:
        raise CourseError(f"The project in {folder} does not start; mend the error shown above.")
    console.print(f"Lab {number:02d} is at http://127.0.0.1:{port}/ (Ctrl-C ends it)")
    words = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}"]
    os.chdir(folder)
    if sys.platform != "win32":  # become the server, so that nothing is left when it ends
        sys.stdout.flush()
        os.execv(sys.executable, words)
    raise typer.Exit(subprocess.run(words).returncode)


def free_port(wanted: int) -> int:
    """Return the first free port from `wanted` on."""
    import socket

    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return port
    raise CourseError(f"No port from {wanted} on is free; choose one between 1024 and 65535.")


@app.command()
def hint(task_id: Annotated[str, typer.Argument(metavar="TASK", help="Such as 2.3.")]) -> None:
    """Show one more hint for a task, from a question to nearly the answer."""
    task = catalog.task(task_id)
    shown = min(progress.hints_shown(task.id) + 1, len(task.hints))
    console.print(Text(f"Task {task.id} · {task.title}", style="bold"))
    for count, text in enumerate(task.hints[:shown], 1):
        console.print(Text(f"  {count}. {text}"))
    if shown < len(task.hints):
        left = len(task.hints) - shown
        console.print(Text(f"  {left} more: call this again when you are still stuck.", "dim"))
        progress.note_hint(task.id)
    else:
        compare = f"{report.command()} diff {task.id.partition('.')[0]}"
        console.print(Text(f"  That was the last hint; `{compare}` shows the solution.", "dim"))


@app.command()
def reset(number: Number) -> None:
    """Put a lab's skeleton back; everything you wrote is kept in a dated backup."""
    from duplex import tree

    lab = catalog.lab(number)
    backup = tree.reset(lab, lab.folder())
    if backup:
        console.print(Text(f"Your work is kept in {backup}."))
    console.print(Text(f"Lab {lab.number:02d} is as new in {lab.folder()}."))


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
    console.print(Text(report.clean(text)) if text else "Your lab is the same as the solution.")


@app.command()
def doctor() -> None:
    """Say what is present on this computer, what is missing, and what that disables."""
    from duplex import doctor as survey

    raise typer.Exit(survey.report(console))


def main() -> None:
    """Run the command; every error a person can cause is one sentence, without a traceback."""
    from duplex import maintain

    maintain.add_to(app)
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except CourseError as error:
        fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        fail("Stopped.", 130)
    except BrokenPipeError:
        os._exit(1)
    except Exception as error:
        answer_usage(error)


def answer_usage(error: Exception) -> None:
    """Let the command-line library explain a wrong call; anything else is the kit's fault."""
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        if type(error).__name__ != "NoArgsIsHelpError":
            fail(error.format_message(), 2)
        sys.exit(2)
    if type(error).__name__ == "Abort":
        fail("Stopped.", 130)
    console.print_exception()
    fail("The kit itself failed, which is not your fault; please report the lines above.", 3)


def fail(sentence: str, code: int) -> None:
    """Print one sentence on standard error and end."""
    Console(stderr=True, highlight=False).print(Text(report.clean(sentence)))
    sys.exit(code)
