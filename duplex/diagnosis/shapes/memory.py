"""Shapes of what is remembered: in the database once, or beside it in a process's memory."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from duplex.diagnosis.code import Code, Function, Place, assigned, parsed
from duplex.diagnosis.follow import called, calls, followed
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.consumers import last

STORES = re.compile(r"a?(create|save|bulk_create|get_or_create|update_or_create)")
KEEPS = {"add", "append", "setdefault", "update", "insert"}  # what changes a collection
CACHE = re.compile(r"django\.core\.cache\.cache\.a?(add|set|incr|get_or_set)")


@shape
def says(code: Code, text: str) -> Iterator[Place]:
    """A text stands in a function, whole; only for `at`."""
    for function in code.functions:
        yield from (function.module.place(node) for node in ast.walk(function.node)
                    if isinstance(node, ast.Constant) and node.value == text)  # fmt: skip


@shape
def sent_without(code: Code, kind: str, field: str) -> Iterator[Place]:
    """A dict whose `type` is `kind` is written without this field."""
    for function in code.functions:
        for node in ast.walk(function.node):
            if isinstance(node, ast.Dict) and None not in node.keys:
                keys = [getattr(key, "value", None) for key in node.keys]
                values = [getattr(value, "value", None) for value in node.values]
                if ("type", kind) in zip(keys, values, strict=True) and field not in keys:
                    yield function.module.place(node)


@shape
def mentions(code: Code, name: str) -> Iterator[Place]:
    """Something's full name fits, whether it is called, decorates or is passed on."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            named = isinstance(node, ast.Name | ast.Attribute) and code.name(node, module)
            if named and re.fullmatch(name, named):
                yield module.place(node)


@shape
def keyword(code: Code, name: str) -> Iterator[Place]:
    """A call has an argument by a name that fits, such as `number__gte`."""
    for module in code.modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword) and re.fullmatch(name, node.arg or ""):
                yield module.place(node.value)


@shape
def unique(code: Code, field: str, without: str = "") -> Iterator[Place]:
    """A model demands that some fields together are unique: one that fits, none `without`."""
    for module in code.modules.values():
        yield from (module.place(node) for fields, node in _uniques(module.tree)
                    if _has(fields, field) and not _has(fields, without))  # fmt: skip


def _has(fields: frozenset[str], name: str) -> bool:
    return any(re.fullmatch(name, one) for one in fields)


@shape
def constraint_not_migrated(code: Code) -> Iterator[Place]:
    """A model demands that some fields together are unique, and no migration says so."""
    migrated = {fields for tree in _migrations(code.folder) for fields, _ in _uniques(tree)}
    for module in code.modules.values():
        yield from (module.place(node) for fields, node in _uniques(module.tree)
                    if fields not in migrated)  # fmt: skip


def _migrations(folder: Path) -> Iterator[ast.Module]:
    yield from filter(None, map(parsed, sorted(folder.rglob("migrations/*.py"))))


def _uniques(tree: ast.Module) -> Iterator[tuple[frozenset[str], ast.AST]]:
    """Yield the fields that are to be unique together, and where that is said."""
    for node in ast.walk(tree):
        name = getattr(node, "func", None)
        if getattr(name, "attr", getattr(name, "id", "")) == "UniqueConstraint":
            given = [one.value for one in node.keywords if one.arg == "fields"]
            yield from ((_texts(one), node) for one in given)
        elif isinstance(node, ast.Assign | ast.keyword):
            targets = getattr(node, "targets", ())
            names = [getattr(one, "id", "") for one in targets] + [getattr(node, "arg", "")]
            if "unique_together" in names and (fields := _texts(node.value)):
                yield fields, node.value


def _texts(node: ast.AST) -> frozenset[str]:
    return frozenset(one.value for one in ast.walk(node)
                     if isinstance(one, ast.Constant) and isinstance(one.value, str))  # fmt: skip


@shape
def deleted_whole(code: Code) -> Iterator[Place]:
    """A function takes one thing out of a collection, and then deletes the whole, in any case."""
    for function in code.functions:
        taken = {ast.unparse(one.node.func.value) for one in calls(code, function)
                 if last(one) in ("pop", "discard", "remove")
                 and isinstance(one.node.func, ast.Attribute)}  # fmt: skip
        for node in function.node.body:
            targets = node.targets if isinstance(node, ast.Delete) else []
            yield from (function.module.place(node) for one in targets
                        if ast.unparse(one) in taken)  # fmt: skip


