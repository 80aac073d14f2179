import os
import re
from urllib.parse import parse_qs

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from talk.tab import Tab  # noqa: E402
from talk.who import who  # noqa: E402


async def application(scope, receive, send):
    if scope["type"] == "http":
        return await pages(scope, receive, send)
    await receive()
    headers = {name.decode(): value.decode("latin1") for name, value in scope["headers"]}
    room = re.fullmatch("/ws/chat/([^/]{1,80})/", scope["path"])
    if not room or headers.get("origin") != f"http://{headers.get('host')}":
        return await send({"type": "websocket.close"})
    await send({"type": "websocket.accept"})
    cookies = headers.get("cookie", "")
    name = await who(cookies)
    if not name or (room[1][0] == "@" and name not in room[1][1:].split("+")):
        return await send({"type": "websocket.close", "code": 4403 if name else 4401})
    tab = Tab(room[1], name, cookies, receive, send)
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    after = query.get("after", [None])[0]
    if after is not None and not re.fullmatch("[0-9]{1,18}", after):
        await tab.tell({"type": "error", "error": "The address says no good `after`."})
        return await send({"type": "websocket.close", "code": 4400})
    return await tab.live(None if after is None else int(after))
