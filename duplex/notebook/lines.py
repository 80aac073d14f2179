"""Lines of a project that differ from another's: marked in their place, or as a diff."""

from difflib import SequenceMatcher, unified_diff
from pathlib import Path

from duplex.measure.opened import texts

AROUND = 2  # lines shown before and after


def marked(healthy: Path, broken: Path) -> str:
    """Show the broken project's lines that differ, with a mark, in Markdown."""
    before, after = texts(healthy), texts(broken)
    shown = [
        f"`{path}`\n\n```text\n{_lines(before.get(path, ''), after[path])}\n```"
        for path in after if after[path] != before.get(path)
    ]  # fmt: skip
    return "\n\n".join(shown) or "No line differs from the healthy project."


def _lines(before: str, after: str) -> str:
    """Show the lines of `after` that differ; a new file is shown whole, without marks."""
    new = after.splitlines()
    if not before:
        return "\n".join(f"  {number:3} {line}" for number, line in enumerate(new, 1))
    shown = {}
    for what, _, _, start, end in SequenceMatcher(None, before.splitlines(), new).get_opcodes():
        if what == "equal":
            continue
        for index in range(max(0, start - AROUND), min(len(new), end + AROUND)):
            mark = ">" if start <= index < end else shown.get(index, " ")
            shown[index] = mark
        if start == end:
            shown[start - 1 if start == len(new) else start] = "^"
    return "\n".join(_in_order(new, shown))


def _in_order(lines: list[str], shown: dict[int, str]) -> list[str]:
    """Number the lines that are shown; three dots stand for what is left out between them."""
    told, last = [], None
    for index in sorted(shown):
        if last is not None and index > last + 1:
            told.append("  …")
        if shown[index] == "^":
            told.append("      ← something is missing here")
        mark = shown[index] if shown[index] != "^" else " "
        told.append(f"{mark} {index + 1:3} {lines[index]}")
        last = index
    return told


def changes(before: dict[str, str], after: dict[str, str]) -> str:
    """Show what was changed from one state of a project to the next, as a diff in Markdown."""
    parts = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
        lines = [line for line in unified_diff(old, new, n=1, lineterm="")
                 if not line.startswith(("---", "+++", "@@"))]  # fmt: skip
        if lines:
            parts.append(f"`{path}`\n\n```diff\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(parts) or "Nothing was changed."
