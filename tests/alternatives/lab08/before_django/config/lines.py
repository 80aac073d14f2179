"""JSON lines: everything that a record has beyond the usual is written, too."""

import json
import logging
import time

USUAL = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "about", "request"}


class JsonHandler(logging.StreamHandler):
    """Writes one object a line."""

    def format(self, record):
        """Return the line."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        more = {name: value for name, value in vars(record).items() if name not in USUAL}
        line = more | getattr(record, "about", {})
        line |= {"time": f"{stamp}Z", "level": record.levelname.casefold()}
        line |= {"logger": record.name, "event": record.getMessage()}
        if record.exc_info:
            line["exception"] = logging.Formatter().formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=repr)
