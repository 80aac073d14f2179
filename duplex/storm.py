"""A chat whose server is killed while people write and read: what they saw of it, all together."""

from collections.abc import Iterable

from duplex.expect import expect
from duplex.member import Member, in_order
from duplex.memory import Members

KILLED = "the server was killed in mid-chat, and started again with the same database"


def times(count: int) -> str:
    """Return a count in words."""
    return {0: "nowhere", 1: "once", 2: "twice"}.get(count, f"{count} times")


class Storm:
    """Some people in one room; each comes back after a kill, and goes on where it was."""

    def __init__(self, people: Members, room: str):
        self.people, self.room = people, room
        self.there: dict[str, Member] = {}
        self.said: dict[str, dict[str, str]] = {}  # for each person: texts by key, oldest first
        self.acks: set[str] = set()  # keys
        self.seen: dict[str, list] = {}  # for each person: the ids, over all its connections

    def read(self, names: Iterable[str]) -> None:
        """Let people come, each after the message that it has seen last."""
        for name in names:
            if name not in self.there:
                after = self.seen.setdefault(name, [])[-1:] or [0]
                self.there[name] = self.people.enter(name, self.room, after[0])

    def write(self, names: Iterable[str], count: int) -> None:
        """Let people come, and say so many new messages each, in one go."""
        self.read(names)
        for name in names:
            member = self.there[name]
            member.say_many(count)
            self.said.setdefault(name, {}).update(member.said)

    def write_again(self) -> None:
        """Let everybody come back, and send all that it has ever said, with the same keys."""
        self.read(self.said)
        for name, said in self.said.items():
            for key, text in said.items():
                self.there[name].say(text, key=key)

    def kill_after(self, acks: int = 0, messages: int = 0) -> None:
        """Kill the server when so much has come; everybody is gone, with what it saw."""
        members = list(self.there.values())
        for number in range(acks):
            member = members[number % len(members)]
            goal = number // len(members) + 1
            member.until(lambda m=member, n=goal: len(m.acks) >= n, "who writes", {"type": "ack"})
        goal, last = len(members[-1].messages) + messages, members[-1]
        last.until(lambda: len(last.messages) >= goal, "who reads", {"type": "message"})
        self.people.chat.kill()
        self._collect()

    def _collect(self) -> None:
        for name, member in self.there.items():
            member.drain()
            self.acks |= set(member.acks)
            self.seen[name] += member.ids()
        self.there.clear()

    def demand_acknowledged(self) -> None:
        """Demand that the history has what was acknowledged, and nothing twice."""
        history = self._history()
        for said in self.said.values():
            for key, text in said.items():
                self._demand_stored(key, len(history.heard(text)))
            self._in_its_order(history, said)

    def _demand_stored(self, key: str, count: int) -> None:
        known = key in self.acks
        should = "it once" if known else "it once, or not at all"
        what = f"a message that was {'' if known else 'not '}acknowledged, when {KILLED}"
        expect.that(count == 1 or (count == 0 and not known), f"it {times(count)}", should, what)

    def demand_each_once(self) -> None:
        """Demand that the history has everything once that was said."""
        for name, said in self.said.items():
            for key in said:
                self._until_acknowledged(self.there[name], key)
        history = self._history()
        for said in self.said.values():
            for text in said.values():
                count, where = len(history.heard(text)), f"a message sent again, when {KILLED}"
                expect.that(count == 1, f"it {times(count)}", "it once", where)
            self._in_its_order(history, said)

    def demand_no_gap(self) -> None:
        """Demand that everybody has seen each message once and in order, over all the kills."""
        self.read(list(self.seen))
        last = self._history().ids()[-1]
        for name, member in self.there.items():
            where = f"all that {name} was sent, when {KILLED}, and {name} came back with `after`"
            before = self.seen[name]
            member.has_all(before[-1] if before else 0, last, where)
            in_order(before + member.ids(), 0, last, where)

    def _until_acknowledged(self, member: Member, key: str) -> None:
        should = {"type": "ack", "key": key}
        member.until(lambda: key in member.acks, f"when all is sent again, since {KILLED}", should)

    def _history(self) -> Member:
        """Return somebody who has read all of it."""
        reader = self.people.enter("reader", self.room, 0)
        reader.has_all_and_no_more(0, f"the history, when {KILLED}")
        return reader

    def _in_its_order(self, history: Member, said: dict[str, str]) -> None:
        texts = list(said.values())
        stored = [one["text"] for one in history.messages if one["text"] in texts]
        where = f"the messages of one person, when {KILLED}"
        expect(stored, [text for text in texts if text in stored], where)
