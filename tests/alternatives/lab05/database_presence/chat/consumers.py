import hashlib
import json

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from chat import seats
from chat.door import STRANGER
from chat.inputs import BadFrame, read_frame

UNINVITED = 4403


class Tab(AsyncConsumer):
    seated = refused = False

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.stand_up()

    async def websocket_connect(self, event):
        self.person, self.room = self.scope["person"], self.scope["url_route"]["kwargs"]["room"]
        self.group = "room-" + hashlib.sha256(self.room.encode()).hexdigest()
        if len(self.room) > 80:
            await self.send({"type": "websocket.close"})
            raise StopConsumer
        await self.send({"type": "websocket.accept"})
        private = self.room.startswith("@")
        if private and self.person.name not in self.room[1:].split("+"):
            return await self.close(UNINVITED)
        await self.do_join()

    async def websocket_receive(self, event):
        if self.refused:
            return
        if not await self.person.ask():
            await self.stand_up()
            return await self.close(STRANGER)
        try:
            frame = read_frame(event.get("text"))
        except BadFrame as error:
            return await self.tell(type="error", error=str(error))
        await getattr(self, f"do_{frame.pop('type')}")(**frame)

    async def websocket_disconnect(self, event):
        raise StopConsumer

    async def do_join(self):
        self.seated = True  # from here on, whatever ends this tab gives up its seat
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.tell(type="welcome", room=self.room, you=self.person.name)
        await seats.take(self.room, self.person.name, self.channel_name)
        await self.channel_layer.group_send(self.group, {"type": "room.changed"})

    async def do_leave(self):
        await self.stand_up()
        await self.tell(type="left")

    async def do_message(self, text):
        if not self.seated:
            return await self.tell(type="error", error="Join the room first.")
        said = {"type": "room.said", "author": self.person.name, "text": text}
        await self.channel_layer.group_send(self.group, said)

    async def stand_up(self):
        if not self.seated:
            return
        self.seated = False
        await self.channel_layer.group_discard(self.group, self.channel_name)
        await seats.give_up(self.channel_name)
        await self.channel_layer.group_send(self.group, {"type": "room.changed"})

    async def room_said(self, event):
        if self.seated:
            await self.tell(**event | {"type": "message", "room": self.room})

    async def room_changed(self, event):
        if self.seated:
            await self.tell(type="here", people=await seats.people(self.room))

    async def tell(self, **data):
        await self.send({"type": "websocket.send", "text": json.dumps(data)})

    async def close(self, code):
        self.refused = True
        await self.send({"type": "websocket.close", "code": code})


class Nowhere(AsyncConsumer):
    async def websocket_connect(self, event):
        await self.send({"type": "websocket.close"})
        raise StopConsumer
