"""How the command ends: with an exit code, and one sentence for what went wrong."""

import contextlib
import os
import sys

from rich.console import Console

from duplex import report, terminal

STOPPED = 130  # the exit code after Ctrl-C


def leave(code: int) -> None:
    """End; when what reads our output has gone (`| head`), say nothing about it."""
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.exit(code)
    os._exit(1)  # what was served ends with the line to this process


def answer_usage(error: Exception) -> None:
    """Let the command-line library explain a wrong call; anything else is the kit's fault."""
    if isinstance(error, BrokenPipeError):
        os._exit(1)
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        if type(error).__name__ != "NoArgsIsHelpError":
            path = error.ctx.command_path if getattr(error, "ctx", None) else report.command()
            sentence = error.format_message().rstrip(".")
            fail(f"{sentence}; `{path} --help` says what is possible.", 2)
        sys.exit(2)
    if type(error).__name__ == "Abort":
        fail("Stopped.", STOPPED)
    Console(stderr=True).print_exception()
    fail("The kit itself failed, which is not your fault; please report the lines above.", 3)


def complain(sentence: str) -> None:
    """Print one sentence on standard error."""
    with contextlib.suppress(BrokenPipeError):
        terminal.say(Console(stderr=True, highlight=False), terminal.clean(sentence))


def fail(sentence: str, code: int) -> None:
    """Print one sentence on standard error and end."""
    complain(sentence)
    sys.exit(code)
