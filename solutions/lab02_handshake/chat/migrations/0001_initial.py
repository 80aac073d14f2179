"""Create the table of messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What `manage.py makemigrations` wrote for Message."""

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
                ("author", models.CharField(max_length=40)),
                ("text", models.TextField(max_length=1000)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"ordering": ["-id"]},
        ),
    ]
