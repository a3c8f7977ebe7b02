"""Tries to break each wall from inside a kernel; every try is bounded by itself, so that a wall that fails harms nobody.

Each function returns what it got hold of in words, or "" when the wall held. They run in the kernel process that
``assay doctor`` and the tests start, and use nothing that a submission could not use.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable

_MEGABYTE = 1024 * 1024
_AT_MOST_PROCESSES = 400


def read_file(path: str) -> str:
    """Read a file outside."""
    with _refusal(), open(path, "rb") as file:
        return f"read {path}: {file.read(80)!r}"
    return ""


def list_folder(path: str, name: str) -> str:
    """See a name in a folder outside."""
    with _refusal():
        return f"saw {name} in {path}" if name in os.listdir(path) else ""
    return ""


def write_outside(folders: Iterable[str]) -> str:
    """Make a file where a kernel has nothing to write."""
    for folder in folders:
        path = os.path.join(folder, "assay-probe")
        with _refusal():
            with open(path, "xb"):
                pass
            os.unlink(path)
            return f"made a file in {folder}"
    return ""


def find_process(marker: str) -> str:
    """Find a process outside by its command line or environment."""
    for number in [name for name in _names("/proc") if name.isdigit()]:
        if int(number) == os.getpid():
            continue
        for part in ("cmdline", "environ"):
            with _refusal(), open(f"/proc/{number}/{part}", "rb") as file:
                if marker.encode() in file.read(1 << 16):
                    return f"found it in /proc/{number}/{part}"
    return ""


def send_signal(number: int) -> str:
    """Signal a process outside."""
    with _refusal():
        os.kill(number, signal.SIGUSR1)
        return f"sent a signal to process {number}"
    return ""


def connect_tcp(port: int) -> str:
    """Connect to a listener on the machine's loopback, also by sending at once."""
    for send_at_once in (False, True):
        with _refusal(), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as link:
            link.settimeout(2)
            if send_at_once:
                link.sendto(b"probe", socket.MSG_FASTOPEN, ("127.0.0.1", port))
            else:
                link.connect(("127.0.0.1", port))
            return f"connected to port {port}"
    return ""


