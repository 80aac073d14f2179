"""Benchmarks: each compares things that were measured in the same run, and states ratios."""

from duplex.bench.check import check_speed

__all__ = ["check_speed"]
