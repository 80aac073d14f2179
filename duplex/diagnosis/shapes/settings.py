"""Shapes of Django's settings and of the ASGI application."""

import ast
import re
from collections.abc import Iterator

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.shapes import shape


def settings(code: Code) -> Iterator[tuple[Module, dict[str, ast.expr]]]:
    """Yield each settings file (it says INSTALLED_APPS) with its assignments by name."""
    for module in code.modules.values():
        given = assigned(module.tree.body)
        if "INSTALLED_APPS" in given:
            yield module, given


def texts(node: ast.expr, given: dict[str, ast.expr]) -> list[str] | None:
    """Return a list of texts as it is written; None where that cannot be read from the code."""
    if isinstance(node, ast.Name) and node.id in given:
        return texts(given[node.id], given)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = texts(node.left, given), texts(node.right, given)
        return None if left is None or right is None else left + right
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    found = []
    for one in node.elts:
        part = texts(one.value, given) if isinstance(one, ast.Starred) else _text(one)
        if part is None:
            return None
        found += part
    return found


def _text(node: ast.expr) -> list[str] | None:
    fine = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return [node.value] if fine else None


def _apps(code: Code) -> Iterator[tuple[Place, list[str]]]:
    for module, given in settings(code):
        node = given["INSTALLED_APPS"]
        apps = texts(node, given)
        changed = re.search(r"INSTALLED_APPS(\s*\+=|\.\w+\()", ast.unparse(module.tree))
        if apps is not None and not changed:
            yield module.place(node), [re.sub(r"\.apps\.\w+$", "", app) for app in apps]


@shape
def app_missing(code: Code, app: str, instead: str = "") -> Iterator[Place]:
    """INSTALLED_APPS lacks an app (and has `instead`, or nothing of `-instead`)."""
    for place, apps in _apps(code):
        other = instead.lstrip("-")
        fits = not instead or (other in apps) != instead.startswith("-")
        if app not in apps and fits:
            yield place


@shape
def app_after(code: Code, app: str, other: str) -> Iterator[Place]:
    """INSTALLED_APPS lists `app` after `other`, which must follow it."""
    for place, apps in _apps(code):
        if app in apps and other in apps and apps.index(app) > apps.index(other):
            yield place


@shape
def setting_missing(code: Code, name: str) -> Iterator[Place]:
    """A setting is given nowhere in the project."""
    if not any(re.search(rf"\b{name}\b", ast.unparse(one.tree)) for one in code.modules.values()):
        yield from (Place(module.path, 1) for module, _ in settings(code))


@shape
def setting_is(code: Code, name: str, value: str) -> Iterator[Place]:
    """A setting's value, as written in Python, contains the regular expression `value`."""
    for module, given in settings(code):
        if name in given and re.search(value, ast.unparse(given[name])):
            yield module.place(given[name])


def protocols(code: Code) -> Iterator[tuple[Module, ast.Dict]]:
    """Yield the dicts that ProtocolTypeRouters are made of."""
    for module in code.modules.values():
        local = assigned(ast.walk(module.tree))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and node.args:
                given = node.args[0]
                given = local.get(given.id, given) if isinstance(given, ast.Name) else given
                router = code.name(node.func, module).endswith("ProtocolTypeRouter")
                if router and isinstance(given, ast.Dict) and None not in given.keys:
                    yield module, given


def _keys(given: ast.Dict) -> list[object]:
    return [getattr(key, "value", None) for key in given.keys]


@shape
def protocol_missing(code: Code, protocol: str) -> Iterator[Place]:
    """A ProtocolTypeRouter has no application for a protocol."""
    for module, given in protocols(code):
        keys = _keys(given)
        if protocol not in keys and None not in keys:
            yield module.place(given)


@shape
def protocol_unknown(code: Code) -> Iterator[Place]:
    """A ProtocolTypeRouter has a key that is no scope's type."""
    for module, given in protocols(code):
        for key in given.keys:
            word = getattr(key, "value", None)
            if isinstance(word, str) and word not in ("http", "websocket", "lifespan", "channel"):
                yield module.place(key)


@shape
def protocol_is_list(code: Code) -> Iterator[Place]:
    """A ProtocolTypeRouter's application is a plain list of routes."""
    for module, given in protocols(code):
        for value in given.values:
            if isinstance(value, ast.List) or _names_list(code, value, module):
                yield module.place(value)


def _names_list(code: Code, value: ast.expr, module: Module) -> bool:
    name = code.name(value, module)
    home, _, last = name.rpartition(".")
    owner = code.modules.get(home)
    return owner is not None and any(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
        and getattr(node.targets[0], "id", "") == last for node in owner.tree.body
    )  # fmt: skip


@shape
def imports_before_django(code: Code) -> Iterator[Place]:
    """The ASGI file imports the project's or Channels' code before Django is made ready."""
    for module in code.modules.values():
        ready = [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Call)
                 and code.name(node.func, module) in READY]  # fmt: skip
        for node in module.tree.body if ready else ():
            early = isinstance(node, ast.ImportFrom | ast.Import) and node.lineno < min(ready)
            if early and any(_reaches_models(code, name) for name in _imported(node, module)):
                yield module.place(node)


READY = ("django.core.asgi.get_asgi_application", "django.setup")


def _imported(node: ast.ImportFrom | ast.Import, module: Module) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    named = [module.names.get(one.asname or one.name, "") for one in node.names]
    return [*named, *(name.rpartition(".")[0] for name in named)]


def _reaches_models(code: Code, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Tell whether importing a module of the project comes to models, itself or through others."""
    module = code.modules.get(name)
    if module is None or name in seen:
        return False
    if any(base.startswith("django.db.models") for cls in code.classes.values()
           if cls.module is module for base in code.bases(cls)):  # fmt: skip
        return True
    return any(
        _reaches_models(code, one, seen | {name}) for node in module.tree.body
        if isinstance(node, ast.ImportFrom | ast.Import) for one in _imported(node, module)
    )  # fmt: skip
