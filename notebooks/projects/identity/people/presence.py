"""Two ways to keep the book of who is here."""


class ByName:
    """Writes down names: who comes is added, who goes is crossed out."""

    def __init__(self):
        self.names = set()

    def enter(self, name: str, tab: str):
        self.names.add(name)

    def leave(self, name: str, tab: str):
        self.names.discard(name)

    def people(self) -> list[str]:
        return sorted(self.names)


class ByTab:
    """Writes down each tab, and whose it is; a person is here as long as one tab is."""

    def __init__(self):
        self.tabs = {}

    def enter(self, name: str, tab: str):
        self.tabs[tab] = name

    def leave(self, name: str, tab: str):
        del self.tabs[tab]

    def people(self) -> list[str]:
        return sorted(set(self.tabs.values()))


BOOKS = {"names": ByName(), "tabs": ByTab()}
