"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json
import re
from urllib.parse import parse_qs

LONGEST = {"key": 64, "text": 1000}  # characters
KINDS = ("message", "seen", "join", "leave")
NO_ID = "{} must be the id of a message: a whole number, zero or more."


class BadFrame(Exception):
    """What is wrong with a frame or an address, in a sentence; `key` is the message's, if known."""

    key = None


def read_query(query: bytes) -> int | None:
    """Return the `after` of an address, None when it has none; or BadFrame."""
    after = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("after")
    if after is None:
        return None
    if not re.fullmatch("[0-9]{1,18}", after[-1]):  # 18 digits always fit a database's 64 bits
        raise BadFrame(NO_ID.format("`after`"))
    return int(after[-1])


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
    if kind == "seen":
        return {"type": "seen", "id": read_id(data, "id")}
    return {"type": kind, "after": _read_after(data)}


def read_message(data: dict) -> dict:
    """Return a message's key and text; what is wrong with the text names the key."""
    key = read_words(data, "key")
    try:
        return {"type": "message", "key": key, "text": read_words(data, "text")}
    except BadFrame as error:
        error.key = key
        raise


def _read_after(data: dict) -> int | None:
    return None if data.get("after") is None else read_id(data, "after")


def read_id(data: dict, name: str) -> int:
    """Return the id of a message: a whole number, zero or more, that fits a database's 64 bits."""
    number = data.get(name)
    if type(number) is not int or not 0 <= number < 10**18:
        raise BadFrame(NO_ID.format(f"The field {name}"))
    return number


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
