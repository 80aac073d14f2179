"""The commands that serve a lab for a person: run, and load for a crowd."""

from pathlib import Path
from typing import Annotated

import typer

from duplex import catalog, cli

Clients = Annotated[int, typer.Option(min=1, max=5000, help="How many clients at most.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(run)
    app.command()(load)


def run(
    number: cli.Number,
    solutions: cli.Solutions = False,
    directory: cli.ProjectDir = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    tls: Annotated[bool, typer.Option("--tls", help="Serve as for strangers, by https.")] = False,
) -> None:
    """Serve a lab and print its address; it reloads when you save, and Ctrl-C ends it."""
    from duplex import running

    lab, serve = catalog.lab(number), running.run_tls if tls else running.run
    folder = cli.folder_of(lab, solutions, directory)
    raise typer.Exit(serve(cli.console, lab, folder, port))


def load(
    number: cli.Number,
    solutions: cli.Solutions = False,
    directory: cli.ProjectDir = None,
    clients: Clients = 300,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each crowd talks.")] = 3.0,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Draw it: load.png.")] = None,
) -> None:
    """Let a crowd talk in one room (labs 6 to 8): deliveries in a second, delays, and cost."""
    from duplex import load as test

    lab = catalog.lab(number)
    folder = cli.folder_of(lab, solutions, directory)
    test.load(cli.console, lab, folder, clients, seconds, plot)
