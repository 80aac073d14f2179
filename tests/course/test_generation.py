"""labs/ is what solutions/ generate, and each solution starts from the one before."""

import shutil
import subprocess

from duplex import catalog, tree


def own_work() -> set[str]:
    """Return the files of labs/ that differ from the last commit: a student's own work."""
    command = ["git", "status", "--porcelain", "-z", "--untracked-files=all", "--", "labs"]
    if not shutil.which("git") or not (catalog.ROOT / ".git").exists():
        return set()
    said = subprocess.run(command, cwd=catalog.ROOT, capture_output=True, text=True)
    return {entry[len("XY labs/") :] for entry in said.stdout.split("\0")}


def test_labs_have_no_drift():
    mine = own_work()
    assert [str(one) for one in tree.check() if one.path not in mine] == []


def test_solutions_progress():
    assert tree.progression() == []
