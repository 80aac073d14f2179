from django.db import models


class Messages(models.QuerySet):
    def after(self, cursor):
        return self.filter(pk__gt=cursor).order_by("pk")


class Message(models.Model):
    author = models.CharField(max_length=40)
    text = models.TextField(max_length=1000)
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = Messages.as_manager()

    class Meta:
        ordering = ["-id"]
