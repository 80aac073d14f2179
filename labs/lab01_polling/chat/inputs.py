"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json
import re

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, QueryDict

LONGEST = {"author": 40, "text": 1000}  # characters


def read_cursor(query: QueryDict) -> int:
    """Return the `after` of a query; 0, which is before every message, when there is none."""
    # TODO task 1.1: `after` is a whole number, zero or more; raise BadRequest for anything else
    return 0


def read_json(request: HttpRequest) -> object:
    """Return the body of a request, decoded from JSON."""
    # TODO task 1.3: raise BadRequest for a body that is not declared as JSON, too large, or not JSON
    #   (Django raises RequestDataTooBig, json.loads a ValueError, or a RecursionError for [[[[…)
    return json.loads(request.body)


def read_message(request: HttpRequest) -> dict[str, str]:
    """Return the author and the text of a new message."""
    data = read_json(request)
    # TODO task 1.3: the body is an object, and its author and text are what `read_words` accepts
    return {name: data[name] for name in LONGEST}


def read_words(data: dict, name: str) -> str:
    """Return one string of a message: not blank, not too long, and possible to store."""
    # TODO task 1.3: raise BadRequest unless data[name] is a string, not blank, within its LONGEST
    return data[name]
