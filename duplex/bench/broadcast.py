"""The ceiling: a chat of one room with the `websockets` library alone, and its broadcast()."""

import asyncio
import json

from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosed

here = set()


async def talk(connection) -> None:
    """Hand everything that a client says to everybody who is here."""
    here.add(connection)
    try:
        async for text in connection:
            broadcast(here, json.dumps({"message": json.loads(text)["message"]}))
    except ConnectionClosed:
        pass  # it was lost
    finally:
        here.discard(connection)


async def main() -> None:
    """Serve on a free port, and print it, until the process ends."""
    async with serve(talk, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"Listening on TCP address 127.0.0.1:{port}", flush=True)
        await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