def send_udp(port: int) -> str:
    """Send a datagram to the machine's loopback."""
    with _refusal(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(b"probe", ("127.0.0.1", port))
        return "sent a datagram"
    return ""


def other_sockets() -> str:
    """Make sockets of other families: raw, packet, netlink, virtual machine, cryptography."""
    kinds = [(socket.AF_INET, socket.SOCK_RAW, 1), (17, 3, 3), (16, 3, 0), (40, 1, 0), (38, 5, 0)]
    for family, kind, protocol in kinds:
        with _refusal():
            socket.socket(family, kind, protocol).close()
            return f"made a socket of family {family}"
    return ""


def connect_unix(address: str) -> str:
    """Connect to a unix socket outside; an address that starts with @ is an abstract one."""
    with _refusal(), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.connect("\0" + address[1:] if address.startswith("@") else address)
        return f"connected to {address}"
    return ""


def use_memory(megabytes: int) -> str:
    """Take so much memory in pieces."""
    pieces = []
    try:
        for _ in range(0, megabytes, 16):
            pieces.append(bytearray(16 * _MEGABYTE))
    except MemoryError:
        return ""
    return f"took {len(pieces) * 16} MB"


def use_memory_together(megabytes: int, processes: int) -> str:
    """Take so much memory in each of several processes at one time."""
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(20)
                piece = bytearray(megabytes * _MEGABYTE)
                time.sleep(1.5)
                os._exit(0 if piece else 1)
            finally:
                os._exit(1)
        children.append(child)
    ended = [os.waitpid(child, 0)[1] for child in children]
    if any(ended):
        return "nothing, since the limit of one process was in the way: try with less in each"
    return f"took {megabytes * processes} MB in {processes} processes"


def use_shared_memory(megabytes: int) -> str:
    """Take memory that is shared or in an unnamed file, which limits of a process do not count."""
    with _refusal(MemoryError), mmap.mmap(-1, megabytes * _MEGABYTE):
        return f"mapped {megabytes} MB of shared memory"
    with _refusal(MemoryError):
        number = os.memfd_create("probe")
        os.close(number)
        return "made a file in memory"
    with (
        _refusal(MemoryError),
        open("/dev/zero", "r+b", buffering=0) as zero,
        mmap.mmap(zero.fileno(), megabytes * _MEGABYTE),
    ):
        return f"mapped {megabytes} MB of shared memory by /dev/zero"
    return ""


def write_file(megabytes: int) -> str:
    """Write one file of so many MB into the work folder."""
    return _write("assay-probe", megabytes)


def make_files(number: int) -> str:
    """Make so many empty files, and remove them."""
    os.makedirs("assay-probe-files", exist_ok=True)
    try:
        for index in range(number):
            with open(f"assay-probe-files/{index}", "wb"):
                pass
        # They are looked for several times a second.
        time.sleep(2 if number > 10_000 else 0)
        return f"made {number} files"
    except OSError:
        return ""
    finally:
        for name in os.listdir("assay-probe-files"):
            os.unlink(f"assay-probe-files/{name}")


def fill_scratch(megabytes: int, each: int) -> str:
    """Write files of ``each`` MB until so many MB are written; they are removed afterwards."""
    places = ["assay-probe-{}", "/dev/shm/assay-probe-{}"]
    names: list[str] = []
    written = 0
    try:
        for place in places:
            # Slowly: where no tmpfs bounds it, someone has to look.
            while written < megabytes:
                names.append(place.format(len(names)))
                if not _write(names[-1], each, keep=True):
                    break
                written += each
                time.sleep(0.1)
        return f"wrote {written} MB" if written >= megabytes else ""
    finally:
        for name in names:
            with _refusal():
                os.unlink(name)


def start_processes(number: int) -> str:
    """Have so many processes at one time."""
    gate, opener = os.pipe()
    children: list[int] = []
    try:
        while len(children) < min(number, _AT_MOST_PROCESSES):
            child = os.fork()
            if child == 0:
                os.close(opener)
                signal.alarm(20)
                os.read(gate, 1)
                os._exit(0)
            children.append(child)
    except OSError:
        return ""
    finally:
        os.close(opener)
        os.close(gate)
        for child in children:
            os.waitpid(child, 0)
    return f"ran {len(children)} processes at one time"


def start_threads(number: int) -> str:
    """Have so many threads at one time."""
    done = threading.Event()
    threads: list[threading.Thread] = []
    try:
        while len(threads) < min(number, _AT_MOST_PROCESSES):
            thread = threading.Thread(target=done.wait, args=(20,), daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        return ""
    finally:
        done.set()
    return f"ran {len(threads)} threads at one time"


def open_files(number: int) -> str:
    """Have so many files open at one time."""
    files: list[int] = []
    try:
        for _ in range(number):
            files.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        return ""
    finally:
        for file in files:
            os.close(file)
    return f"opened {number} files"


def new_namespace() -> str:
    """Make a user namespace, by unshare and by clone."""
    libc = _libc()
    for what in (0x10000000, 0x00020000, 0x40000000):
        child = os.fork()
        if child == 0:
            os._exit(0 if libc.unshare(what) == 0 else 1)
        if os.waitpid(child, 0)[1] == 0:
            return f"unshare({what:#x}) worked"
    numbers = {"x86_64": 56, "aarch64": 220}
    number = numbers.get(os.uname().machine)
    if number is not None:
        child = libc.syscall(number, 0x10000000 | signal.SIGCHLD, None, None, None, None)
        if child == 0:
            os._exit(0)
        if child > 0:
            os.waitpid(child, 0)
            return "clone made a user namespace"
    return ""


def mount() -> str:
    """Mount something on a folder of its own, the old way and the new."""
    libc = _libc()
    os.makedirs("assay-probe-mount", exist_ok=True)
    if libc.mount(b"none", b"assay-probe-mount", b"tmpfs", 0, None) == 0:
        libc.umount(b"assay-probe-mount")
        return "mounted a file system"
    handle = libc.syscall(430, b"tmpfs", 0)
    if handle >= 0:
        os.close(handle)
        return "opened a file system"
    return ""


def trace() -> str:
    """Trace a process, and read the memory of one."""
    libc = _libc()
    child = os.fork()
    if child == 0:
        time.sleep(5)
        os._exit(0)
    try:
        if libc.ptrace(16, child, None, None) == 0:
            os.waitpid(child, 0)
            return "traced a process"
        buffer = ctypes.create_string_buffer(8)
        piece = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
        if libc.process_vm_readv(child, piece, 1, piece, 1, 0) > 0:
            return "read the memory of another process"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return ""


def see_environment(marker: str) -> str:
    """Find something of the caller's environment."""
    if any(marker in name or marker in value for name, value in os.environ.items()):
        return "found it in os.environ"
    for number in ("self", "1"):
        with _refusal(), open(f"/proc/{number}/environ", "rb") as file:
            if marker.encode() in file.read():
                return f"found it in /proc/{number}/environ"
    return ""


def gain_rights() -> str:
    """Become root or another user, or hold a capability."""
    found = []
    before = os.getuid()
    for number in (0, 1000):
        if number != before:
            with _refusal():
                os.setuid(number)
                found.append(f"became user {number}")
    with open("/proc/self/status") as file:
        values = dict(line.split(":", 1) for line in file if ":" in line)
    for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        if int(values[name], 16):
            found.append(f"{name} is {values[name].strip()}")
    if values["NoNewPrivs"].strip() != "1":
        found.append("set-user-id programs are honoured")
    return ", ".join(found)


def inherited_files() -> str:
    """Read what a file descriptor of the caller leads to: a regular file or a folder left open."""
    found = []
    for name in _names("/proc/self/fd"):
        with _refusal():
            target = os.readlink(f"/proc/self/fd/{name}")
            if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/tmp/home/")):
                found.append(target)
    return ", ".join(found)


def leave_process(marker: str) -> str:
    """Start a process that belongs to nobody and would run for a minute."""
    code = f"import os, time; os.setsid(); time.sleep(60)  # {marker}"
    child = os.fork()
    if child == 0:
        subprocess.Popen([sys.executable, "-I", "-c", code], stdin=subprocess.DEVNULL, start_new_session=True)
        os._exit(0)
    os.waitpid(child, 0)
    return ""


class _refusal:  # noqa: N801
    """Takes the errors by which a wall refuses."""

    def __init__(self, *more: type[BaseException]) -> None:
        self._taken: tuple[type[BaseException], ...] = (OSError, *more)

    def __enter__(self) -> None:
        """For ``with``."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        """Whether this is a refusal."""
        return kind is not None and issubclass(kind, self._taken)


def _names(folder: str) -> list[str]:
    with _refusal():
        return os.listdir(folder)
    return []


def _write(path: str, megabytes: int, *, keep: bool = False) -> str:
    block = bytes(_MEGABYTE)
    try:
        with open(path, "wb", buffering=0) as file:
            for _ in range(megabytes):
                if file.write(block) != len(block):
                    return ""
        return f"wrote {megabytes} MB into one file"
    except OSError:
        return ""
    finally:
        if not keep:
            with _refusal():
                os.unlink(path)


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


PROBES: dict[str, Callable[..., str]] = {
    function.__name__: function
    for function in (
        read_file,
        list_folder,
        write_outside,
        find_process,
        send_signal,
        connect_tcp,
        send_udp,
        other_sockets,
        connect_unix,
        use_memory,
        use_shared_memory,
        write_file,
        fill_scratch,
        make_files,
        use_memory_together,
        start_processes,
        start_threads,
        open_files,
        new_namespace,
        mount,
        trace,
        see_environment,
        gain_rights,
        inherited_files,
        leave_process,
    )
}
