"""What lies around a course that is attacked: a home, listeners on the loopback, processes; and whether it was touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from attack_course import AttackCourse, Secrets
from attack_files import Attack

# Ends with the test, and after ten minutes in any case.
_VICTIM = (
    "import os, time\nparent, end = os.getppid(), time.time() + 600\n"
    "while os.getppid() == parent and time.time() < end: time.sleep(0.5)"
)
_WATCHED_IN_COURSE = ("source", "submitted", "release", "nbgrader_config.py", "notes_of_the_staff.txt")


@dataclass(frozen=True)
class Visit:
    """Somebody reached a listener of the test."""

    door: str
    said: bytes


class World:
    """A temporary folder with a course, a home and listeners, in which a class of attackers is graded.

    The folder has a short path, since the sockets of kernels lie below it. Use it as a context manager.
    """

    def __init__(self, attacks: list[Attack], *, plain: bool = False) -> None:
        self.attacks = attacks
        self.secrets = Secrets()
        self.folder = Path(tempfile.mkdtemp(prefix="at-", dir="/tmp")).resolve()
        # An ordinary user that a kernel runs as has to get as far as the doors below this folder.
        self.folder.chmod(0o755)
        self.home = self.folder / "home"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.marks = {attack.name: f"at{token_hex(5)}" for attack in attacks}
        self.boasts = {attack.name: (f"boast-{token_hex(4)}", token_hex(4)) for attack in attacks}
        self.visits: list[Visit] = []
        self._sockets: list[socket.socket] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._make_home()
        self.course = AttackCourse(
            self.folder / "course", self.secrets, batch=attacks[0].batch if attacks else "numpy", plain=plain
        )
        self.course.put_secret_into_gradebook()
        self.course.submit_bystanders()

    def __enter__(self) -> World:
        self.port = self._listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0), "tcp")
        self.udp = self._listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0), "udp")
        self.unix = str(self.folder / "door")
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, self.unix, "unix")
        os.chmod(self.unix, 0o777)
        self.abstract = f"at-{token_hex(8)}"
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.abstract}", "abstract")
        self.victims = {
            attack.name: self._victim() for attack in self.attacks if _text(attack).count("@pid@")
        }
        self._victim(self.secrets.process)
        for attack in self.attacks:
            self.course.submit(attack, self.placeholders(attack))
        self.before = self.snapshot()
        return self

    def __exit__(self, *error: object) -> None:
        for one in self._sockets:
            one.close()
        for process in self._processes:
            process.kill()
            process.wait()
        for attack in self.attacks:
            for pid in self.leftovers(attack):
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def placeholders(self, attack: Attack) -> dict[str, str]:
        """What is put in the place of ``@name@`` in the cells of an attack."""
        first, second = self.boasts[attack.name]
        victim = self.victims.get(attack.name)
        return {
            "course": str(self.course.root),
            "home": str(self.home),
            "tmp": str(self.temporary),
            "port": str(self.port),
            "udp": str(self.udp),
            "unix": self.unix,
            "abstract": self.abstract,
            "pid": str(victim.pid if victim else 0),
            "mark": self.marks[attack.name],
            # An expression, so that the traceback of the line that prints it does not hold it.
            "boast": f'("{first}" + "{second}")',
            "python": sys.executable,
        }

    def boast(self, attack: Attack) -> str:
        """What an attack prints when it has done what it must not be able to do."""
        return "".join(self.boasts[attack.name])

    @contextmanager
    def environment(self) -> Iterator[None]:
        """The environment of the grading process: the home is this one, and one variable is a secret."""
        before = dict(os.environ)
        temporary = tempfile.tempdir
        # Caches of the trusted side (fonts) are as warm as on the machine itself.
        os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        os.environ |= {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "DATABASE_PASSWORD": self.secrets.environment,
        }
        tempfile.tempdir = str(self.temporary)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
            tempfile.tempdir = temporary

    def snapshot(self) -> dict[str, str]:
        """The state of everything that no submission may change, by path."""
        found: dict[str, str] = {}
        for top in [*(self.course.root / name for name in _WATCHED_IN_COURSE), self.home]:
            for path in [top, *sorted(top.rglob("*"))] if top.exists() else []:
                found[str(path.relative_to(self.folder))] = _state(path)
        return found

    def new_files(self, attack: Attack) -> list[str]:
        """Paths with the mark of an attack in their name or content, anywhere but in what was handed in or graded."""
        mark = self.marks[attack.name]
        known = {self.course.root / name for name in ("submitted", "autograded", "feedback")}
        found = [str(path) for path in Path("/tmp").glob(f"*{mark}*")]
        found += [str(path) for path in Path("/dev/shm").glob(f"*{mark}*")]
        found += [str(path) for path in Path("/var/tmp").glob(f"*{mark}*")]
        for path in self.folder.rglob("*"):
            if known & set(path.parents) or path.is_symlink() or not path.is_file():
                continue
            if mark in path.name or mark.encode() in path.read_bytes():
                found.append(str(path))
        return found

    def leftovers(self, attack: Attack) -> list[int]:
        """Processes that an attack has marked as its own (by their name or an argument) and that still run."""
        mark = self.marks[attack.name].encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
                words = (folder / "cmdline").read_bytes() + (folder / "comm").read_bytes()
            except OSError:
                continue
            if mark in words and state not in "ZX":
                found.append(int(folder.name))
        return found

    def dead_victims(self) -> list[str]:
        """The attacks whose victim is dead or was stopped."""
        return [name for name, process in self.victims.items() if not _runs(process)]

    def _make_home(self) -> None:
        for name in (
            ".netrc",
            ".local/share/jupyter/runtime/kernel-of-someone.json",
            "letters/to_a_friend.txt",
        ):
            path = self.home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{self.secrets.home}\n", encoding="utf-8")

    def _victim(self, *words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _VICTIM, *words], stdin=subprocess.DEVNULL
        )
        self._processes.append(process)
        return process

    def _listen(self, family: int, kind: int, address: object, door: str) -> int:
        one = socket.socket(family, kind)
        self._sockets.append(one)
        one.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            one.listen(50)
        serve = self._serve_stream if kind == socket.SOCK_STREAM else self._serve_datagrams
        threading.Thread(target=serve, args=(one, door), daemon=True).start()
        return int(one.getsockname()[1]) if family == socket.AF_INET else 0

    def _serve_stream(self, listener: socket.socket, door: str) -> None:
        while True:
            try:
                guest, _ = listener.accept()
            except OSError:
                return
            with guest, suppress(OSError):
                guest.sendall(self.secrets.network.encode())
                guest.settimeout(0.5)
                said = b""
                with suppress(OSError):
                    said = guest.recv(4096)
                self.visits.append(Visit(door, said))

    def _serve_datagrams(self, listener: socket.socket, door: str) -> None:
        while True:
            try:
                said, guest = listener.recvfrom(4096)
            except OSError:
                return
            self.visits.append(Visit(door, said))
            with suppress(OSError):
                listener.sendto(self.secrets.network.encode(), guest)


def _runs(process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        return False
    with suppress(OSError):
        state = Path(f"/proc/{process.pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        return state not in "TtZX"
    return False


def _state(path: Path) -> str:
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    mode = path.lstat().st_mode
    return f"folder {mode & 0o7777:o}" if path.is_dir() else f"special {mode:o}"


def _text(attack: Attack) -> str:
    return "\n".join(cell.source for cells in attack.cells for cell in cells)
