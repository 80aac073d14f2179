"""What notebook 01 imports: requests by hand, lines that record, and a browser's headers."""

import json

from duplex.figures import http as figures
from duplex.line import Line
from duplex.measure.browser import FOR_A_PAGE, FOR_A_SCRIPT, header_lines, waiting_pages
from duplex.measure.http import (
    DistantLine,
    arrows,
    ask_often,
    bare_wsgiref,
    both_at_once,
    cost_row,
    follow,
    growth,
    kept_open,
    sizes,
)
from duplex.notebook.show import draw, quiz, serve, show, table
from duplex.rawhttp import RawHttp, request, split

__all__ = [
    "FOR_A_PAGE", "FOR_A_SCRIPT", "DistantLine", "Line", "RawHttp", "arrows", "ask_often",
    "bare_wsgiref", "both_at_once", "cost_row", "draw", "figures", "follow", "growth",
    "header_lines", "json", "kept_open", "quiz", "request", "serve", "show", "sizes", "split",
    "table", "waiting_pages",
]  # fmt: skip
