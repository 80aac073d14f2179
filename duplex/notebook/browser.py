"""What notebook 04 imports: a page in a real browser, cells in JavaScript, what they measure."""

from collections.abc import Sequence
from statistics import median

from IPython import get_ipython
from IPython.display import HTML, IFrame, Image, display

from duplex.certs import Authority
from duplex.deadline import wait_until
from duplex.figures import page as figures
from duplex.frames import CLOSE
from duplex.line import Line
from duplex.measure.page import attempts, busiest, frames_on, longest, pauses, waits
from duplex.notebook.cells import Browser
from duplex.notebook.lab import proxied
from duplex.notebook.show import NOTEBOOKS, draw, quiz, serve, serve_tls, show, table
from duplex.notebook.tab import Tab
from duplex.server import Server

__all__ = [
    "CLOSE", "NOTEBOOKS", "Authority", "Line", "attempts", "browse", "busiest", "draw", "figures",
    "frames_on", "longest", "look", "median", "pauses", "quiz", "serve", "serve_tls", "show",
    "show_page", "table", "wait_until", "waits",
]  # fmt: skip


def browse(url: str, hosts: dict[str, tuple[str, int]], authority: Authority) -> Tab:
    """Open `url` in a browser that finds each of `hosts` (name:port) at an address of ours.

    From now on, cells that begin with `%%browser` run there.
    """
    tab = Tab(url, [*map_hosts(hosts), authority.browser_flag()])
    Browser(get_ipython(), tab)
    return tab


def map_hosts(hosts: dict[str, tuple[str, int]]) -> Sequence[str]:
    rules = ", ".join(f"MAP {name} {host}:{port}" for name, (host, port) in hosts.items())
    names = ";".join(sorted({name.partition(":")[0] for name in hosts}))
    return f"--host-resolver-rules={rules}", f"--proxy-bypass-list={names}"


def look(tab: Tab, alt: str, selector: str = "body") -> None:
    """Show a picture of the page, or of one element in it."""
    display(Image(tab.screenshot(selector), alt=alt, metadata={"alt": alt}))


def show_page(server: Server) -> None:
    """Show a server's page here, inside JupyterLab; elsewhere say where it is."""
    path = proxied(server.address[1])
    if path:
        display(IFrame(path, width="100%", height=620))
    else:
        display(HTML(
            "Run this cell in JupyterLab, and the page appears here, to be used. "
            f'Elsewhere open <a href="{server.url}/">{server.url}/</a> while the kernel runs.'
        ))  # fmt: skip
