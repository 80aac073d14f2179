"""What a setting comes to in some environment: small expressions worked out, never executed."""

import ast
import operator
from collections.abc import Callable, Iterable, Iterator

from duplex.diagnosis.code import Code, Module, Place
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.settings import settings

READERS = ("os.environ.get", "os.getenv")
TESTS: dict[type, Callable[[object, object], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.eq, ast.IsNot: operator.ne,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
CALLS = {"bool": bool, "int": int, "str": str}
METHODS = ("lower", "upper", "casefold", "strip")


class Unknown(Exception):
    """What an expression comes to cannot be told from the code."""


@shape
def setting_with(
    code: Code, name: str, variable: str, is_true: bool, value: str | None = None
) -> Iterator[Place]:
    """A setting is true (or is not) with this value of an environment variable; None: not set.

    A setting whose value cannot be worked out is neither.
    """
    given = {} if value is None else {variable: value}
    for module, _ in settings(code):
        sum_of = Sum(code, module, given)
        try:
            node = sum_of.last(name, module.tree.body)
            fits = node is not None and bool(sum_of(node)) is is_true
        except (Unknown, TypeError, ValueError, RecursionError):
            continue
        if fits:
            yield module.place(node)


class Sum:
    """Works out expressions of a settings file, with the environment that is `given`."""

    def __init__(self, code: Code, module: Module, given: dict[str, str]):
        self.code, self.module, self.given = code, module, given

    def last(self, name: str, body: Iterable[ast.stmt]) -> ast.expr | None:
        """Return what a name is given last, in the branches that are taken."""
        found = None
        for node in body:
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            if isinstance(node, ast.If) and _gives(node, name):
                found = self.last(name, node.body if self(node.test) else node.orelse) or found
            elif any(getattr(one, "id", "") == name for one in targets):
                found = getattr(node, "value", None)
        return found

    def __call__(self, node: ast.expr | None) -> object:
        """Return what an expression comes to."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self(self.last(node.id, self.module.tree.body))
            case ast.Tuple() | ast.List() | ast.Set():
                return [self(one) for one in node.elts]
            case ast.UnaryOp(op=ast.Not()):
                return not self(node.operand)
            case ast.BoolOp():
                return self._either(node)
            case ast.IfExp():
                return self(node.body if self(node.test) else node.orelse)
            case ast.Compare(ops=[test]) if type(test) in TESTS:
                return TESTS[type(test)](self(node.left), self(node.comparators[0]))
            case ast.Call():
                return self._called(node)
            case ast.Subscript() if self._named(node.value) == "os.environ":
                return self.given[key] if (key := self(node.slice)) in self.given else _unknown()
        return _unknown()

    def _named(self, node: ast.expr) -> str:
        return self.code.name(node, self.module)

    def _either(self, node: ast.BoolOp) -> object:
        for one in node.values:
            value = self(one)
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _called(self, node: ast.Call) -> object:
        called, arguments = self._named(node.func), [self(one) for one in node.args]
        arguments += [self(one.value) for one in node.keywords]
        if called in READERS and arguments:
            return self.given.get(arguments[0], arguments[1] if arguments[1:] else None)
        if called in CALLS and len(arguments) == 1:
            return CALLS[called](arguments[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not arguments:
            return getattr(str(self(node.func.value)), node.func.attr)()
        return _unknown()


def _gives(node: ast.If, name: str) -> bool:
    return any(getattr(one, "id", "") == name and isinstance(getattr(one, "ctx", None), ast.Store)
               for one in ast.walk(node))  # fmt: skip


def _unknown() -> object:
    raise Unknown
