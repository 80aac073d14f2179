"""Each known mistake fails the task it names, no task that it does not name, and is diagnosed.

Judged is one mistake for each task. DUPLEX_EVERY_MISTAKE names the labs of which all are, such as
"1 2" or "all": there are hundreds, which takes minutes. Which other tasks fail is seen with
DUPLEX_EVERY_TASK alone; those that fail `also` need not.
"""

import pytest

from duplex import mistakes, progression
from duplex.diagnosis.diagnose import diagnose
from tests.course.thorough import due


def one_for_each_task(known: list) -> list:
    """Return the first mistake of each task."""
    return list({mistake.task: mistake for mistake in reversed(known)}.values())


KNOWN = [
    pytest.param(lab, mistake, id=f"{lab.name[:5]}-{mistake.id}")
    for lab in progression.labs()
    for known in [mistakes.load(lab)]
    for mistake in due("DUPLEX_EVERY_MISTAKE", lab, known, one_for_each_task(known))
]


@pytest.mark.parametrize(("lab", "mistake"), KNOWN)
def test_mistake_fails_its_task(lab, mistake, copy_of, failed, judges):
    folder = copy_of(lab)
    mistakes.apply(mistake, folder)
    red = failed(lab, folder, judges(lab, mistake.task), about=mistake.task)
    assert mistake.task in red
    assert set(red) <= {mistake.task, *mistake.also}, red
    assert "grader error" not in {one.verdict for one in red.values()}, red
    assert_named(mistake, diagnose(lab, folder, red.values()))


def assert_named(mistake, diagnoses):
    """Where the mistake belongs it is named first, with a line; nowhere is another named.

    In a task that fails `also`, something else may be wrong with the same lines.
    """
    causes = {task: one.causes for task, one in diagnoses.items() if one.causes}
    named = {task: found[0].id for task, found in causes.items()}
    assert named.get(mistake.task) == mistake.id, named
    others = {task: one for task, one in named.items() if task not in mistake.also}
    assert set(others.values()) == {mistake.id}, named
    assert causes[mistake.task][0].place, "a diagnosis says where to look"
