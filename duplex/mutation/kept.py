"""What was judged before, so that a run may be cut and go on: a line of JSON for each verdict.

A kill is kept as long as the mutant, and the test that killed it, stay as they are. A mutant that
lives is judged again by those tasks of which a test, or what a test uses, has changed; by all of
them, when what the grader imports from the kit has.
"""

import ast
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from duplex import backup, catalog
from duplex.mutation.mutants import Mutant
from duplex.sources import sources
from duplex.verdict import grader_file


@dataclass(frozen=True)
class Verdict:
    """How a mutant fared: killed by a `test` of a `task` (and what that said), lives, or unclear.

    Unclear: the grader itself failed. `seconds` is how long it took.
    """

    kind: str
    task: str = ""
    test: str = ""
    said: str = ""
    seconds: float = 0.0


class Kept:
    """The verdicts on a lab's mutants, in a file that Git ignores."""

    def __init__(self, lab: catalog.Lab):
        self.path = catalog.ROOT / "mutation" / f"{lab.name}.jsonl"
        self.grader, self.solution = _Grader(grader_file(lab)), _solution(lab)
        self._lock = threading.Lock()
        self._known = {line["mutant"]: line for line in self._lines()}

    def _lines(self) -> list[dict]:
        try:
            lines = self.path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [found for found in map(_parsed, lines) if found]

    def get(self, mutant: Mutant) -> Verdict | None:
        """Return the verdict on a mutant, if it still counts."""
        line = self._known.get(self._key(mutant))
        verdict = Verdict(**line["verdict"]) if line else None
        fresh = verdict and line["grader"] == self.grader.digest(verdict.test)
        if verdict and verdict.kind == "lives" and self.grader.tasks:
            fresh = fresh or self.survived(mutant) == {*self.grader.tasks}
        return verdict if fresh else None

    def survived(self, mutant: Mutant) -> set[str]:
        """Return the tasks, as they are now, by all of whose tests a mutant that lives has come."""
        then = self._known.get(self._key(mutant), {}).get("tasks", {})
        return {task for task, digest in self.grader.tasks.items() if then.get(task) == digest}

    def kills(self) -> Iterator[tuple[str, str, str]]:
        """Yield which mutant a task's test has killed, also where that counts no longer."""
        for line in self._known.values():
            if line["verdict"]["kind"] == "killed":
                yield line["id"], line["verdict"]["task"], line["verdict"]["test"]

    def add(self, mutant: Mutant, verdict: Verdict) -> None:
        """Keep a verdict."""
        line = {"mutant": self._key(mutant), "id": mutant.id, "verdict": asdict(verdict),
                "grader": self.grader.digest(verdict.test)}  # fmt: skip
        if verdict.kind == "lives":
            line["tasks"] = self.grader.tasks
        with self._lock:
            self._known[line["mutant"]] = line
            self.path.parent.mkdir(exist_ok=True)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def forget(self, tasks: set[str], mutants: list[Mutant]) -> None:
        """Forget which of these mutants these tasks have killed."""
        gone = {self._key(one) for one in mutants}
        kept = [line for line in self._lines()
                if line["mutant"] not in gone or line["verdict"]["task"] not in tasks]  # fmt: skip
        backup.write(self.path, "".join(json.dumps(line) + "\n" for line in kept).encode())
        self._known = {line["mutant"]: line for line in kept}

    def _key(self, mutant: Mutant) -> str:
        return _digest(self.solution, mutant.file, mutant.text)


def _parsed(line: str) -> dict | None:
    try:
        found = json.loads(line)
    except ValueError:  # a line that was cut off
        return None
    return found if isinstance(found, dict) else None


def _solution(lab: catalog.Lab) -> str:
    """Return a digest of the code that mutants are made of."""
    files = {path: file.read_bytes() for path, file in sources(lab.name).items()
             if path.partition("/")[0] in ("chat", "config")}  # fmt: skip
    return _digest(*(f"{path} {hashlib.sha256(text).hexdigest()}" for path, text in files.items()))


class _Grader:
    """A grader's file: its tests, and what each of them uses."""

    def __init__(self, path: Path):
        body = ast.parse(path.read_text("utf-8")).body
        self.parts = {name: part for node in body for name, part in _parts(node)}
        self.whole = _digest(*map(ast.dump, body), *_kit(body))
        self.tasks = self._tasks(body)
        self.tests = [name for name in self.parts if name.startswith("test_")]

    def _tasks(self, body: list[ast.stmt]) -> dict[str, str]:
        """Return a digest for each task: of its tests, all that they use, and the kit's modules."""
        tests = {}
        for node in body:
            for task in _marked(node):
                tests.setdefault(task, []).append(self.digest(node.name))
        always = [self.digest(node.name) for node in body if _autouse(node)]
        return {task: _digest(*own, *always, *_kit(body)) for task, own in tests.items()}

    def digest(self, test: str) -> str:
        """Return a digest of a test and all that it uses; of everything, when there is none."""
        todo, used = [test.partition("[")[0]], {}
        if todo[0] not in self.parts:
            return self.whole
        while todo:
            name = todo.pop()
            if name in self.parts and name not in used:
                used[name] = ast.dump(self.parts[name])
                todo += _mentioned(self.parts[name])
        return _digest(*(used[name] for name in sorted(used)))


def _marked(node: ast.stmt) -> Iterator[str]:
    """Yield the task that a test is marked with."""
    for mark in getattr(node, "decorator_list", ()):
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.task":
            yield ast.literal_eval(mark.args[0])


def _autouse(node: ast.stmt) -> bool:
    """Tell whether this is a fixture that every test uses, whether it says so or not."""
    return any("autouse=True" in ast.unparse(one) for one in getattr(node, "decorator_list", ()))


def _parts(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Yield each name that a statement of a module gives something, and what it is given."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((one.asname or one.name, one) for one in node.names)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node
    else:
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        yield from ((one.id, node) for one in names if isinstance(one.ctx, ast.Store))


def _kit(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the texts of the kit's modules that a grader imports."""
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("duplex"):
            top = Path(__file__).parents[2].joinpath(*node.module.split("."))
            files = [top.with_suffix(".py"), *(top / f"{one.name}.py" for one in node.names)]
            yield from (file.read_text("utf-8") for file in files if file.is_file())


def _mentioned(node: ast.AST) -> list[str]:
    """Return the names in a part, those of fixtures included."""
    found = [getattr(one, "id", getattr(one, "arg", None)) for one in ast.walk(node)]
    return [name for name in found if isinstance(name, str)]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
