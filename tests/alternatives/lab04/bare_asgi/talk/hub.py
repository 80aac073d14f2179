import asyncio
import collections
import json

rooms = collections.defaultdict(set)


async def talk(room, receive, send):
    queue = asyncio.Queue()
    writer = asyncio.create_task(write(queue, send))
    hear(room, queue, {"type": "join"})
    try:
        while (event := await receive())["type"] == "websocket.receive":
            hear(room, queue, understood(event.get("text")))
    finally:
        rooms[room].discard(queue)
        if not rooms[room]:
            del rooms[room]
        writer.cancel()


async def write(queue, send):
    while True:
        await send({"type": "websocket.send", "text": json.dumps(await queue.get())})


def hear(room, queue, frame):
    match frame:
        case {"type": "join"}:
            rooms[room].add(queue)
            queue.put_nowait({"type": "welcome", "room": room})
        case {"type": "leave"}:
            rooms[room].discard(queue)
            queue.put_nowait({"type": "left"})
        case {"type": "message", "author": str(author), "text": str(text)} if (
            queue in rooms[room] and fine(author, 40) and fine(text, 1000)
        ):
            for other in rooms[room]:
                other.put_nowait({"type": "message", "room": room, "author": author, "text": text})
        case _:
            queue.put_nowait({"type": "error", "error": "I do not understand that here."})


def understood(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def fine(words, longest):
    return words.strip() and len(words) <= longest
