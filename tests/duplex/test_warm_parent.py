"""What the warm parent imports before it forks."""

import subprocess
import sys

from duplex.nursery import HOST

PRELOAD = """
import sys
sys.path.insert(0, sys.argv[1])
import host_warm
host_warm.preload("service")
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


def loaded(*names: str) -> set[str]:
    """Return which of these modules a warm parent for ASGI has imported."""
    command = [sys.executable, "-c", PRELOAD, str(HOST), *names]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_parent_makes_no_event_loop():
    # forked servers would share its epoll, and wake each other instead of themselves
    assert loaded("twisted.internet.reactor", "daphne.server") == set()


def test_parent_knows_daphne():
    wanted = {"daphne.ws_protocol", "daphne.http_protocol", "channels.routing"}
    assert loaded(*wanted) == wanted


def test_passwords_cost_little():
    words = (
        "import sys; sys.path.insert(0, sys.argv[1]); import host_warm; host_warm.preload('asgi');"
        "from django.conf import settings; settings.configure();"
        "from django.contrib.auth.hashers import make_password; print(make_password('secret'))"
    )
    command = [sys.executable, "-c", words, str(HOST)]
    hashed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert hashed.startswith("pbkdf2_sha256$1000$")
