import asyncio
import json
import os

queues = {}


async def talk(receive, send):
    me = object()
    await receive()
    await send({"type": "websocket.accept"})
    queues[me] = asyncio.Queue()
    queues[me].put_nowait({"type": "welcome", "process": os.getpid(), "here": len(queues)})
    writer = asyncio.create_task(write(queues[me], send))
    try:
        while (event := await receive())["type"] == "websocket.receive":
            hear(me, event)
    finally:
        del queues[me]
        writer.cancel()


async def write(queue, send):
    while True:
        await send({"type": "websocket.send", "text": json.dumps(await queue.get())})


def hear(me, event):
    match understood(event.get("text")):
        case {"type": "message", "author": str(author), "text": str(text)} if fine(
            author, 40
        ) and fine(text, 1000):
            for queue in queues.values():
                queue.put_nowait({"type": "message", "author": author, "text": text})
        case {"type": "remind", "text": str(text), "after": int() | float() as after} if (
            fine(text, 1000) and after is not True and after is not False and 0 <= after <= 60
        ):
            due = {"type": "reminder", "text": text}
            asyncio.get_running_loop().call_later(after, queues[me].put_nowait, due)
        case _:
            queues[me].put_nowait({"type": "error", "error": "I do not understand that."})


def understood(text):
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return None


def fine(words, longest):
    return words.strip() and len(words) <= longest
