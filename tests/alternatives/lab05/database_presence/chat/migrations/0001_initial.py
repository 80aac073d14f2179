from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("life", models.CharField(max_length=32)),
                ("channel", models.CharField(max_length=100, unique=True)),
                ("room", models.CharField(max_length=80, db_index=True)),
                ("name", models.CharField(max_length=150)),
            ],
        ),
    ]
