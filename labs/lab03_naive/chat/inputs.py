"""Read what a client sent; nothing that comes from outside is believed before it is checked."""

import json

LONGEST = {"author": 40, "text": 1000}  # characters
LONGEST_WAIT = 60  # seconds
FIELDS = {"message": ("author", "text"), "remind": ("text", "after")}  # what each type must have


class BadFrame(Exception):
    """What is wrong with a frame, in a sentence for the client."""


def read_frame(text_data: str | None) -> dict:
    """Return what a frame asks for: its `type`, and the fields of that type; or BadFrame."""
    # TODO task 3.3: raise BadFrame for a binary frame (then text_data is None), for text that is not
    #   JSON (json.loads raises ValueError, or RecursionError for [[[[…), for what is no object,
    #   and for a type that is not in FIELDS; check each field of the type with `read_field`
    return json.loads(text_data)


def read_field(data: dict, name: str) -> str | float:
    """Return one field of a frame, or BadFrame."""
    return read_wait(data, name) if name == "after" else read_words(data, name)


def read_wait(data: dict, name: str) -> float:
    """Return a number of seconds: not a text, not true or false, not too long."""
    # TODO task 3.3: raise BadFrame unless data[name] is a number from 0 to LONGEST_WAIT
    #   (for Python, True is a number too, and JSON lets NaN pass)
    return data[name]


def read_words(data: dict, name: str) -> str:
    """Return words: a string, not blank, not too long."""
    # TODO task 3.3: raise BadFrame unless data[name] is a string, not blank, within its LONGEST
    return data[name]
