from channels.exceptions import DenyConnection
from channels.generic.websocket import WebsocketConsumer


class Greeter:
    greeting = "Connected!"

    def connect(self):
        super().connect()
        self.send(self.greeting)


class Echo(Greeter, WebsocketConsumer):
    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data=text_data, bytes_data=bytes_data)


class Refuse(WebsocketConsumer):
    def connect(self):
        raise DenyConnection
