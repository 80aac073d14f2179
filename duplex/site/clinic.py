"""The debugging clinic as a page that is searched by symptom."""

from html import escape

from duplex import catalog, clinic
from duplex.site.links import slug

HEAD = catalog.ROOT / "site" / "pages" / "clinic.md"


def page() -> str:
    """Return the page in Markdown: every case under its group."""
    known = clinic.cases()
    parts = [HEAD.read_text("utf-8")]
    for group in clinic.GROUPS:
        among = [case for case in known if case.group == group]
        if among:
            parts += [f"## {group}", *map(_case, among)]
    return "\n\n".join(parts) + "\n"


def _case(case: clinic.Case) -> str:
    """Return one case; its section in the notebook goes on."""
    words = escape(case.words().replace("\n", " "), quote=True)
    seen = "\n".join(f"- {symptom}" for symptom in case.symptoms)
    read = ", ".join(_link(place) for place in case.read)
    return (
        f"### {case.title}\n\n"
        f'```{{raw}} html\n<data class="words" value="{words}" hidden></data>\n```\n\n'
        f"{seen}\n\n**Why.** {case.cause}\n\n"
        f"**How to find it.** {case.tool}\n\n**The cure.** {case.cure}\n\n"
        f"**Read on:** {read}.\n\n{{.cited}}\nSource: {case.cited}."
    )


def _link(place: str) -> str:
    """Return a link to a notebook's section."""
    notebook, _, heading = place.partition("#")
    anchor = f"#{slug(heading)}" if heading else ""
    return f"[{heading or notebook}](<notebooks/{notebook}.ipynb{anchor}>)"
