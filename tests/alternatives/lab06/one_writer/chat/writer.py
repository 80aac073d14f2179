"""One task of the process writes; whoever has something to store waits for its commit."""

import asyncio

from channels.db import database_sync_to_async
from chat.models import Message
from django.db import transaction
from django.db.models import Max

_waiting: asyncio.Queue | None = None
_task: asyncio.Task | None = None


async def store(room, author, key, text):
    """Return the message as it was committed, and whether it is new."""
    global _waiting, _task
    if _task is None or _task.done():
        _waiting = asyncio.Queue()
        _task = asyncio.create_task(write(_waiting))
    done = asyncio.get_running_loop().create_future()
    _waiting.put_nowait(((room, author, key, text), done))
    return await done


async def write(waiting):
    while True:
        batch = [await waiting.get()]
        while not waiting.empty():
            batch.append(waiting.get_nowait())
        try:
            stored = await commit([words for words, _ in batch])
        except Exception as error:
            stored = [error] * len(batch)
        for (_, done), result in zip(batch, stored, strict=True):
            if not done.done():
                failed = isinstance(result, Exception)
                done.set_exception(result) if failed else done.set_result(result)


@database_sync_to_async
def commit(batch):
    with transaction.atomic():  # IMMEDIATE: nobody else writes from here on
        return [one(*words) for words in batch]


def one(room, author, key, text):
    known = Message.objects.filter(room=room, author=author, key=key).first()
    if known:
        return known, False
    newest = Message.objects.filter(room=room).aggregate(newest=Max("number"))["newest"] or 0
    new = dict(room=room, number=newest + 1, author=author, key=key, text=text)
    return Message.objects.create(**new), True
