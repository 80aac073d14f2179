from http.cookies import SimpleCookie

from django.conf import settings
from django.contrib.auth import aget_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest


async def who(cookies):
    cookie = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not cookie:
        return ""
    request = HttpRequest()
    request.session = SessionStore(cookie.value)
    return (await aget_user(request)).get_username()
