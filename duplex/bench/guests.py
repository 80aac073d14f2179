"""People who are logged in to a lab's chat, as many as a crowd needs, without their passwords."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duplex import catalog, project
from duplex.errors import CourseError
from duplex.ground import MEMORY
from duplex.nursery import HOST

UNLIMITED = {"CHAT_BURST": "1000000", "CHAT_RATE": "1000000"}  # what is measured is not the limit
# Hashing a thousand passwords takes minutes; so the project's own shell makes users and sessions.
MAKE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

def log_in(user):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key

with transaction.atomic():
    people = [get_user_model()(username=f"guest{number}", password="!") for number in range(COUNT)]
    get_user_model().objects.bulk_create(people)
    print(json.dumps([log_in(user) for user in get_user_model().objects.order_by("pk")]))
"""


@dataclass(frozen=True)
class Guests:
    """A database with people, and the cookie of each; the environment that a server needs."""

    database: Path
    cookies: list[str]
    env: dict[str, str]

    @contextlib.contextmanager
    def fresh(self) -> Iterator[dict[str, str]]:
        """Give the environment with a copy of the database, which is removed afterwards."""
        with tempfile.TemporaryDirectory(dir=self.database.parent) as place:
            copy = shutil.copy(self.database, place)
            yield self.env | {"CHAT_DATABASE": copy}


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a temporary folder, in memory where that is possible: the disk is not measured.

    A guard removes it, however the kit ends.
    """
    place = tempfile.mkdtemp("", "duplex-", MEMORY if os.access(MEMORY, os.W_OK) else None)
    words = [sys.executable, "-P", str(HOST / "guard.py"), place]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True):
        yield Path(place)


@contextlib.contextmanager
def invited(lab: catalog.Lab, count: int) -> Iterator[Guests]:
    """Migrate a new database by a lab's manage.py, and log so many people in."""
    copy = project.copy(lab.folder("solutions"))
    try:
        with folder() as place:
            env = UNLIMITED | {
                "CHAT_SECRET_KEY": secrets.token_urlsafe(50)
            }  # no DEBUG, as in earnest
            database = place / "chat.sqlite3"
            words = {**env, "CHAT_DATABASE": str(database)}
            manage(copy, words, "migrate", "--noinput", "--verbosity", "0")
            made = manage(copy, words, "shell", "-v", "0", "-c", MAKE.replace("COUNT", str(count)))
            keys = json.loads(made.strip().splitlines()[-1])
            yield Guests(database, [f"sessionid={key}" for key in keys], env)
    finally:
        project.remove(copy)


def manage(copy: Path, env: dict[str, str], *words: str) -> str:
    """Run a command of the project's manage.py; return what it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=copy, env=os.environ | env, text=True,
        capture_output=True,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CourseError(f"`manage.py {words[0]}` of {copy.name} failed: {last}")
    return done.stdout
