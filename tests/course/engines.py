"""What judges in the playground, for tests: its Python in a process here, or in Chromium.

Both are judge(lab, tasks, files), which returns verdicts as a page is told them.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from duplex.deadline import scaled
from duplex.site import given, loaded, playground

JUDGING = Path(__file__).with_name("judging.js")
LONGEST = 300.0  # seconds, scaled, for one project
ENGINE = """
import faulthandler, json, os, pathlib, sys
out = os.fdopen(os.dup(1), "w")
sys.path[:0] = [os.path.abspath("packages"), os.path.abspath("kit")]
os.environ["DUPLEX_ROOT"] = os.path.abspath("kit")
from inpage import codes, main
codes.keep(sys.path[0] + "/")
main.PROJECT = pathlib.Path("project").resolve()
for line in sys.stdin:
    faulthandler.dump_traceback_later(float(sys.argv[1]), exit=True, file=sys.__stderr__)
    lab, tasks, files = json.loads(line)
    told = []
    main.write(json.dumps(files))
    main.check(lab, json.dumps(tasks), lambda one: told.append(json.loads(one)))
    print(json.dumps([one for one in told if one["said"] == "verdict"]), file=out, flush=True)
os._exit(0)
"""


def _fill(place: Path) -> None:
    """Put into a folder what a page loads."""
    for top, files in (("packages", playground.packages()),
                       ("packages", loaded.libraries(loaded.TESTING)),
                       ("kit", playground.kit(given.files(6)))):  # fmt: skip
        for path, data in files:
            target = place / top / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


@contextlib.contextmanager
def process(place: Path) -> Iterator[Callable]:
    """Judge in a process of this Python, which ends with a traceback when a project hangs it."""
    _fill(place)
    words = [sys.executable, "-I", "-S", "-c", ENGINE, str(scaled(LONGEST))]
    env = os.environ | {"TMPDIR": str(place)}
    engine = subprocess.Popen(words, cwd=place, env=env, text=True, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)  # fmt: skip

    def judge(lab, tasks, files) -> list[dict]:
        engine.stdin.write(json.dumps([lab.number, tasks, files]) + "\n")
        engine.stdin.flush()
        return json.loads(engine.stdout.readline())

    yield judge
    engine.stdin.close()
    assert engine.wait() == 0
    engine.stdout.close()


@contextlib.contextmanager
def chromium(browser, url: str) -> Iterator[Callable]:
    """Judge in a page of the site, by its own scripts and its worker, as a reader would."""
    page, script = browser.new_page(), JUDGING.read_text("utf-8").partition("\n")[2]
    page.goto(f"{url}playground/index.html")
    place = f"{url}_static/playground/"
    yield lambda lab, tasks, files: page.evaluate(script, [place, lab.name, tasks, files])
    page.close()
