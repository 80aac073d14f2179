"""How much a submission may use of this computer."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """What a sandbox may use: bytes, seconds and counts; `data` to `files` are of one process."""

    data: int = 1024 * MIB  # of memory that a process asks for
    cpu: int = 600  # seconds of computing
    file: int = 64 * MIB  # a file's size
    processes: int = 256  # processes and threads of the sandbox, together
    open_files: int = 2048
    memory: int = 1536 * MIB  # resident, all processes together, without what they share
    box: int = 256 * MIB  # files in the box, all together
    entries: int = 20_000  # files and folders in the box
