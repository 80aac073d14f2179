"""A project's Python files as syntax trees: read, never executed; names followed through imports.

Names are given as one would write them after `import`: "time.sleep", "chat.rooms.group_name",
"self.send" (`self` is a method's own object, whatever it is called there).
"""

import ast
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

MOST_FILES, MOST_BYTES = 300, 200_000  # of a project that are read; the rest is left out
SKIPPED = {"__pycache__", "migrations", "node_modules", "tests", "site-packages"}


@dataclass(frozen=True)
class Place:
    """A line of the project."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass
class Module:
    """One file: its tree, and what its names mean elsewhere."""

    name: str
    path: str
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)

    def place(self, node: ast.AST) -> Place:
        """Return the line of a node."""
        return Place(self.path, getattr(node, "lineno", 1))


@dataclass(frozen=True, eq=False)
class Function:
    """A function or method: `cls` is the class that it stands in, or None."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    module: Module
    cls: "Class | None" = None

    @property
    def name(self) -> str:
        """The name in its definition."""
        return self.node.name

    @property
    def is_async(self) -> bool:
        """Tell whether it is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def self_name(self) -> str | None:
        """What a method calls its own object."""
        arguments = [*self.node.args.posonlyargs, *self.node.args.args]
        return arguments[0].arg if self.cls and arguments else None


@dataclass(frozen=True, eq=False)
class Class:
    """A class with the methods that it defines itself."""

    node: ast.ClassDef
    module: Module

    @cached_property
    def methods(self) -> dict[str, Function]:
        """The class's own methods by name."""
        return {node.name: Function(node, self.module, self) for node in self.node.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip

    @property
    def name(self) -> str:
        """The name with its module: "chat.consumers.ChatConsumer"."""
        return f"{self.module.name}.{self.node.name}"


class Code:
    """All Python files of a project that can be read and parsed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.modules = {one.name: one for one in _modules(folder)}
        for module in self.modules.values():
            _bind(module)

    @cached_property
    def classes(self) -> dict[str, Class]:
        """Every class by its full name."""
        found = [Class(node, module) for module in self.modules.values()
                 for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]  # fmt: skip
        return {one.name: one for one in found}

    @cached_property
    def functions(self) -> list[Function]:
        """Every function and method, those inside others too."""
        methods = {method.node: method for cls in self.classes.values()
                   for method in cls.methods.values()}  # fmt: skip
        return [methods.get(node) or Function(node, module, _owner(node, methods))
                for module in self.modules.values() for node in ast.walk(module.tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]  # fmt: skip

    def name(self, node: ast.AST, module: Module, self_name: str | None = None) -> str:
        """Return what an expression names, followed through imports; "" when it names nothing."""
        if isinstance(node, ast.Name):
            named = "self" if node.id == self_name else module.names.get(node.id, node.id)
            return self._followed(named)
        if isinstance(node, ast.Attribute):
            owner = self.name(node.value, module, self_name)
            return self._followed(f"{owner}.{node.attr}") if owner else f"?.{node.attr}"
        if isinstance(node, ast.Call):
            called = self.name(node.func, module, self_name)
            if called in ("__import__", "importlib.import_module") and node.args:
                return str(getattr(node.args[0], "value", ""))
            return f"{called}()" if called else ""
        return "?" if isinstance(node, ast.expr) else ""

    def _followed(self, name: str) -> str:
        """Follow a name that another module of the project only passes on."""
        for _ in range(8):
            head, _, last = name.rpartition(".")
            further = self.modules[head].names.get(last) if head in self.modules else None
            if not further or further == name:
                return name
            name = further
        return name

    def bases(self, cls: Class, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield the full names of all classes above one, the nearest first."""
        for base in cls.node.bases:
            named = self.name(base, cls.module)
            yield named
            if named in self.classes and named not in seen:
                yield from self.bases(self.classes[named], seen | {named})

    @cached_property
    def consumers(self) -> list[Class]:
        """The classes that descend from one of Channels' consumers."""
        return [cls for cls in self.classes.values() if any(map(is_consumer, self.bases(cls)))]

    def method(self, cls: Class, name: str) -> Function | None:
        """Return the method that an object of the class has, if the project defines it."""
        line = [cls, *(self.classes[base] for base in self.bases(cls) if base in self.classes)]
        return next((one.methods[name] for one in line if name in one.methods), None)


def is_consumer(name: str) -> bool:
    """Tell whether a full name is that of one of Channels' consumers."""
    return name.startswith("channels.") and name.endswith("Consumer")


def _modules(folder: Path) -> Iterator[Module]:
    for path in _files(folder):
        relative = path.relative_to(folder)
        parts = relative.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if tree := parsed(path):
            yield Module(name or "__init__", relative.as_posix(), tree)


def parsed(path: Path) -> ast.Module | None:
    """Return a file's syntax tree; None when it cannot be read or parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError, OSError):
        return None


def _files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in SKIPPED for part in parts)
        if not hidden and path.is_file() and path.stat().st_size <= MOST_BYTES:
            found.append(path)
    return found[:MOST_FILES]


def _bind(module: Module) -> None:
    """Note what the names mean that a file defines, gives to something, or imports."""
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            module.names[node.name] = f"{module.name}.{node.name}"
    for name in assigned(module.tree.body):
        module.names[name] = f"{module.name}.{name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                top = one.name.partition(".")[0]
                module.names[one.asname or top] = one.name if one.asname else top
        elif isinstance(node, ast.ImportFrom):
            source = _source(node, module)
            module.names |= {one.asname or one.name: f"{source}.{one.name}" for one in node.names}


def assigned(body: Iterable[ast.AST]) -> dict[str, ast.expr]:
    """Return the plain names that statements give values to, with the last value of each."""
    found = {}
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            pairs = [pair for one in targets for pair in _pairs(one, node.value)]
            found |= {one.id: value for one, value in pairs if isinstance(one, ast.Name)}
    return found


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Return what gets which value: one pair, or those of `a, b = 1, 2`."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=False))
    return [(target, value)]


def _source(node: ast.ImportFrom, module: Module) -> str:
    """Return the full name of the module that `from … import` reads."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    if not module.path.endswith("__init__.py"):
        package.pop()
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _owner(node: ast.AST, methods: dict) -> Class | None:
    """Return the class whose method a function stands in, if it stands in one."""
    for method in methods.values():
        inner = method.node
        if inner is not node and inner.lineno <= node.lineno <= (inner.end_lineno or 0):
            same = any(child is node for child in ast.walk(inner))
            if same:
                return method.cls
    return None
