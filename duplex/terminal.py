"""What a terminal can take: letters it has, no steering characters, whole lines, signals."""

import codecs
import contextlib
import logging
import os
import re
import signal
import sys

from rich.console import Console
from rich.text import Text

PLAIN = {"✓": "+", "✗": "x", "·": "-", "–": "-", "…": "...", "→": "->", "─": "-", "━": "=",
         "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+"}  # fmt: skip
# Control characters, what turns the direction of reading, invisible marks, lone surrogates.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


class Output(Console):
    """A console whose reader may leave (`| head`), also while sys.stdout is another's."""

    def on_broken_pipe(self) -> None:
        """Print nothing more, and end the command."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())
        raise SystemExit(1)


def clean(text: str) -> str:
    """Replace what could steer a terminal, or cannot be written, by its escape."""
    return _STEERING.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def one_line(text: str, most: int = 600) -> str:
    """Make a text one line of at most `most` characters; the middle of a longer one is left out."""
    line = re.sub(r"\s*\n\s*", " ", text.strip())
    half = most // 2
    return line if len(line) <= most else f"{line[:half]} […] {line[-half:]}"


def say(console: Console, text: Text | str, indent: int = 0) -> None:
    """Print text wrapped to the terminal's width, each line indented alike."""
    text = text if isinstance(text, Text) else Text(text)
    for line in text.wrap(console, max(20, console.width - indent)):
        line.rstrip()
        console.print(Text(" " * indent if line else "").append_text(line), soft_wrap=True)


def plain_letters() -> None:
    """Let output that lacks a letter (a terminal without UTF-8) show a plain one instead."""
    codecs.register_error("duplex-plain", _plain)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # not a real stream, or closed
            stream.reconfigure(errors="duplex-plain")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter, "?") for letter in letters), error.end


def stop_like_ctrl_c() -> None:
    """Let SIGTERM, and a terminal that closes, end the command as cleanly as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, _interrupt)


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


def be_quiet() -> None:
    """Say no more, and be stopped no more: the command is ending.

    Ctrl-C also reaches the browser's driver, whose farewell asyncio would log as an error.
    """
    logging.getLogger("asyncio").disabled = True
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        with contextlib.suppress(AttributeError, ValueError):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