@shape
def stored_as_read(code: Code, field: str) -> Iterator[Place]:
    """A row is stored with a number as it was read from the database, and nothing is added."""
    for function in code.functions:
        for one in calls(code, function):
            makes = STORES.fullmatch(last(one)) or one.name in code.classes
            value = one.argument(field) if makes else None
            if value is not None and _as_read(code, function, value):
                yield function.module.place(value)


READ = re.compile(r"filter|aggregate|count|last|latest|first|get|values_list")
MORE = re.compile(r" \+|\+=|\bnext\(")  # as `ast.unparse` writes it, or SQL


def _as_read(code: Code, function: Function, value: ast.expr) -> bool:
    """Tell whether a value comes from the database, through names and helpers, as it stands."""
    source = _sources(code, function, value)
    named = (getattr(one, "attr", "") for node in source for one in ast.walk(node))
    read = any(map(READ.fullmatch, named))
    return read and not any(MORE.search(ast.unparse(one)) for one in source)


def _sources(code: Code, function: Function, value: ast.expr) -> list[ast.AST]:
    """Return an expression, all that is given to its names, and the helpers that these call."""
    found, names = [value], set()
    made = {one.node: called(code, one) for one in calls(code, function)}
    for node in found:
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and one.id not in names:
                names.add(one.id)
                found += _given_to(function, one.id)
            helper = made.get(one)
            if helper and helper.node not in found:
                found.append(helper.node)
    return found


def _given_to(function: Function, name: str) -> list[ast.AST]:
    return [node for node in ast.walk(function.node)
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr)
            and name in map(ast.unparse, getattr(node, "targets", [getattr(node, "target", None)]))
            ]  # fmt: skip


@shape
def memory_beside_database(code: Code) -> Iterator[Place]:
    """What comes to store a row also keeps something in the process's own memory."""
    for function in _around_stores(code):
        yield from (function.module.place(node) for node in ast.walk(function.node)
                    if _keeps(code, function, node))  # fmt: skip


def _around_stores(code: Code) -> list[Function]:
    """Return the functions that come to store a row, and the helpers of those that do so."""
    found = []
    for function in code.functions:
        made = list(followed(code, function))
        if any(STORES.fullmatch(last(one)) for one in made):
            found.append(function)
            if any(STORES.fullmatch(last(one)) for one in calls(code, function)):
                found += filter(None, (called(code, one) for one in made))
    return found


def _keeps(code: Code, function: Function, node: ast.AST) -> bool:
    """Tell whether a statement or call changes what outlives the function in memory."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        slots = [one.value for one in targets if isinstance(one, ast.Subscript)]
        grown = [node.target] if isinstance(node, ast.AugAssign) else []
        return any(_outlives(function, one) for one in slots + grown)
    if not isinstance(node, ast.Call):
        return False
    if getattr(node.func, "attr", "") in KEEPS:
        return _outlives(function, node.func.value)
    if getattr(node.func, "id", "") == "next" and node.args:
        return _outlives(function, node.args[0])
    return bool(CACHE.fullmatch(code.name(node.func, function.module)))


def _outlives(function: Function, node: ast.expr) -> bool:
    """Tell whether an expression is a module's name or an object's attribute (or an item of it)."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        own = function.self_name or "self"
        return isinstance(node.value, ast.Name) and node.value.id in (own, _owner(function))
    return isinstance(node, ast.Name) and _global(function, node.id)


def _owner(function: Function) -> str | None:
    return function.cls and function.cls.node.name


def _global(function: Function, name: str) -> bool:
    """Tell whether a name is the module's, and not one of the function's own."""
    arguments = function.node.args
    own = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    shared = {one for node in ast.walk(function.node) if isinstance(node, ast.Global)
              for one in node.names}  # fmt: skip
    own |= set(assigned(ast.walk(function.node)))
    return name in assigned(function.module.tree.body) and (name in shared or name not in own)
