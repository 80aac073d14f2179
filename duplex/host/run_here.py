"""What `duplex run` starts: `manage.py runserver` of the project in this folder, and its warnings.

Daphne sends Python's warnings nowhere, among them the only sign of a forgotten `await`. Apart from
that this is the project's own manage.py, which Django's reloader may start again and again.
"""

import contextlib
import os
import sys
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from host_project import keep_warnings_visible, settings_module  # noqa: E402

sys.path[:2] = [os.getcwd()]  # this folder made way for the project's


def main():
    """Run the management command that the command line names."""
    from django.core.management import execute_from_command_line

    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module(os.getcwd())
    warnings.simplefilter("always", RuntimeWarning)
    keep_warnings_visible()
    with contextlib.suppress(Exception):  # settings that cannot be read: the command says so
        tell_local_time()
    execute_from_command_line(sys.argv)


def tell_local_time():
    """Let the log tell this computer's own time, unless the project names a TIME_ZONE.

    Django sets the whole process to its setting's zone, and that is Chicago where nobody names one.
    """
    from django.conf import settings

    zone = os.environ.get("TZ")
    if not settings.is_overridden("TIME_ZONE") and hasattr(time, "tzset"):
        if zone is None:
            os.environ.pop("TZ", None)
        else:
            os.environ["TZ"] = zone
        time.tzset()


if __name__ == "__main__":
    main()
