"""The chat's first table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table of messages."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Message",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.CharField(max_length=1000)),
            ],
        ),
    ]
