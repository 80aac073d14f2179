"""What notebook 02 imports: followers of a feed, a published table, loops, and slow lines."""

import sqlite3
from http.client import HTTPConnection
from statistics import mean, median

from duplex import wire
from duplex.deadline import wait_until
from duplex.figures import polling as figures
from duplex.measure import published
from duplex.measure.loops import by_the_answer, by_the_clock, crowd, each_second, most_at_once
from duplex.measure.polling import (
    believed,
    follow,
    held,
    long_poll,
    pairs,
    seconds_of_pairs,
    stream,
    weigh,
)
from duplex.measure.wire import BROWSER, moments
from duplex.notebook.check import check
from duplex.notebook.show import draw, quiz, serve, show, table

__all__ = [
    "check", "BROWSER", "HTTPConnection", "believed", "by_the_answer", "by_the_clock", "crowd",
    "draw", "each_second", "figures", "follow", "held", "long_poll", "mean", "median", "moments",
    "most_at_once", "pairs", "published", "quiz", "seconds_of_pairs", "serve", "show", "sqlite3",
    "stream", "table", "wait_until", "weigh", "wire",
]  # fmt: skip
