"""Boards with notes; a board numbers its own notes, from 1, without gaps."""

from django.db import models


class Board(models.Model):
    """A board, and the number of its newest note."""

    name = models.CharField(max_length=40, unique=True)
    last = models.PositiveBigIntegerField(default=0)


class Note(models.Model):
    """A note: its number on its board, who has pinned it, and that person's key for it."""

    board = models.ForeignKey(Board, models.CASCADE)
    number = models.PositiveBigIntegerField()
    by = models.CharField(max_length=40)
    key = models.CharField(max_length=64, null=True)  # two notes without a key may be alike
    text = models.CharField(max_length=200)
    at = models.FloatField()  # seconds, time.time()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["board", "number"], name="one_note_a_number"),
            models.UniqueConstraint(fields=["board", "by", "key"], name="one_note_a_key"),
        ]
