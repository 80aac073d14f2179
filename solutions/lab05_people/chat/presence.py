"""Who is here: the people in each room of this process, each with one tab or with several."""

from collections import defaultdict

_tabs: dict[str, dict[str, str]] = defaultdict(dict)  # for each room: whose each tab is


def people(room: str) -> list[str]:
    """Return the people in a room, each once, in the order of their names."""
    return sorted(set(_tabs.get(room, {}).values()))


def enter(room: str, name: str, tab: str) -> bool:
    """Note a tab of a person; tell whether the person has not been here before."""
    # task 5.5: a person may come with several tabs; as it stands, each is remembered by the
    #   person's name, so the second takes the place of the first
    # stub: new = name not in people(room)
    # stub: _tabs[room][name] = name
    # stub: return new
    new = name not in people(room)
    _tabs[room][tab] = name
    return new
    # end 5.5


def leave(room: str, name: str, tab: str) -> bool:
    """Forget a tab; tell whether it was its person's last one."""
    # task 5.5: a person goes with the last tab; and a room that nobody is in is forgotten
    # stub: return _tabs[room].pop(name, None) is not None
    _tabs[room].pop(tab, None)
    gone = name not in people(room)
    if not _tabs[room]:
        del _tabs[room]
    return gone
    # end 5.5
