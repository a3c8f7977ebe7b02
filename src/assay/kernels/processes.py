"""Processes and their children, as /proc shows them."""

from __future__ import annotations

import os
import select
import signal
from functools import cache


def descendants(root: int) -> list[int]:
    """The processes below this one, parents before their children."""
    found = children(root)
    for number in found:
        found += children(number)  # the list grows while it is walked
    return found


def children(number: int) -> list[int]:
    """The processes that this one or any thread of it started, and the orphans it adopted."""
    try:
        found: list[int] = []
        for thread in os.listdir(f"/proc/{number}/task"):
            try:
                with open(f"/proc/{number}/task/{thread}/children") as file:
                    found += map(int, file.read().split())
            except (FileNotFoundError, ProcessLookupError):
                if not _lists_children():
                    return _children_by_psutil(number)
        return found
    except (FileNotFoundError, ProcessLookupError, NotADirectoryError):
        return []


@cache
def _lists_children() -> bool:
    """Whether this kernel was built with lists of children."""
    return os.path.exists(f"/proc/self/task/{os.getpid()}/children")


def _children_by_psutil(number: int) -> list[int]:
    import psutil

    try:
        return [child.pid for child in psutil.Process(number).children()]
    except psutil.Error:
        return []


def kill(number: int) -> None:
    """End this process at once, if it is still there."""
    send(number, signal.SIGKILL)


def send(number: int, which: int) -> None:
    """Send a signal to this process, if it is still there."""
    try:
        os.kill(number, which)
    except ProcessLookupError:
        return


def is_dead(number: int) -> bool:
    """Whether this process has ended, even if nobody has asked for its status yet."""
    try:
        with open(f"/proc/{number}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except (FileNotFoundError, ProcessLookupError):
        return True


def opened(number: int) -> int | None:
    """A descriptor that becomes readable when this process has ended."""
    try:
        return os.pidfd_open(number)
    except OSError:
        return None


def await_end(descriptor: int, seconds: float) -> None:
    """Wait for the process of such a descriptor, and close it."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    try:
        poll.poll(seconds * 1000)
    finally:
        os.close(descriptor)
