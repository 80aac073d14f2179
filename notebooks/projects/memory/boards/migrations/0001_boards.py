"""The tables of the boards and their notes."""

import django.db.models.deletion
from django.db import migrations, models


def id_column():
    """Return the column that each table has: a number that the database gives."""
    named = {"auto_created": True, "primary_key": True, "verbose_name": "ID"}
    return "id", models.BigAutoField(serialize=False, **named)


class Migration(migrations.Migration):
    """Make the tables."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Board",
            [
                id_column(),
                ("name", models.CharField(max_length=40, unique=True)),
                ("last", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            "Note",
            [
                id_column(),
                ("number", models.PositiveBigIntegerField()),
                ("by", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=64, null=True)),
                ("text", models.CharField(max_length=200)),
                ("at", models.FloatField()),
                ("board", models.ForeignKey("boards.board", django.db.models.deletion.CASCADE)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["board", "number"], name="one_note_a_number"),
                    models.UniqueConstraint(fields=["board", "by", "key"], name="one_note_a_key"),
                ]
            },
        ),
    ]
