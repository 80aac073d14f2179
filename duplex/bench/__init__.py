"""Benchmarks: each compares things that were measured in the same run, and states ratios."""

from duplex.bench.chat import Plan, chat_speed
from duplex.bench.check import check_speed
from duplex.bench.grade import grade_speed
from duplex.bench.watch import watch_speed

__all__ = ["Plan", "chat_speed", "check_speed", "grade_speed", "watch_speed"]
