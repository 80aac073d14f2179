"""Which system calls a sandbox may not make: a filter in the form that Linux takes (seccomp, BPF).

The namespaces and limits hold without it. It takes away what they leave open: memory that no limit
counts, namespaces inside the sandbox, sockets that know no network namespace, and what one process
may do to another of the same user, such as to the warm parent.
"""

import errno
import platform
import struct

NUMBERS = {  # by machine: the architecture's name in the kernel, and the numbers of its calls
    "x86_64": (0xC000003E, {
        "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155,
        "chroot": 161, "memfd_create": 319, "shmget": 29, "ptrace": 101, "process_vm_readv": 310,
        "process_vm_writev": 311, "kcmp": 312, "keyctl": 250, "add_key": 248, "request_key": 249,
        "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "name_to_handle_at": 303,
        "open_by_handle_at": 304, "migrate_pages": 256, "move_pages": 279, "ioprio_set": 251,
        "prlimit64": 302, "sched_setscheduler": 144, "sched_setattr": 314, "sched_setparam": 142,
        "sched_setaffinity": 203, "setpriority": 141, "socket": 41, "clone": 56,
    }),
    "aarch64": (0xC00000B7, {
        "unshare": 97, "setns": 268, "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51,
        "memfd_create": 279, "shmget": 194, "ptrace": 117, "process_vm_readv": 270,
        "process_vm_writev": 271, "kcmp": 272, "keyctl": 219, "add_key": 217, "request_key": 218,
        "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "name_to_handle_at": 264,
        "open_by_handle_at": 265, "migrate_pages": 238, "move_pages": 239, "ioprio_set": 30,
        "prlimit64": 261, "sched_setscheduler": 119, "sched_setattr": 274, "sched_setparam": 118,
        "sched_setaffinity": 122, "setpriority": 140, "socket": 198, "clone": 220,
    }),
}  # fmt: skip
EVERYWHERE = {  # newer calls have one number on all machines
    "pidfd_getfd": 438, "memfd_secret": 447, "io_uring_setup": 425, "fsopen": 430, "fspick": 433,
    "open_tree": 428, "move_mount": 429, "mount_setattr": 442,
}  # fmt: skip
CLONE3 = 435  # its flags lie where a filter cannot look; the C library then uses clone
NEW_NAMESPACES, OTHER_TABLE = 0x7E020000, 0x40000000
FAMILIES = (1, 2, 10, 16)  # of sockets: unix, IPv4, IPv6, netlink
ONLY_ITSELF = {  # calls whose argument of this number must be 0: the calling process itself
    "prlimit64": (0,), "sched_setscheduler": (0,), "sched_setattr": (0,), "sched_setparam": (0,),
    "sched_setaffinity": (0,), "setpriority": (0, 1),
}  # fmt: skip
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16  # where they lie in what a filter looks at


def program() -> bytes | None:
    """Return the filter for this computer; None on a machine whose calls are not known here."""
    if platform.machine() not in NUMBERS:
        return None
    machine, known = NUMBERS[platform.machine()]
    steps = [_step(LOAD, MACHINE), _step(EQUAL, machine, 1, 0), _refuse(errno.ENOSYS),
             _step(LOAD, NUMBER), _step(AT_LEAST, OTHER_TABLE, 0, 1), _refuse(errno.ENOSYS),
             *_never(CLONE3, errno.ENOSYS)]  # fmt: skip
    for name, number in (known | EVERYWHERE).items():
        if name not in (*ONLY_ITSELF, "socket", "clone"):
            steps += _never(number, errno.EPERM)
    for name, arguments in ONLY_ITSELF.items():
        for argument in arguments:
            steps += _only(known[name], argument, (0,))
    steps += _only(known["socket"], 0, FAMILIES)
    steps += _without_bits(known["clone"], 0, NEW_NAMESPACES)
    return b"".join([*steps, _step(RETURN, ALLOW)])


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """Encode one instruction; the last two say how many to skip."""
    return struct.pack("=HBBI", code, if_so, if_not, value)


def _refuse(error: int) -> bytes:
    return _step(RETURN, REFUSE | error)


def _never(number: int, error: int) -> list[bytes]:
    return [_step(EQUAL, number, 0, 1), _refuse(error)]


def _only(number: int, argument: int, values: tuple[int, ...]) -> list[bytes]:
    """Refuse a call unless its argument is one of these values."""
    tests = [_step(EQUAL, value, len(values) - place, 0) for place, value in enumerate(values)]
    return _checked(number, argument, tests)


def _without_bits(number: int, argument: int, bits: int) -> list[bytes]:
    """Refuse a call whose argument has any of these bits."""
    return _checked(number, argument, [_step(ANY_BIT, bits, 0, 1)])


def _checked(number: int, argument: int, tests: list[bytes]) -> list[bytes]:
    steps = [_step(LOAD, ARGUMENTS + 8 * argument), *tests, _refuse(errno.EPERM)]
    return [_step(LOAD, NUMBER), _step(EQUAL, number, 0, len(steps)), *steps]
