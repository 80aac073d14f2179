"""Shapes of routes to consumers: `path`, `re_path` and `url` whose target is a consumer."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import reaches

MAKERS = {"path": "path", "re_path": "re_path", "url": "re_path"}


@dataclass(frozen=True)
class Route:
    """A route: its pattern as written, whether it is a regular expression, and its target."""

    pattern: str
    regex: bool
    target: ast.expr
    module: Module
    node: ast.Call

    @property
    def place(self) -> Place:
        """The line of the route."""
        return self.module.place(self.node)

    @property
    def takes_all(self) -> bool:
        """Tell whether the pattern matches every path, the empty one too."""
        return self.regex and self.pattern in ("", "^", ".*", "^.*", "^.*$", "(.*)", "^(.*)$")


def routes(code: Code) -> Iterator[list[Route]]:
    """Yield the lists of routes in which some lead to consumers."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.List | ast.Tuple):
                found = [route for one in node.elts if (route := _route(code, one, module))]
                if any(_consumer(code, one) or _router(code, one) for one in found):
                    yield found


def _route(code: Code, node: ast.expr, module: Module) -> Route | None:
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return None
    name = code.name(node.func, module).rpartition(".")[2]
    pattern = getattr(node.args[0], "value", None)
    if name not in MAKERS or not isinstance(pattern, str):
        return None
    return Route(pattern, MAKERS[name] == "re_path", node.args[1], module, node)


def _consumer(code: Code, route: Route) -> str:
    """Return the consumer's class that a route leads to, in whichever way; "" if to none."""
    name = code.name(route.target, route.module)
    for ending in (".as_asgi()", "()"):
        name = name.removesuffix(ending)
    return name if any(cls.name == name for cls in code.consumers) else ""


def _router(code: Code, route: Route) -> bool:
    """Tell whether a route leads to a router with more routes."""
    target = route.target
    if isinstance(target, ast.Name):
        target = assigned(ast.walk(route.module.tree)).get(target.id, target)
    called = isinstance(target, ast.Call) and code.name(target.func, route.module)
    return bool(called) and called.endswith("URLRouter")


def _refuses(code: Code, route: Route) -> bool:
    """Tell whether a route leads to a consumer that never accepts."""
    cls = code.classes.get(_consumer(code, route))
    if cls is None:
        return not _router(code, route)
    return code.method(cls, "connect") is not None and not reaches(code, cls, "connect", "accept")


@shape
def route_without_as_asgi(code: Code) -> Iterator[Place]:
    """A route leads to a consumer's class itself."""
    for route in _to_consumers(code):
        if code.name(route.target, route.module) in code.classes:
            yield route.place


@shape
def route_to_instance(code: Code) -> Iterator[Place]:
    """A route leads to one instance of a consumer."""
    for route in _to_consumers(code):
        name = code.name(route.target, route.module)
        if name.endswith("()") and name[:-2] in code.classes:
            yield route.place


@shape
def catch_all_first(code: Code) -> Iterator[Place]:
    """A route that takes every path stands before others."""
    for listed in routes(code):
        yield from (route.place for route in listed[:-1] if route.takes_all)


@shape
def no_catch_all(code: Code) -> Iterator[Place]:
    """No list of routes has one that takes what is left."""
    lists = [listed for listed in routes(code) if any(_consumer(code, one) for one in listed)]
    if lists and not any(route.takes_all for listed in lists for route in listed):
        yield lists[0][-1].place


@shape
def nearly_catch_all(code: Code) -> Iterator[Place]:
    """The last route takes any path but the empty one: `<path:…>`, `.+`."""
    for listed in routes(code):
        last = listed[-1]
        if re.fullmatch(r"<path:\w+>" if not last.regex else r"\^?\(?\.\+\)?\$?", last.pattern):
            yield last.place


@shape
def route_fits(code: Code, pattern: str, kind: str = "") -> Iterator[Place]:
    """A route to a consumer that accepts has a pattern that fits a regular expression.

    `kind` may be "path" or "re_path".
    """
    for route in _to_consumers(code):
        right = not kind or route.regex == (kind == "re_path")
        if right and re.search(pattern, route.pattern) and not _refuses(code, route):
            yield route.place


@shape
def route_unanchored(code: Code, at: str = "both") -> Iterator[Place]:
    """A `re_path` to a consumer that accepts lacks `^` or `$` (`at`: "start", "end", "both")."""
    for route in _to_consumers(code):
        ends = route.pattern.endswith(("$", r"\Z")) or _router(code, route)
        loose = {"start": not route.pattern.startswith(("^", r"\A")), "end": not ends}
        wrong = any(loose.values()) if at == "both" else loose[at]
        if route.regex and route.pattern and wrong and not _refuses(code, route):
            yield route.place


def _to_consumers(code: Code) -> Iterator[Route]:
    for listed in routes(code):
        yield from (one for one in listed if _consumer(code, one) or _router(code, one))


@shape
def kwargs_key_unknown(code: Code) -> Iterator[Place]:
    """A consumer asks `scope["url_route"]["kwargs"]` for a name that no route gives."""
    given = {name for listed in routes(code) for route in listed
             for name in re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)}  # fmt: skip
    for module in code.modules.values():
        local = assigned(ast.walk(module.tree))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Subscript) and _is_kwargs(node.value, local):
                key = getattr(node.slice, "value", None)
                if isinstance(key, str) and given and key not in given:
                    yield module.place(node)


def _is_kwargs(node: ast.expr, local: dict[str, ast.expr]) -> bool:
    node = local.get(node.id, node) if isinstance(node, ast.Name) else node
    key = getattr(node, "slice", None)
    return isinstance(node, ast.Subscript) and getattr(key, "value", None) == "kwargs"
