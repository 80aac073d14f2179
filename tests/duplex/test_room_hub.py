"""The room hub: order, numbers, credit, full queues, slow clients, and a layer that fails."""

import asyncio
import sys
from types import SimpleNamespace

import pytest
from channels.layers import InMemoryChannelLayer

from duplex import catalog

PROJECT = catalog.ROOT / "duplex/bench/projects/hub"


@pytest.fixture
def chat(monkeypatch):
    """The hub's modules, with a channel layer of the test's own."""
    monkeypatch.syspath_prepend(PROJECT)
    known = {name: sys.modules.pop(name) for name in list(sys.modules) if is_chat(name)}
    from chat import hub, member

    layer = InMemoryChannelLayer()
    monkeypatch.setattr(hub, "get_channel_layer", lambda: layer)
    yield SimpleNamespace(hub=hub, member=member, layer=layer)
    for name in [name for name in sys.modules if is_chat(name)]:
        del sys.modules[name]
    sys.modules.update(known)


def is_chat(name):
    """Tell whether a module belongs to a project's package `chat`."""
    return name.partition(".")[0] == "chat"


class Client:
    """What a server would have sent; `gate` holds its send back as long as it is closed."""

    def __init__(self):
        self.got, self.gate = [], asyncio.Event()
        self.gate.set()

    async def send(self, event):
        await self.gate.wait()
        self.got.append(event.get("text", event.get("code")))


class Store:
    """A database with the messages 1 to `newest`; it counts how often it is read."""

    def __init__(self, chat, newest=0):
        self.chat, self.newest, self.reads = chat, newest, 0

    def frame(self, number):
        return self.chat.member.text_frame(f"m{number}", number)

    async def catch_up(self, member):
        self.reads += 1
        await asyncio.sleep(0)
        while member.last < self.newest and member.may_have(member.last + 1):
            await member.send_now(self.frame(member.last + 1))


