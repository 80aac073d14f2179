"""Daphne, and what is left to gain in it: each frame is made once, and written straight away.

Run as a script, it takes the words of `daphne`. The benchmark also serves the room hub with it, to
show how much of the time is Daphne's, autobahn's and Twisted's own. It is an experiment: without
compression, without TLS, and it reaches into attributes of Twisted that nobody has promised.
"""

import functools

import daphne.server
from autobahn.websocket.protocol import PreparedMessage
from daphne.cli import CommandLineInterface
from daphne.ws_protocol import WebSocketProtocol


@functools.lru_cache(maxsize=256)
def frame_of(text: str) -> bytes:
    """Return a text's frame; what a whole room hears is the same text, encoded once."""
    return PreparedMessage(text.encode(), False, False, True).payloadHybi


class KeepsFrames(WebSocketProtocol):
    """Daphne's protocol, but a text goes to the socket without autobahn's and Twisted's detours."""

    def serverSend(self, content, binary=False):
        """Send a text as bytes that are already there; anything else as usual."""
        if binary or self.state != self.STATE_OPEN or self.send_queue:
            super().serverSend(content, binary)
            return
        frame, transport = frame_of(content), self.transport
        if not transport.dataBuffer and not transport._tempDataBuffer:  # nothing waits before it
            sent = transport.writeSomeData(frame)
            if sent == len(frame):
                return
            frame = frame[sent:] if isinstance(sent, int) else frame
        transport.write(frame)


if __name__ == "__main__":
    daphne.server.WebSocketFactory.protocol = KeepsFrames
    CommandLineInterface.entrypoint()
