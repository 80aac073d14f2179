"""The desk: what waits for the database goes there together, in one thread and one transaction."""

import asyncio
import contextlib
from collections import deque
from typing import NamedTuple

from channels.db import database_sync_to_async
from django.db import transaction

from chat import history, people
from chat.models import Message

MOST = 200  # requests in one transaction


class Request(NamedTuple):
    """A message to be stored, if the session is still one of a person; or the question alone."""

    session: str
    room: str = ""
    author: str = ""
    key: str = ""
    text: str = ""


class LoggedOut(Exception):
    """The session has ended."""


Answer = tuple[Message, bool] | LoggedOut | None


class Desk:
    """Takes requests one by one, and answers many at once."""

    def __init__(self):
        self._waiting: deque[tuple[Request, asyncio.Future]] = deque()
        self._clerk = None

    async def is_logged_in(self, session: str) -> bool:
        """Tell whether a session is one of a person at this very moment."""
        try:
            await self.store(Request(session))
        except LoggedOut:
            return False
        return True

    async def store(self, request: Request) -> tuple[Message, bool]:
        """Return the message, when it is committed, and whether it is a new one; or LoggedOut."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
            try:
                answers = await serve_all([request for request, _ in batch])
            except Exception as error:
                answers = [error] * len(batch)
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():  # its connection may be gone
                    settle(future, answer)


def settle(future: asyncio.Future, answer) -> None:
    """Give an answer, which may be an exception."""
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)


@database_sync_to_async
def serve_all(requests: list[Request]) -> list[Answer]:
    """Look at the sessions, and store in one transaction; all is committed when this returns."""
    valid = people.logged_in({one.session for one in requests})
    stores = any(one.room for one in requests)
    with transaction.atomic() if stores else contextlib.nullcontext():
        return [answer(one) if one.session in valid else LoggedOut() for one in requests]


def answer(request: Request) -> Answer:
    """Store what there is to be stored."""
    return history.store(*request[1:]) if request.room else None


desk = Desk()
