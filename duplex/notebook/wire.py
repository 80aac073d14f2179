"""What notebook 03 imports: frames by hand, a raw client, TLS, and a line that records."""

from statistics import median

from duplex import certs, frames, wire
from duplex.certs import Authority
from duplex.deadline import wait_until
from duplex.figures import wire as figures
from duplex.frames import BINARY, CLOSE, CONTINUATION, PING, TEXT
from duplex.line import Line
from duplex.measure.wire import cost_row, header_costs, moments, race
from duplex.notebook.show import draw, quiz, serve, serve_tls, show, table
from duplex.rawsocket import RawWebSocket, request

__all__ = [
    "BINARY", "CLOSE", "CONTINUATION", "PING", "TEXT", "Authority", "Line", "RawWebSocket",
    "certs", "cost_row", "draw", "figures", "frames", "header_costs", "median", "moments", "quiz",
    "race", "request", "serve", "serve_tls", "show", "table", "wait_until", "wire",
]  # fmt: skip
