"""Starts one process in its sandbox: its folders, its files, its settings and its environment, all removed after it."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from assay.errors import AssayError
from assay.kernels import isolation, watching
from assay.kernels.fonts import font_lists
from assay.kernels.isolation import Isolation, Sandbox, Tier
from assay.kernels.processes import await_end, children, descendants, kill, opened

# Unix sockets have names of at most 107 bytes, and jupyter_client adds a number.
_LONGEST_BASE = 60
_PREFIX, _LOCK = "assay-kernel-", "lock"
_PRIVATE_USERS = range(1_500_000_000, 2_000_000_000)
_NEVER_MORE_FILES = 10_000
_MANY_PROCESSORS = 16


class Process(Protocol):
    """What of ``subprocess.Popen`` a launch uses."""

    pid: int

    @property
    def returncode(self) -> int | Any:
        """How it ended; None while nobody knows that it has."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; `subprocess.TimeoutExpired` when it runs on."""

    def send_signal(self, number: int) -> None:
        """Send it a signal."""

    def kill(self) -> None:
        """End it at once."""


class Launch:
    """One start of a process in a sandbox; ``close`` ends what is left of it and removes its folders.

    Parameters
    ----------
    sandbox, tier
        What the process gets and how it is isolated.
    """

    #: Whether the process gives its forks namespaces of their own.
    forks = False

    def __init__(
        self, sandbox: Sandbox, tier: Tier, *, user: int | None = None, sockets: Path | None = None
    ) -> None:
        """Make the folders.

        Parameters
        ----------
        user
            Number of the user that the process becomes, a new one when None.
        sockets
            Folder to be made for its sockets, in a folder of its own when None.

        Raises
        ------
        AssayError
            When the process will not be able to read what it should.
        """
        isolation.refuse_closed(sandbox, tier)
        self.sandbox, self.tier, self.owner = sandbox, tier, os.getpid()
        if user is None:
            private = _PRIVATE_USERS[secrets.randbelow(len(_PRIVATE_USERS))]
            user = private if tier.private_user else os.geteuid()
        self.user = user
        _remove_what_the_dead_left()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
        self._lock = _locked(self.folder / _LOCK)
        _OPEN.add(self)
        self.sockets = sockets or self.folder / "s"
        self.process: Process | None = None
        # Why its processes were killed, when they went beyond a limit that holds for all of them together.
        self.reason = ""
        self._root: int | None = None
        self._kernel: int | None = None
        self._made = [self.sockets]
        if tier.isolation is not Isolation.BUBBLEWRAP:
            self.scratch = self.folder / "scratch"
            self._made.append(self.scratch)
        for place in self._made:
            self._make(place)
        if tier.private_user and tier.isolation is Isolation.LANDLOCK:
            self.folder.chmod(0o711)

    def _make(self, place: Path) -> None:
        """Make a folder that the process can write."""
        place.mkdir(mode=0o700)
        if self.tier.private_user:
            os.chown(place, self.user, self.user)

    def __enter__(self) -> Launch:
        """For ``with``."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    @property
    def connection_file(self) -> Path:
        """Where the client's side keeps the connection file; the process inside cannot see it."""
        return self.folder / "kernel.json"

    @property
    def address(self) -> str:
        """The ``ip`` of an ipc connection: the beginning of the sockets' paths outside."""
        return str(self.sockets / "k")

    def start(
        self,
        connection: dict[str, Any] | None = None,
        *,
        probe: bool = False,
        stdout: int = subprocess.DEVNULL,
        stderr: int = subprocess.DEVNULL,
    ) -> Process:
        """Start a kernel with this connection, or a probe that says which walls stand."""
        own: list[int] = []
        try:
            files, content = self._packed(probe)
            own.append(content)
            settings = _memory_file("settings", json.dumps(self._settings(connection, files, content, probe)))
            own.append(settings)
            self.process = self._begun(settings, content, own, {"stdout": stdout, "stderr": stderr})
        finally:
            for descriptor in own:
                os.close(descriptor)
        self._watch()
        return self.process

    def _begun(self, settings: int, content: int, own: list[int], streams: dict[str, int]) -> Process:
        command = [sys.executable, "-I", "-B", "-m", "assay.kernels.start", str(settings)]
        command = [*self._wrapper(own), *command]
        return _start_in_lasting_thread(
            command,
            env=self._environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            pass_fds=[*own, *self.sandbox.pass_fds.values()],
            start_new_session=True,
            **streams,
        )

    def _watch(self) -> None:
        watching.watch(self)

    def _wrapper(self, own: list[int]) -> list[str]:
        if self.tier.isolation is not Isolation.BUBBLEWRAP:
            return []
        user = isolation.user_inside(self.tier, self.user)
        accounts = {
            "/etc/passwd": f"student:x:{user}:{user}::{isolation.SCRATCH}/home:/bin/sh\n",
            "/etc/group": f"student:x:{user}:\n",
            "/etc/hosts": "127.0.0.1 localhost\n",
            "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        }
        descriptors = {path: _memory_file("account", content) for path, content in accounts.items()}
        own += descriptors.values()
        options = isolation.bubblewrap_arguments(
            self.sandbox,
            self.tier,
            sockets=str(self.sockets),
            user=user,
            account_files=descriptors,
            forks=self.forks,
        )
        for name, value in self._environment().items():
            options += ["--setenv", name, value]
        # Not on the command line: the process inside can read that of bubblewrap, and with it paths of this machine.
        arguments = _memory_file("arguments", "\0".join(options))
        own.append(arguments)
        return [str(self.tier.program), "--args", str(arguments)]

    def _environment(self) -> dict[str, str]:
        scratch = self._scratch
        environment = {
            "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": f"{scratch}/home",
            "TMPDIR": f"{scratch}/tmp",
            "USER": "student",
            "LOGNAME": "student",
            "MPLCONFIGDIR": f"{scratch}/home/matplotlib",
            "IPYTHONDIR": f"{scratch}/home/ipython",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONNOUSERSITE": "1",
            "NBGRADER_EXECUTION": "autograde",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        if (os.cpu_count() or 1) > _MANY_PROCESSORS:
            # Libraries start a thread for each processor, and threads count as processes.
            for name in ("OMP", "OPENBLAS", "MKL"):
                environment[f"{name}_NUM_THREADS"] = str(_MANY_PROCESSORS)
            environment["TF_NUM_INTRAOP_THREADS"] = environment["TF_NUM_INTEROP_THREADS"] = str(
                _MANY_PROCESSORS
            )
        environment.update(self.sandbox.environment)
        environment.update({name: str(number) for name, number in self.sandbox.pass_fds.items()})
        return environment

    @property
    def _scratch(self) -> str:
        return isolation.SCRATCH if self.tier.isolation is Isolation.BUBBLEWRAP else str(self.scratch)

    def _settings(
        self, connection: dict[str, Any] | None, files: list[tuple[str, int]], content: int, probe: bool
    ) -> dict[str, Any]:
        wrapped = self.tier.isolation is Isolation.BUBBLEWRAP
        read, devices = ([], []) if wrapped else isolation.landlock_trees(self.sandbox)
        return {
            "isolation": self.tier.isolation.value,
            "user": self.user if self.tier.private_user else None,
            "role": self.sandbox.role,
            "limits": asdict(self.sandbox.limits),
            "connection": connection,
            "sockets": isolation.SOCKETS if wrapped else str(self.sockets),
            "scratch": self._scratch,
            "read": read,
            "devices": devices,
            "files": files,
            "content": content,
            "links": list(self.sandbox.pass_fds.values()),
            "probe": probe,
            "modules": None,
            "starter": os.getpid(),
        }

    def _packed(self, probe: bool) -> tuple[list[tuple[str, int]], int]:
        """What goes into the scratch folder: names with sizes (-1 for a folder), and a descriptor with the content.

        The content goes in through a descriptor, not a mount: the user inside need not be able to read the files
        outside, and nothing of the course's folders appears inside.
        """
        names: list[tuple[str, int]] = []
        limits = self.sandbox.limits
        room = limits.scratch_mb * 1024 * 1024 * 3 // 4
        content = os.memfd_create("files")
        try:
            sources: list[tuple[str, Path | None]] = (
                [] if probe else [(f"home/matplotlib/{path.name}", path) for path in font_lists()]
            )
            if self.sandbox.files is not None:
                sources += [(f"work/{name}", path) for name, path in _regular_files(self.sandbox.files)]
            if len(sources) > _NEVER_MORE_FILES:
                raise AssayError(
                    f"{self.sandbox.files} has more than {_NEVER_MORE_FILES} files: leave some out."
                )
            for name, path in sources:
                if path is None:
                    names.append((name, -1))
                    continue
                size = _append(path, content, min(limits.file_mb * 1024 * 1024, room))
                room -= size
                names.append((name, size))
            os.lseek(content, 0, os.SEEK_SET)
        except BaseException:
            os.close(content)
            raise
        return names, content

    # What runs in the sandbox

    @property
    def is_running(self) -> bool:
        """Whether its process still runs."""
        return self.process is not None and self.process.poll() is None

    def end_for(self, reason: str) -> None:
        """End it and keep the reason."""
        if self.is_running:
            self.reason = reason
            self.end()

    def processes(self) -> list[int]:
        """Every process in the sandbox but its root, which has only the duty to end with the others; kernel first."""
        root = self._root_process()
        return [] if root is None else descendants(root)

    def kernel_process(self) -> int | None:
        """The process that is the kernel: the first one that the root started."""
        if self._kernel is None:
            root = self._root_process()
            if root is not None:
                self._kernel = next(iter(children(root)), None)
        return self._kernel

    def _root_process(self) -> int | None:
        """The process inside which all others end: bubblewrap's init, or our supervisor."""
        process = self.process
        if process is None or process.returncode is not None:
            return None
        if self._root is None:
            if self.tier.isolation is not Isolation.BUBBLEWRAP:
                self._root = process.pid
            else:
                self._root = next(iter(children(process.pid)), None)
        return self._root

    def end(self, patience: float = 5.0) -> None:
        """Kill every process of the sandbox and wait until none is left."""
        process = self.process
        if process is None:
            return
        deadline = time.monotonic() + patience
        if process.poll() is None and self.tier.isolation is not Isolation.BUBBLEWRAP:
            # Our supervisor kills what is below it and ends.
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(patience / 2)
            except subprocess.TimeoutExpired:
                for number in self.processes():
                    kill(number)
        watched = None
        if process.poll() is None:
            root = self._root_process()
            if root is not None:
                watched = opened(root)
                kill(root)
            process.kill()
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        finally:
            if watched is not None:
                await_end(watched, max(0.1, deadline - time.monotonic()))

    def close(self) -> None:
        """End what runs and remove the folders."""
        self.end()
        remove(self.folder)
        if self in _OPEN:
            _OPEN.discard(self)
            os.close(self._lock)


_OPEN: weakref.WeakSet[Launch] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """End the kernels that nobody shut down, in the process that started them."""
    for launch in list(_OPEN):
        if launch.owner == os.getpid():
            launch.close()


def _place() -> str:
    base = tempfile.gettempdir()
    return base if len(base) < _LONGEST_BASE else "/tmp"


@cache
def _remove_what_the_dead_left() -> None:
    """Remove the folders of processes of this user that were killed before they could: nobody holds their locks."""
    for folder in Path(_place()).glob(f"{_PREFIX}*"):
        try:
            if not stat.S_ISDIR(folder.lstat().st_mode) or folder.lstat().st_uid != os.geteuid():
                continue
            lock = _locked(folder / _LOCK, make=False)
        except OSError:
            continue
        remove(folder)
        os.close(lock)


def _locked(path: Path, *, make: bool = True) -> int:
    """A descriptor of this file, locked as long as it is open; OSError when another process has it."""
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT | os.O_EXCL if make else 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _regular_files(folder: Path) -> Iterator[tuple[str, Path | None]]:
    """Relative names of what a folder holds; None for a subfolder. Links, pipes and devices are left out."""
    waiting = [("", folder)]
    while waiting:
        prefix, place = waiting.pop()
        for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
            if entry.is_dir(follow_symlinks=False):
                yield f"{prefix}{entry.name}", None
                waiting.append((f"{prefix}{entry.name}/", Path(entry.path)))
            elif entry.is_file(follow_symlinks=False):
                yield f"{prefix}{entry.name}", Path(entry.path)


def _append(path: Path, target: int, most: int) -> int:
    """Append the content of a regular file to an open one; its size."""
    # Not blocking, and no link: what was a file a moment ago may be something else now.
    source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(source).st_mode):
            raise AssayError(f"{path} is no longer a regular file: put a file in its place.")
        size = 0
        while block := os.read(source, 1 << 20):
            size += len(block)
            if size > most:
                raise AssayError(
                    f"{path} does not fit into the scratch folder of a kernel: raise its limits."
                )
            view = memoryview(block)
            while view:
                view = view[os.write(target, view) :]
        return size
    finally:
        os.close(source)


def _memory_file(name: str, content: str) -> int:
    descriptor = os.memfd_create(name)
    view = memoryview(content.encode())
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _start_in_lasting_thread(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process from a thread that lives as long as this process.

    Linux tells a child that its parent died when the *thread* ends that started it.
    """
    return _lasting_thread(os.getpid()).submit(lambda: subprocess.Popen(command, **options)).result()


@cache
def _lasting_thread(process: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"assay-start-{process}")


def remove(folder: Path) -> None:
    """Remove a folder of ours, with what a submission made unreadable for its own user."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for place, names, _ in os.walk(folder):  # follows no links
        os.chmod(place, 0o700)
        for name in names:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
