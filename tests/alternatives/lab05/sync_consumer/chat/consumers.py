import json
import uuid

from asgiref.sync import async_to_sync
from channels.exceptions import DenyConnection
from channels.generic.websocket import WebsocketConsumer
from channels.layers import get_channel_layer
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.dispatch import receiver
from django.utils import timezone


@receiver(user_logged_out)
def end_session(request, **_):
    publish(f"session.{request.session.session_key}", type="session.over")


def publish(group, **event):
    async_to_sync(get_channel_layer().group_send)(group, event)


def person(key):
    row = Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
    return row and User.objects.filter(pk=row.get_decoded().get("_auth_user_id")).first()


class Closed(WebsocketConsumer):
    def connect(self):
        raise DenyConnection


class Room(WebsocketConsumer):
    groups_in, name_of_user = (), None

    def connect(self):
        self.accept()
        self.name = self.scope["url_route"]["kwargs"]["name"]
        self.session = self.scope["session"].session_key
        user = person(self.session)
        if user is None:
            return self.close(4401)
        if self.name[0] == "@" and user.username not in self.name[1:].split("+"):
            return self.close(4403)
        self.name_of_user, self.key = user.username, uuid.uuid5(uuid.NAMESPACE_URL, self.name).hex
        self.subscribe("group_add", f"session.{self.session}")
        self.on_join({})

    def disconnect(self, code):
        if self.name_of_user:
            self.subscribe("group_discard", f"session.{self.session}")
            self.absent()

    def subscribe(self, how, group):
        async_to_sync(getattr(self.channel_layer, how))(group, self.channel_name)

    def receive(self, text_data=None, bytes_data=None):
        if not self.name_of_user:
            return
        if not person(self.session):
            return self.session_over({})
        try:
            frame = json.loads(text_data)
            {"join": self.on_join, "leave": self.on_leave, "message": self.on_message}[
                frame["type"]
            ](frame)
        except (TypeError, ValueError, KeyError, RecursionError):
            self.tell(type="error", error="That was no frame of this chat.")

    def tell(self, **data):
        self.send(json.dumps(data))

    def session_over(self, event):
        self.absent()
        self.close(4401)

    def here(self):
        return cache.get(self.key, {})

    def on_join(self, frame):
        self.subscribe("group_add", self.key)
        self.tell(type="welcome", room=self.name, you=self.name_of_user)
        cache.set(self.key, self.here() | {self.channel_name: self.name_of_user}, None)
        publish(self.key, type="list.changed")

    def absent(self):
        self.subscribe("group_discard", self.key)
        cache.set(self.key, {tab: who for tab, who in self.here().items()
                             if tab != self.channel_name}, None)  # fmt: skip
        publish(self.key, type="list.changed")

    def on_leave(self, frame):
        self.absent()
        self.tell(type="left")

    def on_message(self, frame):
        text = frame["text"]
        inside = self.channel_name in self.here()
        if not (inside and isinstance(text, str) and text.strip() and len(text) <= 1000):
            raise ValueError
        publish(self.key, type="passed.on", author=self.name_of_user, text=text)

    def passed_on(self, event):
        self.tell(type="message", room=self.name, author=event["author"], text=event["text"])

    def list_changed(self, event):
        self.tell(type="here", people=sorted(set(self.here().values())))
