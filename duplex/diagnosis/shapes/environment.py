"""What a setting comes to in some environment: small expressions worked out, never executed."""

import ast
import operator
from collections.abc import Callable, Iterable, Iterator

from duplex.diagnosis.code import Code, Module, Place, assigned
from duplex.diagnosis.shapes import shape
from duplex.diagnosis.shapes.settings import settings

READERS = ("os.environ.get", "os.getenv")
TESTS: dict[type, Callable[[object, object], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.eq, ast.IsNot: operator.ne,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
CALLS: dict[str, Callable[[object], object]] = {"bool": bool, "int": int, "str": str, "len": len}
METHODS = ("lower", "upper", "casefold", "strip")
FAULTS = (TypeError, ValueError, KeyError, RecursionError)


class Unknown(Exception):
    """What an expression comes to cannot be told from the code."""


class Refused(Exception):
    """With this environment the settings raise an error, and nothing starts."""


@shape
def setting_is_true(code: Code, name: str, given: str = "") -> Iterator[Place]:
    """A setting is true with `given` as the environment ("CHAT_DEBUG=0 …"), and the project starts.

    A setting whose value cannot be worked out is not.
    """
    environment = dict(one.split("=", 1) for one in given.split())
    for module, assignments in settings(code):
        values = Values(code, module, environment)
        try:
            values.follow(module.tree.body)
            true = bool(values.of(name))
        except (Unknown, Refused, *FAULTS):
            continue
        if true:
            yield module.place(assignments.get(name, module.tree))


class Values:
    """What the names of a settings file come to, line by line, with the environment `given`."""

    def __init__(self, code: Code, module: Module, given: dict[str, str]):
        self.code, self.module, self.given = code, module, given
        self.known: dict[str, object] = {}

    def of(self, name: str) -> object:
        """Return what a name comes to."""
        if name not in self.known:
            raise Unknown
        return self.known[name]

    def follow(self, body: Iterable[ast.stmt]) -> None:
        """Take note of what statements give to names, in the branches that are taken."""
        for node in body:
            if isinstance(node, ast.Raise):
                raise Refused
            if isinstance(node, ast.If):
                self._branch(node)
            for name, value in assigned([node]).items():
                self.known.pop(name, None)
                try:
                    self.known[name] = self.worth(value)
                except (Unknown, *FAULTS):
                    continue

    def _branch(self, node: ast.If) -> None:
        try:
            body = node.body if self.worth(node.test) else node.orelse
        except (Unknown, *FAULTS):
            for name in assigned(ast.walk(node)):
                self.known.pop(name, None)
            return
        self.follow(body)

    def worth(self, node: ast.expr | None) -> object:
        """Return what an expression comes to."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.of(node.id)
            case ast.Tuple() | ast.List() | ast.Set():
                return [self.worth(one) for one in node.elts]
            case ast.UnaryOp(op=ast.Not()):
                return not self.worth(node.operand)
            case ast.BoolOp():
                return self._first(node)
            case ast.IfExp():
                return self.worth(node.body if self.worth(node.test) else node.orelse)
            case ast.Compare(ops=[test]) if type(test) in TESTS:
                return TESTS[type(test)](self.worth(node.left), self.worth(node.comparators[0]))
            case ast.Subscript() if self._name(node.value) == "os.environ":
                return self.given[str(self.worth(node.slice))]
            case ast.Call():
                return self._call(node)
        raise Unknown

    def _name(self, node: ast.expr) -> str:
        return self.code.name(node, self.module)

    def _first(self, node: ast.BoolOp) -> object:
        """Return the part of `a or b`, `a and b` that decides."""
        for one in node.values:
            value = self.worth(one)
            if bool(value) is isinstance(node.op, ast.Or):
                break
        return value

    def _call(self, node: ast.Call) -> object:
        name = self._name(node.func)
        arguments = [self.worth(one) for one in (*node.args, *(one.value for one in node.keywords))]
        if name in READERS and arguments:
            return self.given.get(str(arguments[0]), arguments[1] if arguments[1:] else None)
        if name in CALLS and len(arguments) == 1:
            return CALLS[name](arguments[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and not arguments:
            return getattr(str(self.worth(node.func.value)), node.func.attr)()
        raise Unknown
