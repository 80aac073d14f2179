import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django = get_asgi_application()


async def application(scope, receive, send):
    if scope["type"] == "http":
        await django(scope, receive, send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/echo/":
        await echo(receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close"})


async def echo(receive, send):
    while True:
        event = await receive()
        match event["type"]:
            case "websocket.connect":
                await send({"type": "websocket.accept"})
                await send({"type": "websocket.send", "text": "Connected!"})
            case "websocket.receive":
                content = {kind: event[kind] for kind in ("text", "bytes") if kind in event}
                await send({"type": "websocket.send"} | content)
            case "websocket.disconnect":
                return
