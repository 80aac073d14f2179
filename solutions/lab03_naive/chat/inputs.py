"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json

LONGEST = {"author": 40, "text": 1000}  # characters
LONGEST_WAIT = 60  # seconds
FIELDS = {"message": ("author", "text"), "remind": ("text", "after")}  # what each type must have


class BadFrame(Exception):
    """What is wrong with a frame, in a sentence for the client."""


def read_frame(text_data: str | None) -> dict:
    """Return what a frame asks for: its `type`, and the fields of that type; or BadFrame."""
    # task 3.3: raise BadFrame for a binary frame (then text_data is None), for text that is not
    #   JSON (json.loads raises ValueError, or RecursionError for [[[[…), for what is no object,
    #   and for a type that is not in FIELDS; check each field of the type with `read_field`
    # stub: return json.loads(text_data)
    try:
        data = json.loads(text_data or "")
    except (ValueError, RecursionError):
        raise BadFrame("A frame must be JSON, in a text frame.") from None
    if not isinstance(data, dict):
        raise BadFrame("A frame must be an object with a type.")
    kind = data.get("type")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise BadFrame(f"The type must be one of: {', '.join(FIELDS)}.")
    return {"type": kind} | {name: read_field(data, name) for name in FIELDS[kind]}
    # end 3.3


def read_field(data: dict, name: str) -> str | float:
    """Return one field of a frame, or BadFrame."""
    return read_wait(data, name) if name == "after" else read_words(data, name)


def read_wait(data: dict, name: str) -> float:
    """Return a number of seconds: not a text, not true or false, not too long."""
    # task 3.3: raise BadFrame unless data[name] is a number from 0 to LONGEST_WAIT
    #   (for Python, True is a number too, and JSON lets NaN pass)
    # stub: return data[name]
    wait = data.get(name)
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        raise BadFrame(f"The field {name} must be a number of seconds.")
    if not 0 <= wait <= LONGEST_WAIT:
        raise BadFrame(f"The field {name} must be from 0 to {LONGEST_WAIT} seconds.")
    return wait
    # end 3.3


def read_words(data: dict, name: str) -> str:
    """Return words: a string, not blank, not too long."""
    # task 3.3: raise BadFrame unless data[name] is a string, not blank, within its LONGEST
    # stub: return data[name]
    words = data.get(name)
    if not isinstance(words, str) or not words.strip():
        raise BadFrame(f"The field {name} must be a string that is not blank.")
    if len(words) > LONGEST[name]:
        raise BadFrame(f"The field {name} must have at most {LONGEST[name]} characters.")
    return words
    # end 3.3
