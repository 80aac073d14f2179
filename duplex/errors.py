"""The errors that a person can cause, each told in one sentence."""


class CourseError(Exception):
    """What happened, where, and what to do next; the command ends with exit code 2."""

    exit_code = 2


class Tampered(Exception):
    """A project did what only an attack does; the sentence says what."""


class KitFault(CourseError):
    """Something of the kit itself is broken; the command ends with exit code 3."""

    exit_code = 3
