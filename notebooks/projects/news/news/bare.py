"""The same long poll without Django: an ASGI application is one coroutine for each request."""

import json

from news import feed


async def wait(scope, receive, send):
    """GET `?after=ID`: the messages after that one, but not before there is one."""
    after = int(scope["query_string"].removeprefix(b"after="))
    await feed.until_news(after)
    body = json.dumps({"messages": feed.history[after:]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
