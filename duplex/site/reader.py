"""A reader at a page of the playground, to test, measure or picture it in a real browser."""

import json

from duplex import catalog, skeleton
from duplex.deadline import scaled

LOADS = 120.0  # seconds, scaled: a computer with much else to do loads the page, too
RUNS = "#playground .top .status[data-state=live]"
LIVE = ".status[data-state=live]"


def solved(lab: str, path: str) -> str:
    """Return a file of a lab's solution, as a student would have written it."""
    text = (catalog.source(lab) / path).read_text("utf-8")
    return skeleton.solved(text, ".py")


def solution(lab: str) -> dict[str, str]:
    """Return the files of a lab that its page lets one edit, solved."""
    edits = catalog.named(lab).edits
    return {path: solved(lab, path) for path in edits if path.endswith(".py")}


class Reader:
    """Opens the page of one lab, writes in its editor, and talks in its panes."""

    def __init__(self, page, url: str, lab: str):
        self.page, self.lab = page, lab
        self.place = f"{url}playground/{lab}.html"
        page.set_default_timeout(1000 * scaled(LOADS))

    def open(self, files: dict[str, str] | None = None) -> None:
        """Go to the page; `files` is what the reader is supposed to have written there before."""
        if files is not None:
            said = json.dumps([f"duplex playground {self.lab}", json.dumps(files)])
            self.page.add_init_script(f"localStorage.setItem(...{said});")
        self.page.goto(self.place)
        self.runs()

    def runs(self) -> None:
        """Wait until the project runs."""
        self.page.locator(RUNS).wait_for()

    def field(self, path: str):
        """Return the text field, with a file in it."""
        self.page.get_by_role("tab", name=path).click()
        return self.page.get_by_role("textbox", name=path, exact=True)

    def write(self, path: str, text: str) -> None:
        """Replace the text of a file."""
        self.field(path).fill(text)

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def run(self, files: dict[str, str]) -> None:
        """Write texts of files, and run them."""
        for path, text in files.items():
            self.write(path, text)
        self.press("Run")
        self.runs()

    def pane(self, number: int):
        """Return one of the clients."""
        return self.page.get_by_role("region", name=f"Client {number}")

    def connect(self, *numbers: int) -> None:
        """Connect clients, unless they are, and wait until they are."""
        for number in numbers:
            pane = self.pane(number)
            if pane.get_attribute("data-state") == "closed":
                pane.get_by_role("button", name="Connect").click()
            pane.locator(LIVE).wait_for()

    def say(self, number: int, text: str) -> None:
        """Send a message from a client."""
        self.pane(number).get_by_label("Message").fill(text)
        self.page.keyboard.press("Enter")

    def hears(self, number: int, text: str) -> None:
        """Wait until a client has heard a text."""
        self.heard(number).get_by_text(text).last.wait_for()

    def heard(self, number: int):
        """Return what a client has heard."""
        return self.pane(number).get_by_role("log")
