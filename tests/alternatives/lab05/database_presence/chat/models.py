from django.db import models


class Seat(models.Model):
    life = models.CharField(max_length=32)
    channel = models.CharField(max_length=100, unique=True)
    room = models.CharField(max_length=80, db_index=True)
    name = models.CharField(max_length=150)
