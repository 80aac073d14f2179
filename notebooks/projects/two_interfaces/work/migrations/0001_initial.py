"""The table of notes, with one note in it."""

from django.db import migrations, models


def add_note(apps, schema_editor):
    apps.get_model("work", "Note").objects.create(text="Lunch is at one.")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=100)),
            ],
        ),
        migrations.RunPython(add_note, migrations.RunPython.noop),
    ]
