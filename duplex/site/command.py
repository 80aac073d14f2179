"""`duplex site build`, `duplex site serve` and `duplex site measure`."""

import contextlib
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from duplex.report import command
from duplex.site.build import OUT, build

console = Console(file=sys.stdout, highlight=False)
app = typer.Typer(help="The course as a web site.", no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pages are put.")]


def add_to(main: typer.Typer) -> None:
    """Add the site's commands to the command line."""
    main.add_typer(app, name="site")


@app.command("build")
def build_site(out: Folder = OUT) -> None:
    """Make every page, without a network; about a minute."""
    told = []
    with console.status("Building the site…") as status:
        first = build(out, told.append, lambda step: status.update(f"Building the site: {step}…"))
    for sentence in told:
        console.print(Text(sentence), soft_wrap=True)
    said = f"The site is built: open {first}, or run `{command()} site serve`."
    console.print(Text(said), soft_wrap=True)


@app.command("serve")
def serve_site(
    out: Folder = OUT,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The first port to try.")] = 8090,
    opened: Annotated[bool, typer.Option("--open", help="Open it in your browser.")] = False,
) -> None:
    """Serve the site for a browser; it is built first when it is not there."""
    from duplex.running import free_port
    from duplex.site.hosting import server

    if not (out / "index.html").is_file():
        build_site(out)
    port = free_port(port)
    with server(out, port) as running:
        url = f"http://127.0.0.1:{port}/"
        console.print(Text(f"The site is at {url} (Ctrl-C ends it)"))
        if opened:  # what opens it may wait until the browser is closed
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):
            running.serve_forever()


@app.command("measure")
def measure_site(out: Folder = OUT) -> None:
    """Measure what the playground costs a reader, in a real Chromium: bytes, and seconds."""
    from duplex.site.measure import measure

    found = measure(out)
    for words, size, seconds in (("First visit", found.first_bytes, found.first),
                                 ("Later visits", found.again_bytes, found.later)):  # fmt: skip
        said = f"{words}: {size / 1e6:.1f} MB, {seconds:.1f} s to the first message."
        console.print(Text(said), soft_wrap=True)
