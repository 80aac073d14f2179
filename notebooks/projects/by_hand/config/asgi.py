"""ASGI by hand: one call for each request, or for each WebSocket however long it lives."""


async def application(scope, receive, send):
    """Answer a request, or hold a conversation: the scope says which."""
    if scope["type"] == "http":
        await answer(scope, receive, send)
    else:
        await converse(scope, receive, send)


async def answer(scope, receive, send):
    """Say which path was asked for."""
    body = f"ASGI heard {scope['method']} {scope['path']}\n".encode()
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def converse(scope, receive, send):
    """Greet, then send every text back until the client goes."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": "Connected!"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event.get("text") or ""})
