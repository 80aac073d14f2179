"""Let Daphne close with the codes that RFC 6455 gives to servers.

Autobahn, on which Daphne stands, lets an application close with 1000, or 3000 and more; 1001
(going away) and 1013 (try again later) are an error to it, and the client sees 1006.

And for each frame autobahn paints the words of a line for its log, which then nobody writes: nearly
half of what a frame costs. Where it finds no `click` to paint with, it leaves them as they are.
"""

import autobahn.util
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings

SERVERS_OWN = (1001, 1011, 1012, 1013)


def teach():
    """Teach Daphne's connections these codes, and patience with clients that read slowly."""
    autobahn.util._HAS_CLICK = False
    close = WebSocketProtocol.serverClose

    def server_close(self, code=None):
        if code not in SERVERS_OWN:
            return close(self, code)
        self.closeHandshakeTimeout = settings.GRACE_SECONDS
        self.sendCloseFrame(code=code)

    WebSocketProtocol.serverClose = server_close
