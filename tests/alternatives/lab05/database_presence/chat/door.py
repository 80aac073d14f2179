from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.http.request import validate_host

STRANGER = 4401


class Door:
    def __init__(self, inner):
        self.inner = inner

    async def __call__(self, scope, receive, send):
        headers = {name.decode(): value.decode("latin1") for name, value in scope["headers"]}
        if not is_ours(headers.get("origin", "")):
            await receive()
            return await send({"type": "websocket.close"})
        person = Person(headers.get("cookie", ""))
        person.name = await person.ask()
        if not person.name:
            await receive()
            await send({"type": "websocket.accept"})
            return await send({"type": "websocket.close", "code": STRANGER})
        return await self.inner(scope | {"person": person}, receive, send)


def is_ours(origin):
    try:
        page = urlsplit(origin)
    except ValueError:
        return False
    secure = page.scheme in ("http", "https")
    return secure and page.hostname and validate_host(page.hostname, settings.ALLOWED_HOSTS)


class Person:
    def __init__(self, cookies):
        try:
            found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            found = None
        self.key, self.name = found.value if found else None, ""

    @database_sync_to_async
    def ask(self):
        request = HttpRequest()
        request.session = SessionStore(self.key)
        return get_user(request).get_username()
