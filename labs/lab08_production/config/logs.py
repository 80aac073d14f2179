"""The log, as a machine reads it: one JSON object a line, on standard error."""

import json
import logging
from datetime import UTC, datetime


class Lines(logging.Formatter):
    """Writes each record as one line; a record may have an `about`, a dict with more of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as JSON, which has no line breaks, whatever stands in it."""
        # TODO task 8.7: an object with the `time` (ISO 8601, UTC), `level` (small letters), `logger` and
        #   `event` of the record, and what it is `about`; an error's traceback is its `exception`
        return super().format(record)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": Lines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Django has handlers of its own for these; without them, all that is said is said alike.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
