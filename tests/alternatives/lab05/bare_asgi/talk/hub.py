import asyncio
import collections
import json

from talk.who import who

rooms = collections.defaultdict(set)


class Tab:
    def __init__(self, room, name, cookies, receive, send):
        self.room, self.name, self.cookies = room, name, cookies
        self.receive, self.send, self.queue = receive, send, asyncio.Queue()

    async def live(self):
        tasks = [asyncio.create_task(one()) for one in (self.write, self.watch, self.read)]
        try:
            self.join()
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.leave()
            for task in tasks:
                task.cancel()

    async def read(self):
        while (event := await self.receive())["type"] == "websocket.receive":
            if not await who(self.cookies):
                return await self.end()
            self.obey(event.get("text"))

    async def watch(self):
        while await who(self.cookies):
            await asyncio.sleep(1)
        await self.end()

    async def write(self):
        while True:
            await self.send({"type": "websocket.send", "text": json.dumps(await self.queue.get())})

    async def end(self):
        await self.send({"type": "websocket.close", "code": 4401})

    def obey(self, text):
        match understood(text):
            case {"type": "join"}:
                self.join()
            case {"type": "leave"}:
                self.leave()
                self.queue.put_nowait({"type": "left"})
            case {"type": "message", "text": str(text)} if (
                self in rooms[self.room] and text.strip() and len(text) <= 1000
            ):
                message = {"type": "message", "room": self.room, "author": self.name, "text": text}
                tell(self.room, message)
            case _:
                self.queue.put_nowait({"type": "error", "error": "I do not understand that here."})

    def join(self):
        rooms[self.room].add(self)
        self.queue.put_nowait({"type": "welcome", "room": self.room, "you": self.name})
        tell_people(self.room)

    def leave(self):
        rooms[self.room].discard(self)
        tell_people(self.room)


def tell_people(room):
    tell(room, {"type": "here", "people": list({tab.name for tab in rooms[room]})})


def tell(room, data):
    for tab in rooms[room]:
        tab.queue.put_nowait(data)


def understood(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
