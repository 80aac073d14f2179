import asyncio
import collections
import json

from talk import store
from talk.who import who

rooms = collections.defaultdict(set)


class Tab:
    def __init__(self, room, name, cookies, receive, send):
        self.room, self.name, self.cookies = room, name, cookies
        self.receive, self.send, self.bell = receive, send, asyncio.Event()
        self.inside, self.last, self.turn = False, 0, asyncio.Lock()

    async def tell(self, data):
        await self.send({"type": "websocket.send", "text": json.dumps(data)})

    async def live(self, after):
        await self.join(after)
        tasks = [asyncio.create_task(one()) for one in (self.read, self.read_on)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self.leave()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def read(self):
        while (event := await self.receive())["type"] == "websocket.receive":
            if not await who(self.cookies):
                return await self.send({"type": "websocket.close", "code": 4401})
            await self.obey(understood(event.get("text")))

    async def read_on(self):
        while await self.bell.wait():
            self.bell.clear()
            async with self.turn:  # a `join` must not come between the reading and the telling
                while self.inside and (news := await store.after(self.room, self.last)):
                    for message in news:
                        await self.tell({"type": "message", "room": self.room} | message)
                        self.last = message["id"]

    async def obey(self, frame):
        match frame:
            case {"type": "join", **rest} if good_id(rest.get("after")):
                await self.join(rest.get("after"))
            case {"type": "leave"}:
                await self.leave()
                await self.tell({"type": "left"})
            case {"type": "message", "key": str(key), "text": str(text)} if (
                self.inside and good(key, 64) and good(text, 1000)
            ):
                number = await store.store(self.room, self.name, key, text)
                await self.tell({"type": "ack", "key": key, "id": number})
                ring(self.room)
            case {"key": str(key)}:
                await self.tell({"type": "error", "error": "Not that message.", "key": key})
            case _:
                await self.tell({"type": "error", "error": "I do not understand that here."})

    async def join(self, after):
        async with self.turn:
            rooms[self.room].add(self)
            newest = await store.newest(self.room)
            self.inside, self.last = True, max(newest - 50, 0) if after is None else after
            welcome = {"type": "welcome", "room": self.room, "you": self.name, "last": newest}
            await self.tell(welcome)
        await tell_people(self.room)
        self.bell.set()

    async def leave(self):
        async with self.turn:
            self.inside = False
            rooms[self.room].discard(self)
        await tell_people(self.room)


def ring(room):
    for tab in rooms[room]:
        tab.bell.set()


async def tell_people(room):
    people = sorted({tab.name for tab in rooms[room]})
    for tab in list(rooms[room]):
        await tab.tell({"type": "here", "people": people})


def good(words, longest):
    bad = any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in words)
    return words.strip() and len(words) <= longest and not bad


def good_id(value):
    return value is None or (type(value) is int and 0 <= value < 10**18)


def understood(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None
