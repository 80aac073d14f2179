"""Flow control by credit: how far a client has been sent what was said, and has seen it."""

WINDOW = 100  # messages that a client may have been sent and not have seen


class Window:
    """What one client has been sent; whoever does not read waits, and keeps nobody waiting.

    `sent` is the id of the message that went out last, `unseen` counts those of which the client
    has not said that it has seen them.
    """

    def __init__(self):
        self.sent = self.unseen = 0

    def left(self) -> int:
        """Return how many messages may be sent now."""
        return WINDOW - self.unseen

    def note(self, number: int) -> None:
        """Note that a message has been sent."""
        self.sent, self.unseen = number, self.unseen + 1

    def is_new(self, seen: int) -> bool:
        """Tell whether a client says something new when it has seen all up to this message."""
        return 0 <= self.sent - seen < self.unseen

    def confirm(self, seen: int) -> None:
        """Note how far the client has seen; what was sent after that message is still unseen."""
        if self.is_new(seen):
            self.unseen = self.sent - seen
