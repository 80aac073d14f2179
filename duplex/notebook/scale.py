"""What notebook 11 imports: one chat over several processes, and what can go wrong with it."""

import contextlib
import tempfile
import threading
from asyncio import gather
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from channels_redis.core import RedisChannelLayer
from IPython import get_ipython

from duplex import server as servers
from duplex import wire
from duplex.deadline import wait_until
from duplex.figures import limits as limits_of
from duplex.figures import scale as figures
from duplex.measure import bucket, million, proxy
from duplex.measure.crowd import load
from duplex.measure.layers import LAYERS, close
from duplex.measure.memory import came, credit, flood, idle, reads, size
from duplex.measure.outage import fate, letter_boxes, patience, restart
from duplex.measure.proxy import Nginx, find_nginx
from duplex.measure.rooms import enter, hear_each_other
from duplex.measure.spread import presences
from duplex.notebook.cells import skip_without, skip_without_redis
from duplex.notebook.check import check
from duplex.notebook.show import NOTEBOOKS, draw, quiz, show, table
from duplex.nursery import Nursery
from duplex.redis import Redis

__all__ = [
    "Nginx", "Redis", "RedisChannelLayer", "begin_presences", "bucket", "came", "check", "close",
    "credit", "draw", "enter", "fate", "figures", "flood", "gather", "hear_each_other", "idle",
    "letter_boxes", "limits_of", "load", "million", "patience", "proxy", "quiz", "reads",
    "restarts", "serve", "serve_unix", "show", "size", "table", "wait_until", "wire",
]  # fmt: skip

PROJECT = NOTEBOOKS / "projects" / "scale"
NO_NGINX = (
    "There is no nginx on this computer, so this cell did nothing; install one to see it "
    "(Debian and Ubuntu: sudo apt install nginx; macOS: brew install nginx)."
)
_kept, _lock = {}, threading.Lock()  # what must live as long as the kernel


def _nursery() -> Nursery | None:
    with _lock:
        if servers.CAN_FORK and "nursery" not in _kept:
            _kept["nursery"] = Nursery()
        return _kept.get("nursery")


def serve(
    redis: Redis | None = None, layer: str = "Redis core", options: tuple[str, ...] = (), **env
) -> servers.Server:
    """Serve this notebook's project under Daphne, until the kernel ends.

    With a `redis` the process shares that, by a layer out of LAYERS; without, it is on its own.
    """
    if redis is not None:
        kind = LAYERS[layer]
        env |= {"LAYER": f"{kind.__module__}.{kind.__qualname__}", "REDIS_URL": redis.url}
    return servers.serve(PROJECT, "daphne", nursery=_nursery(), env=env, options=options)


def serve_unix() -> proxy.UnixServer:
    """The same on a unix socket, as `daphne -u` does."""
    return proxy.UnixServer(PROJECT, "daphne", _nursery()).wait_ready()


def restarts(designs: dict[str, tuple[str, str]]) -> dict:
    """Restart a Redis under each design (layer, kind of room), side by side."""
    with ThreadPoolExecutor(len(designs)) as threads:
        told = {name: threads.submit(_restarted, *design) for name, design in designs.items()}
    return {name: one.result() for name, one in told.items()}


def _restarted(layer: str, kind: str):
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(Redis())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="duplex-store-"))
        store = str(Path(folder) / "said.sqlite3")
        one, other = (stack.enter_context(serve(redis, layer, STORE=store)) for _ in range(2))
        return restart(one, other, redis, kind)


def begin_presences() -> Future:
    """Let the story of who is here happen beside what the notebook does; it takes some seconds."""
    story = Future()
    threading.Thread(target=_tell, args=(story,), daemon=True).start()
    return story


def _tell(story: Future) -> None:
    try:
        with Redis() as redis, serve(redis) as dies, serve(redis) as lives:
            story.set_result(presences(dies, lives))
    except BaseException as error:  # whoever asks for the result is told
        story.set_exception(error)


if get_ipython() is not None:
    skip_without_redis(get_ipython(), "begin_presences", "restarts")
    skip_without(get_ipython(), find_nginx(), {"Nginx"}, NO_NGINX)