async def settle():
    """Let every task go on as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


def words(chat, *texts):
    """Frames without a number."""
    return [chat.member.text_frame(text) for text in texts]


def test_frames_keep_their_order(chat):
    async def scene():
        client = Client()
        member = chat.member.Member(client.send)
        for frame in words(chat, "a", "b", "c"):
            member.put(frame)
        await member.flushed()
        return client.got

    assert asyncio.run(scene()) == ["a", "b", "c"]


def test_old_numbers_are_skipped(chat):
    async def scene():
        client, store = Client(), Store(chat)
        member = chat.member.Member(client.send, store.catch_up, last=3)
        for number in (2, 3, 4, 4, 5):
            member.put(store.frame(number))
        await settle()
        return client.got, store.reads

    assert asyncio.run(scene()) == (["m4", "m5"], 0)


def test_gap_comes_from_the_database(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=6)
        member = chat.member.Member(client.send, store.catch_up, last=3)
        for number in (6, 5):
            member.put(store.frame(number))
        await settle()
        return client.got

    assert asyncio.run(scene()) == ["m4", "m5", "m6"]


def test_seam_has_no_gap(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=2)
        member = chat.member.Member(client.send, store.catch_up)
        member.look()
        await asyncio.sleep(0)  # it reads now; meanwhile more is said
        for store.newest in (3, 4):
            member.put(store.frame(store.newest))
        await settle()
        return client.got

    assert asyncio.run(scene()) == ["m1", "m2", "m3", "m4"]


def test_credit_ends_and_goes_on(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=9)
        member = chat.member.Member(client.send, store.catch_up, limit=3)
        for number in range(1, 10):
            member.put(store.frame(number))
        await settle()
        first = list(client.got)
        member.allow(7)
        await settle()
        second = list(client.got)
        member.allow(100)
        await settle()
        return first, second, client.got, member._queue

    first, second, third, queue = asyncio.run(scene())
    assert (first, second[3:]) == (["m1", "m2", "m3"], ["m4", "m5", "m6", "m7"])
    assert (third[7:], len(queue)) == (["m8", "m9"], 0)


def test_history_waits_for_credit(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=5)
        member = chat.member.Member(client.send, store.catch_up, limit=3)
        member.look()
        await settle()
        member.allow(10)  # and nobody has said anything since
        await settle()
        return client.got

    assert asyncio.run(scene()) == ["m1", "m2", "m3", "m4", "m5"]


def test_credit_is_not_taken_back(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=3)
        member = chat.member.Member(client.send, store.catch_up, limit=3)
        member.allow(1)
        for number in (1, 2, 3):
            member.put(store.frame(number))
        await settle()
        return client.got, store.reads

    assert asyncio.run(scene()) == (["m1", "m2", "m3"], 0)


def test_message_read_twice_is_sent_once(chat):
    async def scene():
        client, store = Client(), Store(chat)

        async def reads_too_much(member):
            for number in (2, 3, 4, 4):
                await member.send_now(store.frame(number))

        chat.member.Member(client.send, reads_too_much, last=3).look()
        await settle()
        return client.got

    assert asyncio.run(scene()) == ["m4"]


def test_full_queue_leaves_messages_to_the_database(chat):
    async def scene():
        client, store = Client(), Store(chat, newest=50)
        member = chat.member.Member(client.send, store.catch_up, size=4)
        client.gate.clear()
        held = []
        for number in range(1, 51):
            member.put(store.frame(number))
            await asyncio.sleep(0)
            held.append(len(member._queue))
        client.gate.set()
        await settle()
        return client.got, max(held), store.reads

    got, held, reads = asyncio.run(scene())
    assert got == [f"m{number}" for number in range(1, 51)]
    assert (held, reads) == (4, 1)


def test_full_queue_of_others_closes(chat):
    async def scene():
        client = Client()
        member = chat.member.Member(client.send, size=2)
        for frame in words(chat, "a", "b", "c", "d"):
            member.put(frame)
        await member.flushed()
        return client.got

    assert asyncio.run(scene()) == ["a", "b", 1013]


def test_close_comes_after_the_queue(chat):
    async def scene():
        client = Client()
        member = chat.member.Member(client.send)
        await settle()
        member.put(words(chat, "bye")[0])
        member.close(1001)
        member.put(words(chat, "too late")[0])
        await member.flushed()
        return client.got

    assert asyncio.run(scene()) == ["bye", 1001]


def test_stopped_member_is_silent(chat):
    async def scene():
        client = Client()
        member = chat.member.Member(client.send)
        await settle()
        await member.stop()
        member.put(words(chat, "a")[0])
        await settle()
        return client.got

    assert asyncio.run(scene()) == []


def test_failed_reading_closes(chat, caplog):
    async def broken(member):
        raise OSError("no database")

    async def scene():
        client = Client()
        member = chat.member.Member(client.send, broken)
        member.look()
        await member.flushed()
        await settle()
        return client.got

    assert asyncio.run(scene()) == [1011]
    assert "reading for a connection failed" in caplog.text


def hears(chat):
    """A hub whose events carry their text."""

    async def read(room, event):
        return words(chat, event["text"])

    return chat.hub.Hub(read)


async def entered(chat, hub, group="room"):
    """A client that is in a room."""
    client = Client()
    client.member = chat.member.Member(client.send)
    await hub.enter(group, client.member)
    return client


def test_room_has_one_subscription(chat):
    async def scene():
        hub = hears(chat)
        clients = await asyncio.gather(*[entered(chat, hub) for _ in range(5)])
        channels = len(chat.layer.groups["room"])
        await chat.layer.group_send("room", {"type": "x", "text": "hello"})
        await settle()
        return channels, [client.got for client in clients]

    assert asyncio.run(scene()) == (1, [["hello"]] * 5)


def test_rooms_are_apart(chat):
    async def scene():
        hub = hears(chat)
        one, other = await entered(chat, hub, "one"), await entered(chat, hub, "other")
        await chat.layer.group_send("one", {"type": "x", "text": "hello"})
        await settle()
        return one.got, other.got

    assert asyncio.run(scene()) == (["hello"], [])


def test_slow_client_delays_nobody(chat):
    async def scene():
        hub = hears(chat)
        slow, quick = await entered(chat, hub), await entered(chat, hub)
        slow.gate.clear()
        for number in range(5):
            await chat.layer.group_send("room", {"type": "x", "text": str(number)})
        await settle()
        return slow.got, quick.got

    assert asyncio.run(scene()) == ([], ["0", "1", "2", "3", "4"])


def test_last_one_gives_the_room_back(chat):
    async def scene():
        hub = hears(chat)
        one, other = await entered(chat, hub), await entered(chat, hub)
        await hub.leave("room", one.member)
        still = "room" in chat.layer.groups
        await hub.leave("room", other.member)
        return still, dict(chat.layer.groups), hub.rooms

    assert asyncio.run(scene()) == (True, {}, {})


def test_heartbeat_subscribes_again(chat):
    async def scene():
        hub = hears(chat)
        client = await entered(chat, hub)
        chat.layer.groups.clear()  # as a Redis that was restarted empty
        await hub.heartbeat()
        await chat.layer.group_send("room", {"type": "x", "text": "back"})
        await settle()
        return client.got

    assert asyncio.run(scene()) == ["back"]


def test_lost_layer_closes_and_can_be_entered_again(chat):
    async def scene():
        hub = hears(chat)
        client = await entered(chat, hub)
        await chat.layer.group_send("room", {"type": "x"})  # `read` fails on it
        await client.member.flushed()
        again = await entered(chat, hub)
        await hub.leave("room", client.member)
        await chat.layer.group_send("room", {"type": "x", "text": "hello"})
        await settle()
        return client.got, again.got

    assert asyncio.run(scene()) == ([1013], ["hello"])


def test_failed_subscription_is_raised(chat, monkeypatch):
    async def refuse(*_):
        raise ConnectionError("no redis")

    async def scene():
        hub = hears(chat)
        monkeypatch.setattr(chat.layer, "group_add", refuse)
        with pytest.raises(ConnectionError):
            await entered(chat, hub)
        return hub.rooms

    assert asyncio.run(scene()) == {}
