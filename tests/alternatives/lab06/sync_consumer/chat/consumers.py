import json
from collections import Counter, defaultdict

from asgiref.sync import async_to_sync
from channels.exceptions import DenyConnection
from channels.generic.websocket import WebsocketConsumer
from chat import rooms
from chat.inputs import BadFrame, read_frame, read_query
from chat.models import Message
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError
from django.db.models import Max
from django.http import HttpRequest

here = defaultdict(Counter)  # for each room: people, and how many tabs each has


class NoSuchPath(WebsocketConsumer):
    def connect(self):
        raise DenyConnection


class ChatConsumer(WebsocketConsumer):
    group, inside, seen = None, False, 0

    def connect(self):
        self.room, user = self.scope["url_route"]["kwargs"]["room"], self.scope["user"]
        if len(self.room) > rooms.LONGEST:
            raise DenyConnection
        self.accept()
        if not user.is_authenticated:
            return self.close(4401)
        self.name = user.get_username()
        if not rooms.admits(self.room, self.name):
            return self.close(4403)
        try:
            after = read_query(self.scope["query_string"])
        except BadFrame as error:
            self.tell(type="error", error=str(error))
            return self.close(4400)
        self.group = rooms.group_of(self.room)
        self.on_join({"after": after})

    def disconnect(self, code):
        self.go()

    def tell(self, **data):
        self.send(json.dumps(data))

    def layer(self, how, *words):
        async_to_sync(getattr(self.channel_layer, how))(self.group, *words)

    def receive(self, text_data=None, bytes_data=None):
        if self.group is None:
            return
        request = HttpRequest()
        request.session = SessionStore(self.scope["session"].session_key)
        if not get_user(request).is_authenticated:
            self.go()
            return self.close(4401)
        try:
            frame = read_frame(text_data)
            getattr(self, f"on_{frame['type']}")(frame)
        except BadFrame as error:
            about = {"key": error.key} if error.key else {}
            self.tell(type="error", error=str(error), **about)

    def on_join(self, frame):
        if not self.inside:
            self.layer("group_add", self.channel_name)
            here[self.room][self.name] += 1
        self.inside = True
        last = newest(self.room)
        self.seen = max(last - 50, 0) if frame["after"] is None else frame["after"]
        self.tell(type="welcome", room=self.room, you=self.name, last=last)
        self.layer("group_send", {"type": "chat.here"})
        self.chat_here({})
        self.read_on()

    def on_leave(self, frame):
        self.go()
        self.tell(type="left")

    def on_message(self, frame):
        if not self.inside:
            raise BadFrame("Join the room first.")
        message = self.store(frame["key"], frame["text"])
        self.tell(type="ack", key=frame["key"], id=message.number)
        self.layer("group_send", {"type": "chat.news"})

    def store(self, key, text):
        mine = dict(room=self.room, author=self.name, key=key)
        while True:
            if known := Message.objects.filter(**mine).first():
                return known
            try:
                return Message.objects.create(**mine, number=newest(self.room) + 1, text=text)
            except IntegrityError:
                continue  # somebody else took the number, or stored this very message

    def read_on(self):
        news = Message.objects.filter(room=self.room, number__gt=self.seen).order_by("number")
        for message in news.iterator(chunk_size=100):
            self.tell(**message.as_frame())
            self.seen = message.number

    def chat_news(self, event):
        if self.inside:
            self.read_on()

    def chat_here(self, event):
        if self.inside:
            self.tell(type="here", people=sorted(here[self.room]))

    def go(self):
        if not self.inside:
            return
        self.inside = False
        self.layer("group_discard", self.channel_name)
        here[self.room][self.name] -= 1
        here[self.room] += Counter()  # drops those who have no tab left
        self.layer("group_send", {"type": "chat.here"})


def newest(room):
    return Message.objects.filter(room=room).aggregate(last=Max("number"))["last"] or 0
