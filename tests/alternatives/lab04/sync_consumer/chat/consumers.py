import json
import uuid

from asgiref.sync import async_to_sync
from channels.exceptions import DenyConnection
from channels.generic.websocket import WebsocketConsumer


class Closed(WebsocketConsumer):
    def connect(self):
        raise DenyConnection


class Room(WebsocketConsumer):
    subscribed = False

    def connect(self):
        self.name = self.scope["url_route"]["kwargs"]["name"]
        self.key = uuid.uuid5(uuid.NAMESPACE_URL, self.name).hex
        self.accept()
        self.on_join({})

    def disconnect(self, code):
        self.subscribe("group_discard")

    def subscribe(self, how):
        async_to_sync(getattr(self.channel_layer, how))(self.key, self.channel_name)
        self.subscribed = how == "group_add"

    def receive(self, text_data=None, bytes_data=None):
        try:
            frame = json.loads(text_data)
            {"join": self.on_join, "leave": self.on_leave, "message": self.on_message}[
                frame["type"]
            ](frame)
        except (TypeError, ValueError, KeyError, RecursionError):
            self.send(json.dumps({"type": "error", "error": "That was no frame of this chat."}))

    def on_join(self, frame):
        self.subscribe("group_add")
        self.send(json.dumps({"type": "welcome", "room": self.name}))

    def on_leave(self, frame):
        self.subscribe("group_discard")
        self.send(json.dumps({"type": "left"}))

    def on_message(self, frame):
        author, text = frame["author"], frame["text"]
        if not self.subscribed or not isinstance(author, str) or not isinstance(text, str):
            raise ValueError
        if not (author.strip() and text.strip() and len(author) <= 40 and len(text) <= 1000):
            raise ValueError
        event = {"type": "passed.on", "author": author, "text": text}
        async_to_sync(self.channel_layer.group_send)(self.key, event)

    def passed_on(self, event):
        message = {"author": event["author"], "text": event["text"], "room": self.name}
        self.send(json.dumps({"type": "message"} | message))
