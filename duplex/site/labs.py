"""A lab as a page: its README, then each task with its skeleton's code, hints, and answer."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from duplex import catalog, skeleton
from duplex.report import in_points

LANGUAGES = {".py": "python", ".js": "javascript", ".html": "html", ".css": "css"}


def page(lab: catalog.Lab, playing: bool = False) -> str:
    """Return a lab's page in Markdown; `playing` tells whether the playground has the lab."""
    readme = (lab.folder() / "README.md").read_text("utf-8").rstrip()
    tasks = [_task(lab, task) for task in lab.tasks]
    said = INTRODUCTION + (PLAYED.format(lab.name) if playing else "")
    return "\n\n".join([readme, "## Task by task", said, *tasks]) + "\n"


INTRODUCTION = (
    "What is given, as it stands in the lab's files. Hints and answers stay closed until you open "
    "them; try first, and open one hint at a time."
)
PLAYED = " What can be done in a browser, you can do [in the playground](../../playground/{}.md)."


def _task(lab: catalog.Lab, task: catalog.Task) -> str:
    """Return a task: its places in the skeleton, its hints, and its places in the solution."""
    parts = [f"### Task {task.id} · {task.title}", f"{{.points}}\n{in_points(task.points)}"]
    places = list(_places(lab, task))
    parts += [_code(place, skeleton.stubbed(region, place.suffix)) for place, region in places]
    parts += [_closed(f"Hint {count}", hint) for count, hint in enumerate(task.hints, 1)]
    answers = [_code(place, region.body) for place, region in places if region.body]
    if answers:
        parts.append(_closed(f"The answer to task {task.id}", "\n\n".join(answers)))
    return "\n\n".join(parts)


def _places(lab: catalog.Lab, task: catalog.Task) -> Iterator[tuple[Path, skeleton.Region]]:
    """Yield the regions of a task, each with its path in the lab."""
    folder = catalog.source(lab.name)
    for name in lab.edits:
        path = folder / name
        if not path.is_file():
            continue
        for region in skeleton.regions(path.read_text("utf-8"), path.suffix, name):
            if region.id == task.id:
                yield Path(name), region


def _code(place: Path, code: str) -> str:
    lines = code.strip("\n").split("\n")
    indent = min((len(one) - len(one.lstrip()) for one in lines if one.strip()), default=0)
    body = "\n".join(one[indent:] for one in lines)
    language = LANGUAGES.get(place.suffix, "text")
    return f"`{place.as_posix()}`\n\n```{language}\n{body}\n```"


def _closed(title: str, text: str) -> str:
    """Return a text that is closed until somebody opens it."""
    return (f"```{{raw}} html\n<details><summary>{escape(title)}</summary>\n```\n\n{text}\n\n"
            "```{raw} html\n</details>\n```")  # fmt: skip
