"""Create the table of messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What `manage.py makemigrations` wrote for Message, when it had one constraint."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("room", models.CharField(max_length=80)),
                ("number", models.PositiveBigIntegerField()),
                ("author", models.CharField(max_length=150)),
                ("key", models.CharField(max_length=64)),
                ("text", models.TextField(max_length=1000)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("room", "number"), name="number_once_in_a_room")
                ],
            },
        ),
    ]
