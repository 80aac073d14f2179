"""From a folder of submissions to the projects in them: found, named, unpacked with care."""

from duplex.submissions.discover import discover
from duplex.submissions.projects import projects
from duplex.submissions.refused import Refused
from duplex.submissions.unpack import unpacked

__all__ = ["Refused", "discover", "projects", "unpacked"]
