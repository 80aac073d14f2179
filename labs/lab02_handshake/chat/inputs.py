"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json
import re

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, QueryDict

LONGEST = {"author": 40, "text": 1000}  # characters


def read_cursor(query: QueryDict) -> int:
    """Return the `after` of a query; 0, which is before every message, when there is none."""
    after = query.get("after", "0")
    if not re.fullmatch("[0-9]{1,18}", after):  # 18 digits always fit a database's 64 bits
        raise BadRequest("`after` must be a whole number, zero or more.")
    return int(after)


def read_json(request: HttpRequest) -> object:
    """Return the body of a request, decoded from JSON."""
    if request.content_type != "application/json":
        raise BadRequest("The body must be sent with Content-Type: application/json.")
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise BadRequest("The body is too large.") from None
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None


def read_message(request: HttpRequest) -> dict[str, str]:
    """Return the author and the text of a new message."""
    data = read_json(request)
    if not isinstance(data, dict):
        raise BadRequest("The body must be an object with an author and a text.")
    return {name: read_words(data, name) for name in LONGEST}


def read_words(data: dict, name: str) -> str:
    """Return one string of a message: not blank, not too long, and possible to store."""
    words = data.get(name)
    if not isinstance(words, str) or not words.strip():
        raise BadRequest(f"The {name} must be a string that is not blank.")
    if len(words) > LONGEST[name]:
        raise BadRequest(f"The {name} must have at most {LONGEST[name]} characters.")
    if re.search("[\0\ud800-\udfff]", words):  # JSON can say them, UTF-8 or a database cannot
        raise BadRequest(f"The {name} holds a character that cannot be stored.")
    return words
