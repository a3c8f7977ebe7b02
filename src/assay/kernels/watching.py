"""Watches sandboxes for what no limit of a single process bounds: memory, processes and files of all together."""

from __future__ import annotations

import os
import threading
import time
from functools import cache
from typing import TYPE_CHECKING

from assay.kernels.isolation import SCRATCH, Isolation

if TYPE_CHECKING:
    from assay.kernels.launching import Launch

_SECONDS_BETWEEN = 0.2
# Empty files take memory of the machine, but nothing of the size of a tmpfs.
MOST_FILES = 20_000
_PAGE = os.sysconf("SC_PAGE_SIZE")


def watch(launch: Launch) -> None:
    """End this launch when it goes beyond its limits; as long as it has a process."""
    watched = _watched(os.getpid())
    watched.append(launch)


@cache
def _watched(process: int) -> list[Launch]:
    """The launches of this process and one thread that looks after them all."""
    launches: list[Launch] = []
    threading.Thread(target=_look_for_ever, args=(launches,), name="assay-watch", daemon=True).start()
    return launches


def _look_for_ever(launches: list[Launch]) -> None:
    while True:
        start = time.monotonic()
        for launch in list(launches):
            if not launch.is_running:
                launches.remove(launch)
                continue
            try:
                reason = _beyond(launch)
            except OSError:
                continue  # a process or a file went away while it was looked at
            if reason:
                launch.end_for(reason)
        # Whatever there is to look at, looking takes at most a fifth of one processor.
        time.sleep(max(_SECONDS_BETWEEN, 4 * (time.monotonic() - start)))


def _beyond(launch: Launch) -> str:
    """In words what is too much; "" when nothing is."""
    limits = launch.sandbox.limits
    numbers = launch.processes()
    threads = sum(_threads(number) for number in numbers)
    if threads > limits.processes + 32:
        return f"it ran more than {limits.processes} processes and threads at one time"
    if launch.tier.isolation is not Isolation.NONE:
        most = limits.memory_mb * 1024 * 1024
        # Quick and too high, since forked processes share pages: the exact sum is read only when it matters.
        if sum(map(_private, numbers)) > most and sum(map(_share, numbers)) > most:
            return f"its processes together used more than {limits.memory_mb} MB of memory"
    return _too_many_files(launch)


def _threads(number: int) -> int:
    try:
        return len(os.listdir(f"/proc/{number}/task"))
    except OSError:
        return 0


def _private(number: int) -> int:
    """Bytes of memory of a process that no file backs."""
    try:
        with open(f"/proc/{number}/statm") as file:
            _, resident, shared, *_ = map(int, file.read().split())
        return (resident - shared) * _PAGE
    except (OSError, ValueError):
        return 0


def _share(number: int) -> int:
    """The same, where a page that several processes share counts for each in part."""
    try:
        with open(f"/proc/{number}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Pss_Anon:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return _private(number)


def _too_many_files(launch: Launch) -> str:
    limits = launch.sandbox.limits
    if launch.tier.isolation is Isolation.BUBBLEWRAP:
        kernel = launch.kernel_process()
        for place in (SCRATCH, "/dev/shm"):
            state = os.statvfs(f"/proc/{kernel}/root{place}")
            if state.f_files - state.f_ffree > MOST_FILES:
                return f"it made more than {MOST_FILES} files"
        return ""
    size = count = 0
    for folder, _, names in os.walk(launch.scratch):
        count += 1 + len(names)
        if count > MOST_FILES:
            return f"it made more than {MOST_FILES} files"
        for name in names:
            try:
                size += os.lstat(os.path.join(folder, name)).st_blocks * 512
            except OSError:
                continue
        if size > limits.scratch_mb * 1024 * 1024:
            return f"its files together are larger than {limits.scratch_mb} MB"
    return ""
