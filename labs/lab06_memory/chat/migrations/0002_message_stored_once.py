"""Let the database hold each message once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What brings a database along that has the table already."""

    dependencies = [("chat", "0001_initial")]
    operations = [
        # TODO task 6.3: add the constraint to the table, too; the operation that is missing here is
        #   printed, in the lab's folder and by the course's Python, which knows Django, by
        #   `../../.venv/bin/python manage.py makemigrations --dry-run -v 3`,
        #   on Windows `..\..\.venv\Scripts\python manage.py makemigrations --dry-run -v 3`
    ]
