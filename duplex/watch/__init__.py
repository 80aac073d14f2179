"""`duplex watch`: check a lab again at every save, and show the first task that fails.

saves ─┐
keys  ─┼─► session ─► screen        every event passes through one queue, to one thread
judge ─┘
"""

from duplex.watch.session import watch

__all__ = ["watch"]
