"""A published measurement, so that it can be counted again.

Peter Lubbers and Frank Greco (Kaazing): "HTML5 WebSocket: A Quantum Leap in Scalability for the
Web", 2010, websocket.org/quantum.html. The two heads are printed there as examples 2 and 3, in the
section that compares polling with WebSocket; long lines are broken for the page's width there.
"""

from duplex.rawhttp import END

REQUEST = """\
GET /PollingStock//PollingStock HTTP/1.1
Host: localhost:8080
User-Agent: Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.9.1.5) Gecko/20091102 Firefox/3.5.5
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
Accept-Language: en-us
Accept-Encoding: gzip,deflate
Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7
Keep-Alive: 300
Connection: keep-alive
Referer: http://www.example.com/PollingStock/
Cookie: showInheritedConstant=false; showInheritedProtectedConstant=false; \
showInheritedProperty=false; showInheritedProtectedProperty=false; \
showInheritedMethod=false; showInheritedProtectedMethod=false; \
showInheritedEvent=false; showInheritedStyle=false; showInheritedEffect=false"""
RESPONSE = """\
HTTP/1.x 200 OK
X-Powered-By: Servlet/2.5
Server: Sun Java System Application Server 9.1_02
Content-Type: text/html;charset=UTF-8
Content-Length: 21
Date: Sat, 07 Nov 2009 00:32:46 GMT"""

CLIENTS = (1_000, 10_000, 100_000)  # each polls once a second, or gets one frame a second
POLLING = (6.6, 66, 665)  # Mbps
WEBSOCKET = (0.015, 0.153, 1.526)  # Mbps
BYTES = {"polling": 871, "WebSocket": 2}  # of header, for each message


def characters(head: str) -> int:
    """Count what is printed, without the ends of the lines."""
    return sum(len(line) for line in head.split("\n"))


def on_the_wire(head: str) -> bytes:
    """Return a head as it travels: CR and LF after each line, and an empty line at the end."""
    return head.replace("\n", "\r\n").encode() + END


def megabits(header: int, clients: int, mega: int = 10**6) -> float:
    """Return what `header` bytes a second for each client make, in megabits a second."""
    return header * clients * 8 / mega
