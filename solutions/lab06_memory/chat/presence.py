"""Who is here: the people in each room of this process, each with one tab or with several."""

from collections import defaultdict

_tabs: dict[str, dict[str, str]] = defaultdict(dict)  # for each room: whose each tab is


def people(room: str) -> list[str]:
    """Return the people in a room, each once, in the order of their names."""
    return sorted(set(_tabs.get(room, {}).values()))


def enter(room: str, name: str, tab: str) -> bool:
    """Note a tab of a person; tell whether the person has not been here before."""
    new = name not in people(room)
    _tabs[room][tab] = name
    return new


def leave(room: str, name: str, tab: str) -> bool:
    """Forget a tab; tell whether it was its person's last one."""
    _tabs[room].pop(tab, None)
    gone = name not in people(room)
    if not _tabs[room]:
        del _tabs[room]
    return gone
