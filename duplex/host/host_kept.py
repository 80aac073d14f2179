"""What a migration made of a project is kept, so that the same project need not migrate again.

Migrating takes longer than starting a server, and each server starts in a copy of its own. What is
kept stays in the warm parent's memory, under a digest of the project's files and environment, and
only when it is safe to repeat: the migration printed nothing, and wrote every database that the
settings name into the project's folder.
"""

import base64
import contextlib
import hashlib
import json
import os
import selectors
import stat
import sys

LARGEST = 4 * 1024 * 1024  # bytes of a project that is looked at, and of what is kept of it
MOST = 8  # projects


def digest(folder, env):
    """Return a name for this very project; None for one with links, or a large one."""
    name, left = hashlib.sha256(json.dumps(env, sort_keys=True).encode()), LARGEST
    for path in _paths(folder):
        about = os.lstat(path)
        left -= about.st_size
        if not stat.S_ISREG(about.st_mode) or left < 0:
            return None
        with open(path, "rb", opener=_without_waiting) as file:
            content = file.read(LARGEST)
        name.update(f"{os.path.relpath(path, folder)!r} {len(content)} ".encode() + content)
    return name.hexdigest()


def _without_waiting(path, flags):
    """Open a file that may have become a link or a pipe since it was looked at."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _paths(folder):
    """List what is in a folder, in order, but for the folders in it."""
    found = []
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        found += [os.path.join(place, name) for name in files + links]
    return sorted(found)


def keep(migrate, out):
    """Migrate the project in the current folder, and write what that made to the pipe `out`."""
    said = [_listen(sys.stdout), _listen(sys.stderr)]
    before = _states()
    migrate()
    made = [path for path, state in _states().items() if before.get(path) != state]
    if not any(said) and _databases() <= set(made):
        data = json.dumps({path: _text(path) for path in made}).encode()
        with contextlib.suppress(OSError), open(out, "wb", closefd=False) as pipe:
            pipe.write(data)


def _listen(stream):
    """Return a list that is not empty once the stream was written to."""
    heard, write = [], stream.write
    stream.write = lambda text: (heard.append(True), write(text))[1]
    return heard


def _states():
    """Return how each file of the project is, by its path in the project."""
    return {os.path.relpath(path): (os.lstat(path).st_mtime_ns, os.lstat(path).st_size)
            for path in _paths(os.getcwd())}  # fmt: skip


def _databases():
    """Return the paths of the databases that the settings name."""
    from django.conf import settings

    engines = settings.DATABASES.values()
    used = [one for one in engines if one.get("ENGINE", "").rpartition(".")[2] not in ("", "dummy")]
    return {os.path.relpath(os.path.abspath(str(one.get("NAME", "")))) for one in used}


def _text(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def restore(kept):
    """Put what a migration of this very project made into the current folder."""
    for path, text in json.loads(kept).items():
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(text))


class Memory:
    """The warm parent's memory of migrations."""

    def __init__(self, waiting):
        self.waiting, self.kept, self.pipes = waiting, {}, set()

    def recall(self, key):
        """Return what is kept under this name, or None."""
        return self.kept.get(key)

    def learn(self, key, pipe):
        """Listen to a pipe until its end, and keep what came through it."""
        data = bytearray()

        def more():
            if pipe not in self.pipes:
                return True
            part = os.read(pipe, 65536)
            data.extend(part)
            if not part or len(data) > LARGEST:
                self.waiting.unregister(pipe)
                self.pipes.remove(pipe)
                os.close(pipe)
            if data and not part:
                self.keep(key, bytes(data))
            return True

        self.waiting.register(pipe, selectors.EVENT_READ, more)
        self.pipes.add(pipe)

    def forget(self):
        """Forget everything, also what is still being learnt."""
        self.kept.clear()
        for pipe in self.pipes:
            self.waiting.unregister(pipe)
        self.close()

    def close(self):
        """Listen no more."""
        while self.pipes:
            os.close(self.pipes.pop())

    def keep(self, key, data):
        """Keep this, and forget what is oldest; a project without a name is not known again."""
        if key is not None:
            self.kept[key] = data
        if len(self.kept) > MOST:
            del self.kept[next(iter(self.kept))]
