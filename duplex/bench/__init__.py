"""Benchmarks: each compares things that were measured in the same run, and states ratios."""

from duplex.bench.check import check_speed
from duplex.bench.watch import watch_speed

__all__ = ["check_speed", "watch_speed"]
