"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json

LONGEST = {"author": 40, "text": 1000}  # characters
# TODO task 5.3: what each type must have; a message need not say its author any more
FIELDS = {"message": ("author", "text"), "join": (), "leave": ()}


class BadFrame(Exception):
    """What is wrong with a frame, in a sentence for the client."""


def read_frame(text_data: str | None) -> dict:
    """Return what a frame asks for: its `type`, and the fields of that type; or BadFrame."""
    try:
        data = json.loads(text_data or "")
    except (ValueError, RecursionError):
        raise BadFrame("A frame must be JSON, in a text frame.") from None
    if not isinstance(data, dict):
        raise BadFrame("A frame must be an object with a type.")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise BadFrame(f"The type must be one of: {', '.join(FIELDS)}.")
    return {"type": kind} | {name: read_words(data, name) for name in FIELDS[kind]}


def read_words(data: dict, name: str) -> str:
    """Return words: a string, not blank, not too long."""
    words = data.get(name)
    if not isinstance(words, str) or not words.strip():
        raise BadFrame(f"The field {name} must be a string that is not blank.")
    if len(words) > LONGEST[name]:
        raise BadFrame(f"The field {name} must have at most {LONGEST[name]} characters.")
    return words
