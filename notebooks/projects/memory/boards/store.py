"""The boards in the database: plain functions, each of them whole; consumers await them."""

import time

from django.db import transaction

from boards.models import Board, Note


def add(name: str, by: str, text: str, key: str | None = None) -> Note:
    """Pin a note under the board's next number; a transaction must be open around it."""
    board, _ = Board.objects.get_or_create(name=name)
    board.last += 1
    board.save()
    return Note.objects.create(
        board=board, number=board.last, by=by, key=key, text=text, at=time.time()
    )


def pin(name: str, by: str, text: str, key: str | None = None) -> Note:
    """Pin a note, in one transaction."""
    with transaction.atomic():
        return add(name, by, text, key)


def pin_once(name: str, by: str, text: str, key: str) -> tuple[Note, bool]:
    """Pin a note, unless this person has pinned one with this key; tell whether it is new."""
    with transaction.atomic():
        known = Note.objects.filter(board__name=name, by=by, key=key).first()
        return (known, False) if known else (add(name, by, text, key), True)


def after(name: str, number: int) -> list[dict]:
    """Return the notes of a board after a number, oldest first."""
    notes = Note.objects.filter(board__name=name, number__gt=number).order_by("number")
    return [frame(note) for note in notes.select_related("board")]


def frame(note: Note) -> dict:
    """Return a note as a client gets it."""
    return {"type": "note", "id": note.number, "by": note.by, "text": note.text}
