"""The page of a whole class: what went wrong most, who is missing, what to look at."""

from statistics import median

from duplex.results import plots
from duplex.results.labs import lab as read_lab
from duplex.results.labs import max_points
from duplex.results.pages import render
from duplex.results.score import GRADED
from duplex.results.similar import Pair
from duplex.results.tally import Tally

FAULTS, PLOTTED = 40, 60  # rows that are shown of what the grader could not judge, tasks in a plot


def page(tally: Tally, labs: list[int], notes: list[str], pairs: list[Pair],
         silent: list[str]) -> bytes:  # fmt: skip
    """Return the overview; `silent` are people of the roster from whom nothing came."""
    tasks = tally.tasks()
    return render(
        "overview.html.j2", labs=[_lab(number) for number in labs], tally=tally, notes=notes,
        pairs=pairs, tasks=sorted(tasks, key=lambda one: -one["failed"]),
        figures=_figures(tally, labs), verdicts=plots.verdicts(tasks[:PLOTTED]) if tasks else None,
        seconds=plots.seconds(tally.seconds) if tally.seconds else None,
        mistakes=tally.most_made(), medians=_medians(tally, labs), missing=tally.missing(),
        silent=silent, undecided=tally.undecided(), faults=tally.faults[:FAULTS],
        more_faults=len(tally.faults) - FAULTS, pages={row.student: row for row in tally.rows},
        rows=sorted(tally.rows, key=lambda row: (row.name.casefold(), row.student)),
    )  # fmt: skip


def _lab(number: int) -> dict:
    return {"number": number, "title": read_lab(number).title, "most": max_points(number)}


def _values(tally: Tally, lab: int) -> list[float]:
    """Return the scores of what was handed in and judged."""
    scores = [row.scores[lab] for row in tally.rows if lab in row.scores]
    return [score.value for score in scores if score.state == GRADED]


def _figures(tally: Tally, labs: list[int]) -> list[dict]:
    found = [(_lab(lab), _values(tally, lab)) for lab in labs]
    return [lab | {"picture": plots.points(lab["number"], values, lab["most"])}
            for lab, values in found if values]  # fmt: skip


def _medians(tally: Tally, labs: list[int]) -> list[dict]:
    found = [(_lab(lab), _values(tally, lab)) for lab in labs]
    return [lab | {"median": median(values)} for lab, values in found if values]
