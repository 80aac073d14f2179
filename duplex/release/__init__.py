"""What leaves the course: the copy for students, and the grader for Gradescope."""

from duplex.release.commands import add_to

__all__ = ["add_to"]
