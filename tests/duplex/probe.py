"""A project that runs whatever it is sent: what a submission could do, done by a test."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from duplex import wire
from duplex.nursery import Nursery
from duplex.server import Server, serve

VIEW = """import traceback
names = {"request": request}
try:
    exec(request.body.decode(), names)
except BaseException as error:
    if names.get("unhandled"):
        raise
    return HttpResponse(f"{type(error).__name__}: {error}")
return HttpResponse(str(names.get("found")))"""


class Probe:
    """A served project that runs code; what the code calls `found` comes back as text."""

    def __init__(self, server: Server):
        self.server = server

    def run(self, code: str, **words: object) -> str:
        """Run code, in which the names of `words` are set; return what it found, or its error."""
        code = "".join(f"{name} = {word!r}\n" for name, word in words.items()) + code
        answer = wire.Http(self.server.address, timeout=30).post("/", body=code.encode())
        assert answer.status == 200, answer
        return answer.text

    def dies(self, code: str) -> None:
        """Run code that ends its own process, or is stopped."""
        with contextlib.suppress(wire.WireError):
            self.run(code)


@contextlib.contextmanager
def probing(folder: Path, nursery: Nursery) -> Iterator[Probe]:
    """Serve the project in this folder, which has VIEW, from a warm parent."""
    with serve(folder, nursery=nursery) as server:
        yield Probe(server)
