"""The walls that a kernel process builds around itself before it reads a byte of a submission.

Limits, a private user, Landlock and a system call filter; all stay for the life of the process and of its children.
The calls are made through ctypes: of the packages for Landlock none knows its rules for networks and signals, and a
filter of this size does not need libseccomp. Nothing here may be imported that is not in the standard library.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import stat
import struct
import sys
from collections.abc import Iterable, Mapping, Sequence

# From here the kernel also guards truncation; below it open(..., O_TRUNC) could empty any file of the user.
LOWEST_LANDLOCK_WITHOUT_NAMESPACES = 3

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 22, 24
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47


def set_limits(limits: Mapping[str, int], *, others: int = 0) -> None:
    """Set the resource limits of this process, soft and hard; ``others`` are the user's processes outside the sandbox."""
    megabyte = 1024 * 1024
    wanted = {
        # Not the address space: TensorFlow maps gigabytes that it never touches.
        resource.RLIMIT_DATA: limits["memory_mb"] * megabyte,
        resource.RLIMIT_NPROC: limits["processes"] + others,
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file_mb"] * megabyte,
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 8 * megabyte,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    for which, value in wanted.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


def become(user: int) -> None:
    """Change to a user and group of this number for good, without any group or capability of the user before."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if os.getresuid() != (user, user, user) or os.getresgid() != (user, user, user):
        raise OSError(errno.EPERM, "The kernel process could not become a private user.")


def drop_capabilities() -> None:
    """Give up every capability, in such a way that no program started later can have one."""
    _LIBC.prctl(_PR_CAP_AMBIENT, 4, 0, 0, 0)
    forbid_capabilities()
    # Version 3 of the structure holds 64 bits in two halves.
    header = struct.pack("=Ii", 0x20080522, 0)
    _LIBC.capset(ctypes.c_char_p(header), ctypes.c_char_p(bytes(24)))
    with open("/proc/self/status") as file:
        held = [line.split()[1] for line in file if line.startswith(("CapPrm:", "CapEff:", "CapInh:"))]
    if any(int(value, 16) for value in held):
        raise OSError(errno.EPERM, "The kernel process could not give up its capabilities.")


def forbid_capabilities() -> None:
    """Keep every program that this process or a child of it starts from having a capability, as far as it may say so."""
    number = 0
    while _LIBC.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0) == 0:
        number += 1


def no_new_privileges() -> None:
    """Set-user-id programs give no rights from here on."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent(signal: int) -> None:
    """Get this signal when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, signal)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def hide_memory() -> None:
    """Keep processes of the same user from reading this one."""
    _prctl(_PR_SET_DUMPABLE, 0)


def _prctl(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


# Landlock

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_SOCKET, _TRUNCATE, _DEVICE_CONTROL = 1 << 5, 1 << 9, 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL
_MAKE_DEVICES = 1 << 6 | 1 << 11


def landlock_abi() -> int:
    """The version of Landlock's interface in this kernel; 0 when there is none."""
    return max(0, int(_LIBC.syscall(_CREATE_RULESET, None, 0, 1))) if sys.platform == "linux" else 0


def close_the_land(
    *, read: Iterable[str], write: Iterable[str], devices: Iterable[str] = (), sockets: str | None = None
) -> int:
    """Leave this process nothing but the named trees, no TCP, and no signal or abstract socket to the outside.

    Parameters
    ----------
    read
        Files and folders to read and run.
    write
        Folders in which everything goes but devices.
    devices
        Files and folders to read and write, but where nothing can be made.
    sockets
        Folder in which sockets can be made and nothing else.

    Returns
    -------
    int
        The version that was used; 0 when the kernel has no Landlock and nothing was closed.
    """
    abi = landlock_abi()
    if not abi:
        return 0
    all_files = (1 << {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)) - 1
    fields = [all_files]
    if abi >= 4:
        fields.append(0b11)  # bind and connect
    if abi >= 6:
        fields.append(0b11)  # abstract sockets and signals
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _LIBC.syscall(_CREATE_RULESET, ctypes.c_char_p(attributes), len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "Landlock refused its rules.")
    try:
        for path in read:
            _allow(ruleset, path, all_files & (_EXECUTE | _READ_FILE | _READ_FOLDER))
        for path in write:
            _allow(ruleset, path, all_files & ~_MAKE_DEVICES)
        for path in devices:
            _allow(ruleset, path, all_files & (_READ_FILE | _READ_FOLDER | _WRITE_FILE | _DEVICE_CONTROL))
        if sockets is not None:
            _allow(ruleset, sockets, _MAKE_SOCKET | _REMOVE_FILE)
        if _LIBC.syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            raise OSError(ctypes.get_errno(), "Landlock could not be applied.")
    finally:
        os.close(ruleset)
    return abi


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # What is not there needs no rule: the lists name what a machine may have.
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _ON_FILES
        rule = struct.pack("=Qi", rights, place)
        if _LIBC.syscall(_ADD_RULE, ruleset, 1, ctypes.c_char_p(rule), 0) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock refused a rule for {path}.")
    finally:
        os.close(place)


# The system call filter

_X86_64, _AARCH64 = 0, 1
_ARCHITECTURES = {"x86_64": (_X86_64, 0xC000003E), "aarch64": (_AARCH64, 0xC00000B7)}

# Name: number on x86_64, on aarch64 (None where it does not exist there).
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "setns": (308, 268),
    "unshare": (272, 97),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "lookup_dcookie": (212, 18),
    # Memory that no limit of a process counts: files in memory and the shared memory of System V.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
}

