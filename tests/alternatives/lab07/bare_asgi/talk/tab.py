import asyncio
import itertools
import json
import os

from django.conf import settings

from talk import bus, pace, store
from talk.who import who

numbers = itertools.count()
WINDOW, DEBT, MOST, LONGEST = 100, 100, 200, 16 * 1024


class Tab:
    def __init__(self, room, name, cookies, receive, send):
        self.room, self.name, self.cookies = room, name, cookies
        self.receive, self.send, self.bell = receive, send, asyncio.Event()
        self.id, self.inside, self.last, self.turn = "", False, 0, asyncio.Lock()
        self.unseen, self.told, self.frames = [], None, 0

    async def tell(self, data):
        await self.send({"type": "websocket.send", "text": json.dumps(data)})

    async def live(self, after):
        self.id = f"{os.getpid()}.{next(numbers)}"
        await bus.begin()
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
            if code := await self.refuses(event):
                return await self.send({"type": "websocket.close", "code": code})

    async def refuses(self, event):
        text = event.get("text")
        if len(event.get("bytes") or (text or "").encode()) > LONGEST:
            return 4413
        frame = understood(text)
        is_seen = isinstance(frame, dict) and frame.get("type") == "seen"
        if is_seen and type(frame.get("id")) is int and frame["id"] in self.unseen:
            self.frames = 0
            return await self.see(frame["id"])
        left, self.frames = pace.spend(self.name), self.frames + 1
        if left < -DEBT or self.frames > MOST:
            return 4429
        if left < 0:
            key = {"key": frame["key"]} if isinstance(frame, dict) and "key" in frame else {}
            wait = round((1 - left) / settings.RATE, 2)
            return await self.tell({"type": "error", "error": "Slowly.", "wait": wait} | key)
        if not await who(self.cookies):
            return 4401
        await self.obey(frame)

    async def see(self, number):
        async with self.turn:
            if number in self.unseen:
                del self.unseen[: self.unseen.index(number) + 1]
        self.bell.set()

    async def read_on(self):
        beat = asyncio.get_running_loop().time()
        while True:
            try:
                async with asyncio.timeout_at(beat + settings.HEARTBEAT):
                    await self.bell.wait()
            except TimeoutError:
                beat = asyncio.get_running_loop().time()
                if self.inside:
                    await bus.stay(self.room, self.name, self.id)
            self.bell.clear()
            async with self.turn:  # a `join` must not come between the reading and the telling
                if self.inside:
                    await self.tell_news()
                    await self.tell_people()

    async def tell_news(self):
        while room := WINDOW - len(self.unseen):
            news = await store.after(self.room, self.last, room)
            for message in news:
                await self.tell({"type": "message", "room": self.room} | message)
                self.last = message["id"]
                self.unseen.append(self.last)
            if not news:
                break

    async def tell_people(self):
        people = await bus.people(self.room, self.told)
        if people != self.told and len(self.unseen) < WINDOW:
            self.told = people
            await self.tell({"type": "here", "people": people})

    async def obey(self, frame):
        match frame:
            case {"type": "join", **rest} if good_id(rest.get("after")):
                await self.join(rest.get("after"))
            case {"type": "leave"}:
                await self.leave()
                await self.tell({"type": "left"})
            case {"type": "seen", "id": number} if number is not None and good_id(number):
                pass
            case {"type": "message", "key": str(key), "text": str(text)} if (
                self.inside and good(key, 64) and good(text, 1000)
            ):
                number = await store.store(self.room, self.name, key, text)
                await self.tell({"type": "ack", "key": key, "id": number})
                await bus.ring(self.room)
            case {"key": str(key)}:
                await self.tell({"type": "error", "error": "Not that message.", "key": key})
            case _:
                await self.tell({"type": "error", "error": "I do not understand that here."})

    async def join(self, after):
        async with self.turn:
            bus.rooms[self.room].add(self)
            newest = await store.newest(self.room)
            self.inside, self.last = True, max(newest - 50, 0) if after is None else after
            if after in self.unseen:
                del self.unseen[: self.unseen.index(after) + 1]
            welcome = {"type": "welcome", "room": self.room, "you": self.name, "last": newest}
            await self.tell(welcome)
            self.told = None
            await bus.stay(self.room, self.name, self.id)
        await bus.ring(self.room)
        self.bell.set()

    async def leave(self):
        async with self.turn:
            self.inside = False
            bus.rooms[self.room].discard(self)
            await bus.go(self.room, self.name, self.id)
        await bus.ring(self.room)


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
