"""What `duplex run` starts: `manage.py runserver` of the project in this folder, and its warnings.

Daphne sends Python's warnings nowhere, among them the only sign of a forgotten `await`. Apart from
that this is the project's own manage.py, which Django's reloader may start again and again.
"""

import os
import sys
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
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
