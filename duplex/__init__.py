"""Full Duplex: the support package of a course on asynchronous Django."""

__version__ = "0.1.0"
