"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json
import re
from urllib.parse import parse_qs

LONGEST = {"key": 64, "text": 1000}  # characters
KINDS = ("message", "join", "leave")
NO_ID = "`after` must be the id of a message: a whole number, zero or more."


class BadFrame(Exception):
    """What is wrong with a frame or an address, in a sentence; `key` is the message's, if known."""

    key = None


def read_query(query: bytes) -> int | None:
    """Return the `after` of an address, None when it has none; or BadFrame."""
    after = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("after")
    # TODO task 6.4: `after` is a whole number, zero or more, in digits; raise BadFrame(NO_ID) for
    #   anything else, and do not take None for zero; as it stands, nothing is refused
    return int(after[-1]) if after and after[-1].isdecimal() else 0


def read_frame(text_data: str | None) -> dict:
    """Return what a frame asks for: its `type`, and the fields of that type; or BadFrame."""
    try:
        data = json.loads(text_data or "")
    except (ValueError, RecursionError):
        raise BadFrame("A frame must be JSON, in a text frame.") from None
    if not isinstance(data, dict):
        raise BadFrame("A frame must be an object with a type.")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BadFrame(f"The type must be one of: {', '.join(KINDS)}.")
    if kind == "message":
        return read_message(data)
    return {"type": kind, "after": read_id(data) if kind == "join" else None}


def read_message(data: dict) -> dict:
    """Return a message's key and text; what is wrong with the text names the key."""
    key = read_words(data, "key")
    try:
        return {"type": "message", "key": key, "text": read_words(data, "text")}
    except BadFrame as error:
        error.key = key
        raise


def read_id(data: dict) -> int | None:
    """Return the `after` of a frame, None when it has none."""
    after = data.get("after")
    if after is not None and (type(after) is not int or not 0 <= after < 10**18):
        raise BadFrame(NO_ID)
    return after


def read_words(data: dict, name: str) -> str:
    """Return words: a string, not blank, not too long, and possible to store."""
    words = data.get(name)
    if not isinstance(words, str) or not words.strip():
        raise BadFrame(f"The field {name} must be a string that is not blank.")
    if len(words) > LONGEST[name]:
        raise BadFrame(f"The field {name} must have at most {LONGEST[name]} characters.")
    if re.search("[\0\ud800-\udfff]", words):  # JSON can say them, UTF-8 or a database cannot
        raise BadFrame(f"The field {name} holds a character that cannot be stored.")
    return words
