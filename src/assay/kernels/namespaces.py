"""What a fork of a warm process does to be alone: namespaces of its own, with scratch folders that nobody used before.

As `assay.kernels.walls` this needs the standard library only, and the rights that bubblewrap leaves a warm process.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_MOUNTS, _HOST_NAME, _IPC, _PROCESSES, _NETWORK = 0x00020000, 0x04000000, 0x08000000, 0x20000000, 0x40000000
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _NO_PROGRAMS, _REMOUNT = 1, 2, 4, 8, 32
_BIND, _RECURSIVE, _SLAVE = 4096, 1 << 14, 1 << 19
_PERMISSIONS = 0o1777


def leave_the_others() -> None:
    """Take namespaces of its own for this process and, for the numbers of processes, for its children.

    Raises
    ------
    OSError
        When the machine does not let it.
    """
    _check(_LIBC.unshare(_MOUNTS | _HOST_NAME | _IPC | _PROCESSES | _NETWORK), "leave its namespaces")


def mount_fresh(sizes: Mapping[str, int], bound: Mapping[str, str], kept: Iterable[str] = ()) -> None:
    """Put empty folders in memory, and a list of the processes of this namespace, over what is there.

    Parameters
    ----------
    sizes
        Bytes that each folder may hold.
    bound
        Folders that appear at the place of others.
    kept
        Files and folders below those of ``sizes`` that stay visible, as they are mounted now.
    """
    _mount("none", "/", None, _RECURSIVE | _SLAVE)
    for place, inner in bound.items():
        _mount(inner, place, None, _BIND)
    # A descriptor leads to what is covered.
    opened = {place: os.open(place, os.O_PATH | os.O_CLOEXEC) for place in kept}
    for place, size in sizes.items():
        _mount("tmpfs", place, "tmpfs", _NO_SETUID | _NO_DEVICES, f"size={size},mode={_PERMISSIONS:o}")
    for place, descriptor in opened.items():
        _make_for(place, descriptor)
        _mount(f"/proc/self/fd/{descriptor}", place, None, _BIND)
        os.close(descriptor)
    _mount("proc", "/proc", "proc", _NO_SETUID | _NO_DEVICES | _NO_PROGRAMS)
    # All forks see it: terminals can be opened as before, and no mark can be left on what is there.
    _mount("none", "/dev/pts", None, _BIND | _REMOUNT | _READ_ONLY | _NO_SETUID | _NO_PROGRAMS)


def open_standard_streams_anew() -> None:
    """Put files of its own in the place of those that it shares with its parent, whose flags would go from fork to fork."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)


def _make_for(place: str, descriptor: int) -> None:
    """Make what a file or folder can be mounted on, and the folders above it, which all may enter."""
    for folder in reversed(Path(place).parents):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o755)
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.mkdir(place)
    else:
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))


def close_all_but(kept: Collection[int]) -> None:
    """Close every descriptor of this process but these."""
    for name in os.listdir("/proc/self/fd"):
        if int(name) not in kept:
            try:
                os.close(int(name))
            except OSError:
                continue  # the one that listed them


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [None if word is None else word.encode() for word in (source, target, kind, data)]
    done = _LIBC.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    _check(done, f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"The process could not {what}: {os.strerror(ctypes.get_errno())}.")