# Landlock has no say on owners, modes, times and attributes, and in a tier without namespaces the student's process
# belongs to the user who grades. Copying a file sets its mode, so this is ignored rather than refused.
_IGNORED_WITHOUT_NAMESPACES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
_CONNECT = (42, 203)
_CLONE, _CLONE3, _MMAP, _IOCTL = (56, 220), (435, 435), (9, 222), (16, 29)
_SOCKET, _SOCKETPAIR, _SENDTO, _SENDMSG, _SENDMMSG = (41, 198), (53, 199), (44, 206), (46, 211), (307, 269)
_MKNOD, _MKNODAT = (133, None), (259, 33)

_NEW_NAMESPACES = 0x7E020000  # mount, cgroup, uts, ipc, user, pid and net
_FAST_OPEN = 0x20000000
_LOAD, _JUMP, _EQUAL, _AT_LEAST, _HAS, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_REFUSE = _ERRNO | errno.EPERM

_Program = list[tuple[int, int, int, int]]


def can_filter_calls() -> bool:
    """Whether there is a filter for this machine's processor."""
    return sys.platform == "linux" and platform.machine() in _ARCHITECTURES and sys.maxsize > 2**32


def filter_calls(*, without_namespaces: bool = False) -> bool:
    """Refuse system calls that a notebook never needs; False when there is no filter for this processor.

    Parameters
    ----------
    without_namespaces
        Refuse also every connection to a socket and every change of modes, owners and times: with namespaces there
        is nothing that they could reach.
    """
    if not can_filter_calls():
        return False
    program = _program(*_ARCHITECTURES[platform.machine()], without_namespaces)
    code = b"".join(struct.pack("=HBBI", *line) for line in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: a length, padding, and a pointer.
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(buffer)))
    if _LIBC.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(head), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "The filter for system calls could not be set.")
    return True


def _program(column: int, architecture: int, without_namespaces: bool) -> _Program:
    lines: _Program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if column == _X86_64:
        # The x32 interface has the same architecture, but other numbers.
        lines += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _REFUSE)]
    for numbers in _REFUSED.values():
        lines += _when(numbers[column], [(_RETURN, 0, 0, _REFUSE)])
    # Its flags are behind a pointer that no filter can follow; without it the C library takes clone.
    lines += _when(_CLONE3[column], [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)])
    lines += _when(_CLONE[column], _if_any(0, _NEW_NAMESPACES))
    # A connection could otherwise be opened by sending, which Landlock does not see.
    lines += _when(_SENDTO[column], _if_any(3, _FAST_OPEN))
    lines += _when(_SENDMSG[column], _if_any(2, _FAST_OPEN))
    lines += _when(_SENDMMSG[column], _if_any(3, _FAST_OPEN))
    lines += _when(_MMAP[column], _if_all(3, 0x21))  # shared and anonymous: memory that no limit counts
    lines += _when(_IOCTL[column], _if_one_of(1, (0x5412, 0x541C)))  # typing into a terminal
    for numbers, argument in ((_MKNOD, 1), (_MKNODAT, 2)):
        lines += _when(numbers[column], _if_one_of(argument, (stat.S_IFCHR, stat.S_IFBLK), mask=0xF000))
    lines += _when(_SOCKET[column], _only_streams(without_namespaces))
    if without_namespaces:
        lines += _when(_SOCKETPAIR[column], _if_one_of(1, (2,), mask=0xF))
        lines += _when(_CONNECT[column], [(_RETURN, 0, 0, _REFUSE)])
        for numbers in _IGNORED_WITHOUT_NAMESPACES.values():
            lines += _when(numbers[column], [(_RETURN, 0, 0, _ERRNO)])
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _when(number: int | None, then: _Program) -> _Program:
    """Do this for one system call; every part ends in a return or falls through with the number loaded again."""
    return [] if number is None else [(_EQUAL, 0, len(then), number), *then]


def _argument(index: int) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)  # the lower half: flags fit into it


def _if_any(index: int, bits: int) -> _Program:
    return [_argument(index), (_HAS, 0, 1, bits), (_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW)]


def _if_all(index: int, bits: int) -> _Program:
    return [
        _argument(index),
        (_AND, 0, 0, bits),
        (_EQUAL, 0, 1, bits),
        (_RETURN, 0, 0, _ERRNO | errno.ENOMEM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _if_one_of(index: int, values: Sequence[int], mask: int = 0xFFFFFFFF) -> _Program:
    lines: _Program = [_argument(index), (_AND, 0, 0, mask)]
    for value in values:
        lines += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _REFUSE)]
    return [*lines, (_RETURN, 0, 0, _ALLOW)]


def _only_streams(without_namespaces: bool) -> _Program:
    """Unix sockets, and TCP sockets, since libzmq ends the process when it cannot even make one."""
    unix: _Program = [(_RETURN, 0, 0, _ALLOW)]
    if without_namespaces:
        # A datagram names its receiver without a connection.
        unix = [_argument(1), (_AND, 0, 0, 0xF), (_EQUAL, 0, 1, 2), (_RETURN, 0, 0, _REFUSE), *unix]
    stream: _Program = [
        _argument(1),
        (_AND, 0, 0, 0xF),
        (_EQUAL, 1, 0, 1),
        (_RETURN, 0, 0, _REFUSE),
        # The protocol: TCP only, since Landlock's rules are for TCP.
        _argument(2),
        (_EQUAL, 2, 0, 0),
        (_EQUAL, 1, 0, 6),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return [
        _argument(0),
        (_EQUAL, 0, len(unix), 1),
        *unix,
        (_EQUAL, 1, 0, 2),
        (_EQUAL, 0, len(stream), 10),
        *stream,
        # libzmq asks for the network interfaces by a netlink socket, and takes this one error for "there are none".
        (_EQUAL, 0, 1, 16),
        (_RETURN, 0, 0, _ERRNO | errno.EOPNOTSUPP),
        (_RETURN, 0, 0, _REFUSE),
    ]
