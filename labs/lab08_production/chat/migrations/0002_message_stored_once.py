"""Let the database hold each message once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What brings a database along that has the table already."""

    dependencies = [("chat", "0001_initial")]
    operations = [
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("room", "author", "key"), name="message_stored_once"
            ),
        ),
    ]
