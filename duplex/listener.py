"""A client of the chat in labs 03 and 04 that notices what it hears a second time."""

from duplex.expect import describe, expect
from duplex.talk import Talker, holds


class Listener(Talker):
    """One client; `before` is what it has heard of messages and reminders."""

    def __init__(self, socket):
        self.before: list[dict] = []
        super().__init__(socket)

    def hears(self, message: dict, where: str = "what a client hears") -> dict:
        """Demand that the next frame holds this object; say so if it is one heard before."""
        heard = self.listen(where, message)
        again = ", which it has heard before: it hears this twice" if heard in self.before else ""
        expect.that(holds(heard, message), describe(heard) + again, describe(message), where)
        self.before.append(heard)
        return heard
