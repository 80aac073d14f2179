"""What notebook 07 imports: small consumers, recorded, and clients that wait."""

import asyncio
import json

from duplex import wire
from duplex.deadline import wait_until
from duplex.figures import consumers as figures
from duplex.measure.consumers import answer_to, asked_at_once, life, recorded, told_code
from duplex.measure.routing import knock
from duplex.notebook.check import check
from duplex.notebook.show import draw, quiz, serve, show, table

__all__ = [
    "answer_to", "asked_at_once", "asyncio", "check", "draw", "figures", "json", "knock", "life",
    "quiz",
    "recorded", "serve", "show", "table", "told_code", "wait_until", "wire",
]  # fmt: skip
