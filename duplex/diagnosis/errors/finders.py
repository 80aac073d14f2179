"""Where in a project's code an exception's cause may stand: names from its words, found by AST."""

import ast
import builtins
from collections.abc import Iterator

from duplex.diagnosis.code import Function, Module, Place, assigned
from duplex.diagnosis.errors.row import Case, Finder
from duplex.diagnosis.follow import calls


def _own_first(case: Case, places: Iterator[Place]) -> Place | None:
    """Return the first place; rather one on the traceback, then one in a file that is edited."""
    seen = {frame.place for frame in case.raised.frames}
    ranked = sorted(places, key=lambda one: (one not in seen, one.file not in case.edits))
    return ranked[0] if ranked else None


def never_awaited(case: Case) -> Place | None:
    """The call of `name` whose result is thrown away."""
    last = case.groups["name"].rpartition(".")[2]
    return _own_first(case, (
        call.place for function in case.code.functions for call in calls(case.code, function)
        if call.name.rpartition(".")[2] == last and call.dropped and not call.awaited
    ))  # fmt: skip


def sync_consumer(case: Case) -> Place | None:
    """A consumer with an `async def`, whose base class is a synchronous one."""
    found = (cls.module.place(cls.node) for cls in case.code.consumers
             if not any("Async" in base for base in case.code.bases(cls))
             and any(one.is_async for one in cls.methods.values()))  # fmt: skip
    return _own_first(case, found)


def sync_method(case: Case) -> Place | None:
    """A method of a consumer that Channels awaits, written without `async`."""
    found = (method.module.place(method.node) for cls in case.code.consumers
             if any("Async" in base for base in case.code.bases(cls))
             for method in cls.methods.values()
             if not method.is_async and _awaited(method))  # fmt: skip
    return _own_first(case, found)


def _awaited(method: Function) -> bool:
    """Tell whether Channels calls a method: a handler of a socket's events, or one of a group's."""
    node = method.node
    own = {"connect", "disconnect", "receive", "receive_json", "websocket_connect",
           "websocket_receive", "websocket_disconnect", "dispatch"}  # fmt: skip
    return not node.decorator_list and (
        method.name in own or [one.arg for one in node.args.args[1:]] == ["event"]
    )


def sync_function(case: Case) -> Place | None:
    """The function that the failing line calls, written without `async`."""
    called = _called(case.raised.code)
    found = (one.module.place(one.node) for one in case.code.functions
             if one.name in called and not one.is_async)  # fmt: skip
    return _own_first(case, found)


def _called(line: str) -> set[str]:
    """Return the last names of what a line of code calls or passes on."""
    words = line.strip().removeprefix("return ").rstrip(":")
    for start in ("", "if True: pass\n", "async def f():\n "):
        for text in (words, f"{words}\n  pass", words.partition("=")[2].strip()):
            try:
                tree = ast.parse(start + text)
            except (SyntaxError, ValueError):
                continue
            return {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(tree)}
    return set()


def returned(case: Case) -> Place | None:
    """A `return` of the class that the exception names, made anew: `return BadFrame(…)`."""
    found = (module.place(node) for module in case.code.modules.values()
             for node in ast.walk(module.tree)
             if isinstance(node, ast.Return) and isinstance(node.value, ast.Call)
             and case.code.name(node.value.func, module).rpartition(".")[2]
             == case.groups["what"])  # fmt: skip
    return _own_first(case, found)


def exception(case: Case) -> Place | None:
    """The failing line, when what it names is an exception's class."""
    name = case.groups["what"]
    known = getattr(builtins, name, None)
    own = next((cls for cls in case.code.classes.values() if cls.node.name == name), None)
    above = [base.rpartition(".")[2] for base in case.code.bases(own)] if own else []
    builtin = isinstance(known, type) and issubclass(known, BaseException)
    fits = builtin or any(one.endswith(("Error", "Exception")) for one in above)
    return case.place if fits or name == "BadRequest" else None


def raise_line(case: Case) -> Place | None:
    """The failing line, when it is a `raise` of the project's own."""
    own = case.raised.inside and case.raised.code.startswith("raise ")
    return case.place if own else None


def definition(case: Case) -> Place | None:
    """The definition of the function that the exception names: "ChatConsumer.disconnect"."""
    owner, _, name = case.groups["name"].rpartition(".")
    cls = owner.rpartition(".")[2]
    found = [one for one in case.code.functions if one.name == name
             and (one.cls.node.name if one.cls else "") == cls]  # fmt: skip
    return _own_first(case, (one.module.place(one.node) for one in found))


def view(case: Case) -> Place | None:
    """The function that the exception names with its module: "chat.views.messages"."""
    module, _, name = case.groups["name"].rpartition(".")
    found = (one.module.place(one.node) for one in case.code.functions
             if one.name == name and one.module.name == module)  # fmt: skip
    return _own_first(case, found)


def in_module(case: Case) -> Place | None:
    """The failing line, when its file gives the name a value outside of functions, too."""
    module = _failing(case)
    known = module and case.groups["name"] in assigned(module.tree.body) | module.names
    return case.place if known else None


def _failing(case: Case) -> Module | None:
    frames = case.raised.frames
    wanted = frames[-1].place.file if frames else ""
    return next((one for one in case.code.modules.values() if one.path == wanted), None)


def constant(case: Case) -> Place | None:
    """The text in the code that is what the exception names."""
    return _own_first(case, (place for place, _, _ in _constants(case)))


def joined(case: Case) -> Place | None:
    """That text, when it is written as two texts without a comma between them."""
    found = (place for place, node, text in _constants(case)
             if node.lineno != node.end_lineno
             or (node.end_col_offset or 0) - node.col_offset > len(text.encode()) + 2)  # fmt: skip
    return _own_first(case, found)


def _constants(case: Case) -> Iterator[tuple[Place, ast.Constant, str]]:
    """Yield the texts that are the name, or begin with it as a module's name does."""
    name = case.groups["name"]
    for module in case.code.modules.values():
        for node in ast.walk(module.tree):
            value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and (value == name or value.startswith(f"{name}.")):
                yield module.place(node), node, value


def uncalled(case: Case) -> Place | None:
    """A function or method of this name that is passed on without being called."""
    found = []
    for module in case.code.modules.values():
        nodes = list(ast.walk(module.tree))
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        free = [node for node in nodes if id(node) not in called]
        for node in free:
            if getattr(node, "attr", getattr(node, "id", "")) == case.groups["name"]:
                found.append(module.place(node))
    return _own_first(case, iter(found))


def untyped(case: Case) -> Place | None:
    """A `group_send` whose event is written there, without a `type`; else the first one."""
    sent = [call for function in case.code.functions for call in calls(case.code, function)
            if call.name.rpartition(".")[2] == "group_send"]  # fmt: skip
    events = [(call, call.argument("message", 1)) for call in sent]
    lacking = [call for call, event in events if isinstance(event, ast.Dict)
               and "type" not in [getattr(key, "value", None) for key in event.keys]]  # fmt: skip
    return _own_first(case, (call.place for call in lacking or sent))


def setting(name: str) -> Finder:
    """Make a finder of the line that gives a setting its value."""

    def find(case: Case) -> Place | None:
        for module in case.code.modules.values():
            if module.name.endswith("settings") and name in (given := assigned(module.tree.body)):
                return module.place(given[name])
        return None

    return find


def settings(case: Case) -> Place | None:
    """The first line of the settings."""
    for module in case.code.modules.values():
        if module.name.endswith("settings"):
            return Place(module.path, 1)
    return None
