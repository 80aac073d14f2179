"""Give the graders their fixtures."""

from duplex.grader import *  # noqa: F403
