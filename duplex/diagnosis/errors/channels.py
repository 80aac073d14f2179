"""Exceptions that Channels, Daphne and asyncio raise because of a student's code."""

from duplex.diagnosis.errors import finders
from duplex.diagnosis.errors.row import Row

AWAITING = "07_consumers#3 · Synchronous and asynchronous consumers"
TEXT = "07_consumers#5 · Text, binary, JSON"
ENDING = "07_consumers#6 · Errors, and the codes they end with"
LAYER = "08_groups_and_layers#2 · Channels and groups, by hand"
TYPES = "08_groups_and_layers#5 · The type of an event is the name of a method"
SCOPE = "06_django_speaks_websocket#5 · The scope, opened up"

ROWS = (
    Row(r"coroutine '(?P<name>[^']+)' was never awaited",
        "`{name}` is called without `await`",
        "Calling an `async def` only makes a coroutine; its lines run when somebody awaits it. "
        "Write `await` before the call.",
        AWAITING, only=finders.never_awaited),
    Row(r"coroutine '(?P<name>\w+\.(?:connect|disconnect|receive))' was never awaited",
        "`{name}` is an `async def` in a synchronous consumer",
        "The base class calls its methods without `await`, so yours never runs. Derive the "
        "consumer from AsyncWebsocketConsumer, or write it without `async` and `await`.",
        AWAITING, only=finders.sync_consumer),
    Row(r"coroutine '(?P<name>[^']+)' was never awaited",
        "Nobody awaits `{name}`",
        "Calling an `async def` only makes a coroutine; its lines run when somebody awaits it. "
        "Look for the place that makes this one.",
        AWAITING),
    Row(r"object (?P<what>method|function) can't be used in 'await' expression",
        "A {what} is awaited that is not called",
        "The brackets are missing: `await self.go()` calls it, and waits for it to end.",
        AWAITING, code=r"\bawait\b"),
    Row(r"object (?P<what>\w+) can't be used in 'await' expression",
        "What is awaited is no coroutine but {what}",
        "`await` needs what an `async def` returns; a plain function has run by then and left "
        "its result. Drop the `await`, or write `async def`.",
        AWAITING, code=r"\bawait\b"),
    Row(r"object NoneType can't be used in 'await' expression",
        "A method that Channels awaits is no `async def`",
        "An AsyncWebsocketConsumer awaits its methods, and this one returns None. Write `async "
        "def`, and `await` what it calls.",
        AWAITING, only=finders.sync_method),
    Row(r"a coroutine was expected, got <bound method (?P<name>[\w.]+)",
        "The task gets the method itself, and not what it returns",
        "`create_task` wants a coroutine: call the method, `create_task(self.name(…))`, without "
        "`await`.",
        "07_consumers#Task 3.4 · Wait without blocking"),
    Row(r"a coroutine was expected, got (?P<what>.+)",
        "The task gets no coroutine but {what}",
        "`create_task` wants what an `async def` returns when it is called. Either the function "
        "is a plain `def`, or it was awaited before, so that only its result is left.",
        "07_consumers#Task 3.4 · Wait without blocking", at=finders.sync_function),
    Row(r"Socket has not been accepted",
        "Something is sent before the connection is accepted",
        "A connection carries frames only after the handshake. `await self.accept()` comes first; "
        "without `await` it does nothing.",
        "06_django_speaks_websocket#Task 2.4 · Greet the client", late=True),
    Row(r"AttributeError: 'bytes' object has no attribute 'encode'",
        "Bytes are sent as text",
        "`text_data` wants a str, and the first argument of `send` is `text_data`. Name the "
        "argument for bytes: `send(bytes_data=…)`.",
        "06_django_speaks_websocket#Task 2.6 · Binary as binary"),
    Row(r"AttributeError: '(?P<what>\w+)' object has no attribute 'encode'",
        "A {what} is sent as text",
        "A frame carries text or bytes, and `text_data` wants a str. Turn the data into JSON "
        "first: `send(text_data=json.dumps(…))`.",
        TEXT),
    Row(r"send\(\) got an unexpected keyword argument '(?P<key>\w+)'",
        "`send` has no argument `{key}`",
        "Its arguments are `text_data`, a str, and `bytes_data`, bytes.",
        TEXT, code=r"\bsend\("),
    Row(r"the JSON object must be str, bytes or bytearray, not NoneType",
        "`json.loads` is given None",
        "Of a binary frame `text_data` is None, and of a text frame `bytes_data`. Look which of "
        "the two came before you read it.",
        TEXT),
    Row(r"AssertionError: (?:Message is not a dict|message is not a dict)",
        "The layer is given no dict",
        "An event is a dict with a `type`; a layer does not want JSON text. Consumers on the other "
        "side turn it into a frame.",
        LAYER),
    Row(r"Incoming message has no 'type' attribute",
        "The event has no `type`",
        "A consumer finds its method by the event's `type`: {\"type\": \"chat.message\", …} calls "
        "`chat_message`.",
        TYPES, at=finders.untyped),
    Row(r"asyncio\.run\(\) cannot be called from a running event loop",
        "`asyncio.run` where an event loop runs already",
        "It starts a loop of its own, and a consumer lives in one. Write `await` and the call, or, "
        "to go on meanwhile, `asyncio.create_task`.",
        AWAITING),
    Row(r"no running event loop",
        "A task is made where no event loop runs",
        "`create_task` wants the loop of the thread that calls it, and a thread of your own has "
        "none; neither has a `threading.Timer`. Wait in the consumer's own loop: in a task that "
        "awaits `asyncio.sleep`.",
        AWAITING),
    Row(r"Django can only handle ASGI/HTTP connections, not (?P<name>websocket)",
        "A WebSocket is given to Django's pages",
        "The key \"websocket\" of the ProtocolTypeRouter must lead to the consumers, through a "
        "URLRouter; Django's own application knows pages only.",
        "06_django_speaks_websocket#3 · One application for each protocol",
        at=finders.constant),
    Row(r"(?P<name>get_asgi_application|get_wsgi_application)\(\) takes 0 positional arguments",
        "`{name}` is not called",
        "The server wants what it returns, an application: `{name}()`, with brackets.",
        "06_django_speaks_websocket#3 · One application for each protocol",
        at=finders.uncalled),
    Row(r"No handler for message type (?P<name>http)\.request",
        "A consumer is given an HTTP request",
        "The key \"http\" of the ProtocolTypeRouter must lead to Django's own application, and "
        "\"websocket\" to the consumers.",
        "06_django_speaks_websocket#3 · One application for each protocol",
        at=finders.constant),
    Row(r"No handler for message type (?P<name>\S+)",
        "No consumer has a method for the type `{name}`",
        "The method has the type's name, with each dot an underscore. One of the two is spelt "
        "differently.",
        TYPES, only=finders.constant),
    Row(r"Group name must be a valid unicode string|Channel name must be a valid unicode string",
        "The layer refuses a name",
        "A group's name is of ASCII letters, digits, hyphens, underscores and periods, and shorter "
        "than 100. The group comes before the channel: `group_add(group, channel_name)`.",
        "08_groups_and_layers#Task 4.2 · A valid group name"),
    Row(r"'NoneType' object has no attribute '(?P<key>group_\w+|send|receive|new_channel)'",
        "There is no channel layer",
        "`self.channel_layer` is None as long as the settings name none. See to CHANNEL_LAYERS.",
        LAYER, code=r"channel_layer"),
    Row(r"'(?P<what>\w+ChannelLayer)' object has no attribute '(?P<key>\w+)'",
        "A channel layer has no `{key}`",
        "Its methods are `group_add`, `group_discard`, `group_send` and, for one channel, `send`.",
        LAYER),
    Row(r"KeyError: '(?P<key>[^']*)'",
        "The scope has no key `{key}`",
        "What a path has captured is in scope[\"url_route\"][\"kwargs\"], under the name that the "
        "route gives it.",
        SCOPE, code=r"scope\b"),
    Row(r"KeyError: '(?P<key>[^']*)'",
        "The event has no key `{key}`",
        "An event comes as it was sent, with the very keys of the dict that `group_send` was "
        "given.",
        TYPES, code=r"\bevent\["),
    Row(r"No route found for path '(?P<name>[^']*)'",
        "No route fits the path `{name}`",
        "The URLRouter raises ValueError then, and the connection is dropped without an answer. A "
        "route's path has no slash at its beginning; a last route for every path can refuse.",
        "06_django_speaks_websocket#4 · The URL router", at=finders.constant),
    Row(r"Cannot find '(?P<name>\w+)' in ASGI_APPLICATION module (?P<module>[\w.]+)",
        "ASGI_APPLICATION names `{name}` in `{module}`, and there is no such thing",
        "It must name the module and, after its last dot, the variable in it: "
        "\"config.asgi.application\".",
        "06_django_speaks_websocket#Task 2.1 · runserver speaks ASGI",
        at=finders.setting("ASGI_APPLICATION")),
    Row(r"Cannot import ASGI_APPLICATION module '(?P<module>[\w.]+)'",
        "ASGI_APPLICATION names the module `{module}`, which cannot be imported",
        "It must name the module and, after its last dot, the variable in it: "
        "\"config.asgi.application\".",
        "06_django_speaks_websocket#Task 2.1 · runserver speaks ASGI",
        at=finders.setting("ASGI_APPLICATION")),
    Row(r"(?P<name>as_asgi)\(\) takes 1 positional argument",
        "`as_asgi` is not called",
        "The route wants what it returns, an application: `EchoConsumer.as_asgi()`, with brackets.",
        "06_django_speaks_websocket#Task 2.3 · Route, and refuse cleanly",
        at=finders.uncalled),
    Row(r"(?P<name>\w*OriginValidator|\w*MiddlewareStack|\w*Middleware)\(\) takes \d+ positional "
        r"arguments? but 3 were given",
        "`{name}` is not called",
        "The server wants what it returns, an application: `{name}(talk)`, with what it is to "
        "wrap.",
        "09_identity_and_origin#Task 5.2 · Whose page is it", at=finders.uncalled),
    Row(r"invalid close code (?P<name>\d+)",
        "No application may close with {name}",
        "The codes below 3000 are the protocol's own. An application says 1000 or nothing, or one "
        "from 4000 to 4999. Such a close ends in an exception, and the client reads 1011.",
        "07_consumers#6 · Errors, and the codes they end with"),
    Row(r"has no attribute 'handshake_deferred'",
        "The connection is accepted twice",
        "`super().connect()` accepts it as well; one of the two is enough.",
        "06_django_speaks_websocket#Task 2.4 · Greet the client"),
    Row(r"You cannot use AsyncToSync in the same thread",
        "`async_to_sync` in async code",
        "It is for code that cannot await. In an `async def`, write `await` and the call itself.",
        "05_wsgi_and_asgi#8 · From one world to the other"),
    Row(r"SynchronousOnlyOperation",
        "The database is asked from async code",
        "Django's queries wait, and would hold up all connections. Use the methods that begin with "
        "`a`, such as `aget` and `acreate`, or wrap the function in `database_sync_to_async`.",
        "05_wsgi_and_asgi#SynchronousOnlyOperation"),
)  # fmt: skip
