#!/usr/bin/env python3
"""The course's one door: the first call sets it up in .venv, then every call hands over to it.

Standard library only. This file must parse on Pythons that are far too old, in order to say so:
no f-strings, no annotations, no keyword that is younger than they are.
"""

import argparse
import os
import signal
import subprocess
import sys

FIRST = "/lab/tree/notebooks/00_start_here.ipynb"  # so that the printed address leads there too
ALSO = "The same course as web pages, to read and to search: python3 course.py open --site"
USAGE = """Full Duplex. The first call sets the course up in .venv, beside this file.

  python3 course.py open [--no-browser] [--port N]   open JupyterLab at the first notebook
  python3 course.py open --site                      read the course as web pages instead
  python3 course.py test                             run every test (test tests/duplex: some)
  python3 course.py list                             show the labs, their tasks and your points
  python3 course.py run 2                            serve lab 2 and print its address
  python3 course.py check 2                          grade lab 2 (check 2.3: one task)
  python3 course.py hint 2.3                         a hint for task 2.3; again for a closer one
  python3 course.py reset 2                          the skeleton again; your work is kept
  python3 course.py diff 2                           your lab against the solution
  python3 course.py doctor                           what is present, what is missing

Add --help to one of these for all it can do."""


def too_old(version):
    """Return the sentence for a Python that the course cannot run on, or None."""
    if tuple(version[:2]) >= (3, 11):
        return None
    return (
        "This is Python %d.%d and the course needs 3.11 or newer: install a newer Python, then "
        "call course.py with it, such as `python3.13 course.py open`." % tuple(version[:2])
    )


def hand_over(words):
    """Become a program of .venv (on Windows: wait for it, and return its exit code)."""
    from duplex.bootstrap import PYTHON, environment

    if os.name != "nt":
        sys.stdout.flush()
        os.execve(PYTHON, [PYTHON] + words, environment())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program
    return subprocess.Popen([PYTHON] + words, env=environment()).wait()


def open_course(words):
    """Open JupyterLab at the first notebook; options that are not ours go to JupyterLab."""
    from duplex.bootstrap import HERE, prepare, say

    parser = argparse.ArgumentParser(prog="course.py open", description=open_course.__doc__)
    parser.add_argument("--site", action="store_true", help="the course as web pages instead")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=int, help="the first port to try")
    options, others = parser.parse_known_args(words)
    prepare()
    os.chdir(HERE)
    if options.site:
        return hand_over(site_words(options) + others)
    say(ALSO)
    return hand_over(lab_words(options) + others)


def lab_words(options):
    """Return what Python is called with for JupyterLab."""
    words = ["-m", "jupyterlab", "--LabApp.default_url=" + FIRST]
    words += ["--port=%d" % (options.port or 8888)]
    words += ["--no-browser"] if options.no_browser else []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")  # a container; JupyterLab would refuse, with a traceback
    return words


def site_words(options):
    """Return what Python is called with for the site, which is built at its first use."""
    words = ["-P", "-m", "duplex", "site", "serve"]
    words += ["--port=%d" % options.port] if options.port else []
    return words + ([] if options.no_browser else ["--open"])


def test(words):
    """Run every test: pytest, then the notebooks, which run also when pytest found a failure.

    Words say which tests of pytest's, and then it is those alone.
    """
    from duplex.bootstrap import HERE, PYTHON, environment, prepare, say, wait

    prepare()
    failed = []
    runs = [("the tests", ["-m", "pytest", "-n", "3", "--dist", "worksteal"] + words)]
    if not words:
        runs.append(("the notebooks", ["-m", "duplex", "notebooks", "check"]))
    for name, command in runs:
        child = subprocess.Popen([PYTHON] + command, cwd=HERE, env=environment())
        if wait(child):
            failed.append(name)
    passed = "These tests passed." if words else "Every test of the course passed."
    say("Failed: %s." % " and ".join(failed) if failed else passed)
    return 1 if failed else 0


def do(words):
    """Set the course up if need be, and do what the words say; return the exit code."""
    from duplex.bootstrap import prepare

    if words[0] == "open":
        return open_course(words[1:])
    if words[0] == "test":
        return test(words[1:])
    prepare()
    return hand_over(["-P", "-m", "duplex"] + words)


def main(words, version=sys.version_info):
    """Run the course's command; every error a person can cause is one sentence."""
    complaint = too_old(version)
    if complaint or not words:
        sys.stderr.write((complaint or USAGE) + "\n")
        return 2
    if words[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    from duplex.bootstrap import Problem, explain, say

    try:
        return do(words)
    except Problem as problem:
        say(str(problem))
        return 2
    except OSError as error:
        say(explain(str(error)))
        return 2
    except KeyboardInterrupt:
        say("\nStopped; nothing is broken: call this again to go on.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
