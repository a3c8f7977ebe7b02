"""Kernels that are forks of a process which has imported what they need: the client's side of a warm process.

Importing TensorFlow takes seconds of processor time; a fork has it at once. There is one warm process for student kernels and
one for grader kernels, each inside a bubblewrap of its own, and at most one fork of each at a time. A fork takes mount,
process, IPC and network namespaces of its own and empty folders in memory before it builds the walls of every kernel and
reads a byte of the submission; it ends with everything in its namespaces, and no process below the warm one is left when the next begins.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from assay.errors import AssayError
from assay.kernels import isolation
from assay.kernels.forking import ORDER_BYTES, ORDERS, READY, STARTED
from assay.kernels.isolation import Isolation, Sandbox, Tier
from assay.kernels.launching import Launch, Process, remove
from assay.kernels.processes import children

#: Seconds to import everything; a busy machine and a cold disk are nobody's fault.
START_SECONDS = 120.0
#: Seconds for a fork to say that it runs.
FORK_SECONDS = 30.0
#: Seconds for the processes of a fork to be gone after it was killed.
GONE_SECONDS = 5.0


def launch(sandbox: Sandbox, tier: Tier) -> Launch:
    """A launch whose kernel is a fork of a warm process where that can be had, and otherwise a process of its own."""
    if sandbox.warm is None or not can_fork(tier):
        return Launch(sandbox, tier)
    with _lock:
        warm = _warm_process(sandbox, tier)
        if warm is None or warm.busy:
            return Launch(sandbox, tier)
        warm.busy = True
    try:
        if warm.is_ready():
            return _ForkLaunch(sandbox, tier, warm)
    except BaseException:
        warm.busy = False
        raise
    with _lock:
        _forget(warm)
    return Launch(sandbox, tier)


def prepare(*sandboxes: Sandbox) -> None:
    """Begin to start the warm processes of these sandboxes that are not there yet, so that they import at the same time."""
    for sandbox in sandboxes:
        if sandbox.warm is not None and sandbox.tier is not None and can_fork(sandbox.tier):
            with _lock:
                _warm_process(sandbox, sandbox.tier)


@cache
def can_fork(tier: Tier) -> bool:
    """Whether a process in this tier can make namespaces for its forks here; found by doing it once."""
    if tier.isolation is not Isolation.BUBBLEWRAP:
        return False
    sandbox = Sandbox(tier=tier, warm=())
    try:
        warm = WarmProcess(sandbox, tier)
    except (AssayError, OSError):
        return False
    try:
        with _ForkLaunch(sandbox, tier, warm) as fork:
            return warm.is_ready() and fork.start(probe=True).wait(FORK_SECONDS) == 0
    except (AssayError, OSError, subprocess.SubprocessError):
        return False
    finally:
        warm.close()


def losses() -> int:
    """How many warm processes of this process have ended without being told to, up to now."""
    with _lock:
        for warm in list(_WARM.values()):
            if not warm.is_alive:
                _give_up(warm)
        return len(_LOST)


def close_warm_processes() -> None:
    """End the warm processes of this process; the next kernel that wants one starts it anew."""
    with _lock:
        for warm in list(_WARM.values()):
            warm.close()
        _WARM.clear()


_lock = Lock()
_WARM: dict[tuple[int, str], WarmProcess] = {}
_LOST: list[int] = []


def _warm_process(sandbox: Sandbox, tier: Tier) -> WarmProcess | None:
    """The warm process of this role: one for each assignment would keep too much memory, so another one gets it anew.

    It may not be ready yet. None when it cannot be started.
    """
    place = (os.getpid(), sandbox.role)
    found = _WARM.get(place)
    if found is not None and found.is_alive and found.serves(sandbox, tier):
        return found
    if found is not None:
        if found.busy and found.is_alive:
            return found
        _give_up(found)
    try:
        _WARM[place] = WarmProcess(sandbox, tier)
    except (AssayError, OSError):
        return None
    return _WARM[place]


def _give_up(warm: WarmProcess) -> None:
    """End one; it is a loss if it had ended by itself."""
    if not warm.is_alive and warm in _WARM.values():
        _LOST.append(warm.launch.owner)
    _forget(warm)


def _forget(warm: WarmProcess) -> None:
    for place, other in list(_WARM.items()):
        if other is warm:
            del _WARM[place]
    warm.close()


class WarmProcess:
    """A process that has imported the modules of a sandbox, and forks a kernel for each order.

    Parameters
    ----------
    sandbox
        The role, what can be read and the environment of its kernels; their files and links come with the orders.
    """

    def __init__(self, sandbox: Sandbox, tier: Tier) -> None:
        """Start it; see `is_ready`.

        Raises
        ------
        AssayError
            When it will not be able to read what it should.
        """
        self._serves = _kind(sandbox, tier)
        #: Whether a fork of it may be running.
        self.busy = False
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            own = replace(sandbox, files=None, pass_fds={ORDERS: theirs.fileno()})
            self.launch = _WarmLaunch(own, tier)
            self.launch.start()
        self._orders.settimeout(START_SECONDS)
        self._ready: bool | None = None

    def is_ready(self) -> bool:
        """Wait until everything is imported; False when it ended before, or took too long."""
        if self._ready is None:
            try:
                self._ready = self._orders.recv(len(READY)) == READY
            except OSError:
                self._ready = False
        return self._ready

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.launch.is_running

    def serves(self, sandbox: Sandbox, tier: Tier) -> bool:
        """Whether kernels in this sandbox can be forks of it."""
        return self._serves == _kind(sandbox, tier)

    def fork(self, sockets: str, descriptors: list[int], sizes: dict[str, int]) -> Process:
        """Start a fork.

        Parameters
        ----------
        sockets
            Name of the folder of the kernel's sockets in the one of this process.
        descriptors
            The settings of the kernel, the content of its files and its links.
        sizes
            Bytes that its folders may hold.

        Raises
        ------
        AssayError
            When it does not say that it runs.
        """
        bound = {isolation.SOCKETS: f"{isolation.SOCKETS}/{sockets}"}
        order = json.dumps({"sizes": sizes, "bound": bound, "kept": self._kept(sizes)}).encode()
        if len(order) > ORDER_BYTES:
            raise AssayError("Kernels are to read too many folders below /tmp: name one that holds them all.")
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line.settimeout(FORK_SECONDS)
        try:
            with theirs:
                socket.send_fds(self._orders, [order], [theirs.fileno(), *descriptors])
            message, found, _, _ = socket.recv_fds(line, len(STARTED), 1)
        except OSError:
            message, found = b"", []
        if message != STARTED or not found:
            line.close()
            raise AssayError("The process that kernels are forked from does not answer.")
        return _Fork(found[0], line)

    def _kept(self, covered: Iterable[str]) -> list[str]:
        """What can be read below the folders that each fork gets anew."""
        trees = isolation.trees_inside(self.launch.sandbox)
        return [tree for tree in trees if any(tree.startswith(f"{place}/") for place in covered)]

    def is_alone(self) -> bool:
        """Whether no process of a fork is left, waiting for those that are just ending."""
        number = self.launch.kernel_process()
        deadline = time.monotonic() + GONE_SECONDS
        while number is not None and self.is_alive:
            if not children(number):
                return True
            if time.monotonic() > deadline:
                break
            time.sleep(0.001)
        return False

    def close(self) -> None:
        """End it, and every fork with it."""
        self._orders.close()
        self.launch.close()


def _kind(sandbox: Sandbox, tier: Tier) -> tuple[Any, ...]:
    environment = tuple(sorted(sandbox.environment.items()))
    return tier, sandbox.role, sandbox.warm, sandbox.read_only, environment


class _WarmLaunch(Launch):
    """The start of a warm process: nobody but us runs in it, so no limit holds, and it keeps the right to make namespaces."""

    forks = True

    def _make(self, place: Path) -> None:
        # The forks' folders are in it; each is open for its own user only.
        place.mkdir(mode=0o711)

    def _settings(self, *arguments: Any) -> dict[str, Any]:
        return {**super()._settings(*arguments), "modules": self.sandbox.warm}

    def _environment(self) -> dict[str, str]:
        # matplotlib reads it when it is imported, and ipykernel sets it only when a kernel starts.
        return {**super()._environment(), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}

    def _watch(self) -> None:
        """Not watched: what its forks use counts for them."""


class _ForkLaunch(Launch):
    """The start of a kernel as a fork of a warm process, whose user it becomes."""

    def __init__(self, sandbox: Sandbox, tier: Tier, warm: WarmProcess) -> None:
        self.warm = warm
        self._name = os.urandom(4).hex()
        self._released = False
        super().__init__(sandbox, tier, user=warm.launch.user, sockets=warm.launch.sockets / self._name)

    def _settings(self, *arguments: Any) -> dict[str, Any]:
        linked = list(self.sandbox.pass_fds)
        # Their numbers are others there.
        environment = {name: value for name, value in self._environment().items() if name not in linked}
        return {**super()._settings(*arguments), "environment": environment, "linked": linked}

    def _begun(self, settings: int, content: int, own: list[int], streams: dict[str, int]) -> Process:
        descriptors = [settings, content, *self.sandbox.pass_fds.values()]
        return self.warm.fork(self._name, descriptors, isolation.writable(self.sandbox.limits))

    def _root_process(self) -> int | None:
        process = self.process
        return None if process is None or process.returncode is not None else process.pid

    def close(self) -> None:
        super().close()
        if self._released:
            return
        self._released = True
        if isinstance(self.process, _Fork):
            self.process.close()
        remove(self.sockets)
        if not self.warm.is_alone():
            # Nothing that is left of a submission may see the next one.
            with _lock:
                _give_up(self.warm)
        self.warm.busy = False


class _Fork:
    """The process that everything of a fork ends with, by a descriptor that means it and no other."""

    def __init__(self, descriptor: int, line: socket.socket) -> None:
        self._descriptor, self._line = descriptor, line
        self.returncode: int | None = None
        self._lock = Lock()
        with open(f"/proc/self/fdinfo/{descriptor}") as file:
            numbers = [line.split()[1] for line in file if line.startswith("Pid:")]
        self.pid = int(numbers[0])
        if self.pid <= 0:
            # It has ended already, or /proc is another machine's; as the number to send a signal to it would mean everybody.
            self.close()
            raise AssayError("A fork of the process that kernels are forked from ended at once.")

    def poll(self) -> int | None:
        return self._ended(0.0)

    def wait(self, timeout: float | None = None) -> int:
        status = self._ended(timeout)
        if status is None:
            raise subprocess.TimeoutExpired("a fork", timeout or 0.0)
        return status

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if not poll.poll(None if seconds is None else seconds * 1000):
                return None
            # The thread that watches sandboxes asks, too.
            with self._lock:
                if self.returncode is None:
                    self.returncode = self._status()
        return self.returncode

    def close(self) -> None:
        """Give the descriptors back; it has ended, or is not asked any more."""
        with self._lock:
            if self.returncode is None:
                self.returncode = -signal.SIGKILL
            os.close(self._descriptor)
            self._line.close()

    def _status(self) -> int:
        """What its parent has to say on how it ended."""
        try:
            return int(self._line.recv(16))
        except (OSError, ValueError):
            return -signal.SIGKILL
