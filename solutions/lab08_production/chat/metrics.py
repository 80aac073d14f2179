"""What this process counts; a monitor asks each process at its own address, and adds up itself."""

from prometheus_client import Counter, Gauge, Histogram


class Nothing:
    """A number that nobody has asked for yet: it takes what it is told, and forgets it."""

    def labels(self, *_, **__):
        return self

    def inc(self, amount: float = 1):
        """Count."""

    def dec(self, amount: float = 1):
        """Count down."""

    def observe(self, amount: float):
        """Take note."""


CONNECTIONS = MESSAGES = DELIVERIES = REFUSED = DROPS = SECONDS = Nothing()
# task 8.6: a Gauge goes up and down, a Counter only up, and shows itself with `_total` at the end
#   of its name; a Histogram counts how many were below each of its bounds
# stub:
CONNECTIONS = Gauge("chat_connections", "Connections that are open now.")
MESSAGES = Counter("chat_messages", "Messages that were stored.")
DELIVERIES = Counter("chat_deliveries", "Messages that were sent, once for each client.")
REFUSED = Counter("chat_refused", "Connections that the server closed.", ["code"])
DROPS = Counter("chat_queue_drops", "Frames for which a connection's queue had no room.")
SECONDS = Histogram("chat_delivery_seconds", "From storing a message to handing it out.")
# end 8.6
