"""Cells in JavaScript: `%%browser name` runs a cell in the page, and keeps what it returns.

Where there is no browser, such a cell says so, and so does every cell that needs what it saw.
"""

import ast

from duplex import server as servers
from duplex.browser import find_browser
from duplex.notebook.tab import Tab
from duplex.redis import find_redis

NO_BROWSER = (
    "There is no Chromium, Chrome or Edge on this computer, so this cell did nothing; "
    "install one to see what it does."
)
NO_REDIS = (
    "There is no redis-server on this computer, so this cell did nothing; "
    "`python3 course.py doctor` says how to get one."
)


class Browser:
    """The magic `%%browser`, for one page in one notebook."""

    def __init__(self, shell, tab: Tab):
        self.shell, self.tab, self.missing = shell, tab, {"tab"}
        shell.register_magic_function(self.run_cell, "cell", "browser")
        for one in list(shell.ast_transformers):  # the set-up cell is run again
            if isinstance(one, Skip) and one.sentence == NO_BROWSER:  # others miss something else
                shell.ast_transformers.remove(one)
        if find_browser() is None:
            shell.ast_transformers.append(Skip(self.missing))

    def run_cell(self, line: str, cell: str) -> None:
        """Run `cell` in the page; the word after `%%browser` names what it returns."""
        name = line.strip()
        if find_browser() is None:
            self.missing.add(name)
            print(NO_BROWSER)
            return
        value = self.tab.run(cell)
        if name:
            self.shell.user_ns[name] = value


class Skip(ast.NodeTransformer):
    """Turns a cell that uses a missing name into one sentence; what it assigns is missing too."""

    def __init__(self, missing: set[str], sentence: str = NO_BROWSER):
        self.missing, self.sentence = missing, sentence

    def visit_Module(self, module: ast.Module) -> ast.Module:
        """Read which names a cell uses and assigns."""
        names = [node for node in ast.walk(module) if isinstance(node, ast.Name)]
        assigned = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        if not self.missing & {node.id for node in names if isinstance(node.ctx, ast.Load)}:
            self.missing -= assigned
            return module
        self.missing |= assigned
        return ast.parse(f"print({self.sentence!r})")


def skip_without(shell, program: object, names: set[str], sentence: str) -> None:
    """Let the cells that use `names` say a sentence when a program was not found, nothing else."""
    known = [one.sentence for one in shell.ast_transformers if isinstance(one, Skip)]
    if sentence not in known and (program is None or not servers.CAN_FORK):
        shell.ast_transformers.append(Skip(names, sentence))


def skip_without_redis(shell, *names: str) -> None:
    """Let the cells that need a redis-server say so where there is none."""
    skip_without(shell, find_redis(), {"Redis", *names}, NO_REDIS)
