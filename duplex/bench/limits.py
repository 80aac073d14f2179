"""How many files, and so connections, a process may have open."""

import contextlib

SPARE = 100  # files beside the connections


def allow_files(connections: int) -> None:
    """Raise this process's limit, and that of those it starts, where the system has one."""
    with contextlib.suppress(ImportError):  # Windows has none
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = connections + SPARE
        if soft != resource.RLIM_INFINITY and soft < wanted:
            most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
