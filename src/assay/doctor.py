"""Tests every wall around a kernel by trying to break it from inside, and says what to do where one does not hold."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.kernels.watching import MOST_FILES
from assay.usage import HelpFormatter, examples

_SECONDS = 60
#: What a probe says that could not begin because this user has as many processes as may be just now: it is tried again.
_NO_PROCESS_LEFT = "the probe failed: BlockingIOError"
_ATTEMPTS, _PAUSE = 5, 2.0
_ONLY_BEHIND_WALLS = ("mount", "new_namespace", "gain_rights", "write_outside", "make_files")
_MAY_END_THE_KERNEL = ("use_memory_together", "make_files", "fill_scratch")


@dataclass(frozen=True)
class Finding:
    """What became of one try.

    Parameters
    ----------
    wall
        What should hold.
    tried
        How it was tried.
    got
        What the try got hold of; "" when the wall held.
    promised
        Whether this tier promises the wall.
    """

    wall: str
    tried: str
    got: str
    promised: bool = True

    @property
    def held(self) -> bool:
        """Whether the wall stood."""
        return not self.got


def examine(wanted: str | None = None, *, forked: bool = False) -> list[Finding]:
    """Try every wall of a tier, by default the strongest that works here, in kernels started for it.

    Parameters
    ----------
    forked
        Whether the kernels are forks of a warm process, see `assay.kernels.warm`.

    Raises
    ------
    AssayError
        When the tier does not work here.
    """
    from assay.kernels import Limits, Sandbox, choose

    tier = choose(wanted)
    warm: tuple[str, ...] | None = () if forked else None
    limits = Limits(memory_mb=448, processes=64, cpu_seconds=120, file_mb=8, scratch_mb=32, open_files=128)
    with _outside() as outside:
        rows = [row for row in _rows(outside, limits) if _harmless(tier, row)]
        findings: list[Finding] = []
        while rows:
            with _kernel(Sandbox(tier=tier, limits=limits, warm=warm)) as kernel:
                while rows and kernel.parent.is_alive():
                    findings.append(_tried(kernel, outside, tier, *rows.pop(0)))
        return [*findings, _silence(outside, tier), *_after_the_end(outside, tier, warm)]


def add_command(subparsers: Any) -> None:
    """Add ``assay doctor`` to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="test the walls around submissions on this machine",
        description="Say which isolation works here, and test every wall of it by trying to break it from inside. It takes about half a "
        "minute, and ends with 1 when a wall does not hold; docs/security.md says what each is for.",
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay doctor", "before you grade on a new machine"),
            ("assay doctor --isolation landlock", "what would hold without bubblewrap?"),
        ),
    )
    parser.add_argument(
        "--isolation",
        choices=["bubblewrap", "landlock", "none"],
        help="test this one; the strongest that works here by default",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from assay.kernels.isolation import Isolation, advice, attempt, choose
    from assay.kernels.warm import can_fork

    console = Console()
    for isolation in (Isolation.BUBBLEWRAP, Isolation.LANDLOCK):
        tier, why_not = attempt(isolation)
        answer = f"works: {tier.sentence}" if tier else f"does not work: {why_not}"
        console.print(f"{isolation.value} {answer}", markup=False, highlight=False, soft_wrap=True)
    tier = choose(options.isolation)
    console.print(f"Testing {tier.isolation.value}.", markup=False)
    findings = examine(options.isolation)
    tables = {"": findings}
    if can_fork(tier):
        tables = {"in a process of its own": findings}
        tables["in a fork of a warm process"] = examine(options.isolation, forked=True)
    for title, rows in tables.items():
        table = Table("wall", "tried", "held?", title=title)
        for finding in rows:
            table.add_row(finding.wall, finding.tried, _in_words(finding))
        console.print(table)
    findings = [finding for rows in tables.values() for finding in rows]
    broken = [finding for finding in findings if finding.promised and not finding.held]
    if broken:
        console.print(f"{len(broken)} of {len(findings)} walls do not hold. {advice()}", markup=False)
    elif attempt(Isolation.BUBBLEWRAP)[0] is None:
        console.print(f"A stronger isolation is possible. {advice()}", markup=False)
    return 1 if broken else 0


def _in_words(finding: Finding) -> str:
    if finding.held:
        return "yes"
    return f"NO: {finding.got}" if finding.promised else f"not promised: {finding.got}"


@dataclass(frozen=True)
class _Outside:
    """What a kernel must not reach: all of it made for the test and removed after it."""

    marker: str
    home: Path
    temporary: Path
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    abstract: socket.socket
    bystander: subprocess.Popen[bytes]

    @property
    def secrets(self) -> list[Path]:
        return [folder / "canary.txt" for folder in (self.home, self.temporary)]


@contextmanager
def _outside() -> Iterator[_Outside]:
    marker = "canary" + secrets.token_hex(8)
    with ExitStack() as stack:
        home = Path.home()
        base = home if home.is_dir() and os.access(home, os.W_OK) else None
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".assay-doctor-", dir=place)))
            for place in (base, None)
        ]
        for folder in folders:
            folder.chmod(0o755)
            (folder / "canary.txt").write_text(marker)
        links = [
            stack.enter_context(socket.socket(family, kind))
            for family, kind in (
                (socket.AF_INET, socket.SOCK_STREAM),
                (socket.AF_INET, socket.SOCK_DGRAM),
                (socket.AF_UNIX, socket.SOCK_STREAM),
                (socket.AF_UNIX, socket.SOCK_STREAM),
            )
        ]
        tcp, udp, unix, abstract = links
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(folders[1] / "socket"))
        (folders[1] / "socket").chmod(0o777)
        abstract.bind("\0" + marker + "-socket")
        for link in (tcp, unix, abstract):
            link.listen()
        for link in links:
            link.setblocking(False)
        code = "import signal, sys; signal.signal(signal.SIGUSR1, lambda *_: sys.exit(77)); signal.pause()"
        bystander = subprocess.Popen(
            [sys.executable, "-I", "-c", code, marker],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "ASSAY_DOCTOR": marker},
        )
        before = os.environ.get("ASSAY_DOCTOR")
        os.environ["ASSAY_DOCTOR"] = marker
        try:
            yield _Outside(marker, folders[0], folders[1], tcp, udp, unix, abstract, bystander)
        finally:
            os.environ.pop("ASSAY_DOCTOR")
            if before is not None:
                os.environ["ASSAY_DOCTOR"] = before
            bystander.kill()
            bystander.wait()


def _rows(outside: _Outside, limits: Any) -> list[tuple[str, str, str, tuple[Any, ...]]]:
    """Wall, how it is tried, the probe and its arguments."""
    port = outside.tcp.getsockname()[1]
    nowhere = [
        "/",
        "/dev",
        "/run",
        "/run/sockets",
        "/usr",
        "/etc",
        sys.prefix,
        str(outside.home),
        str(outside.temporary),
    ]
    rows: list[tuple[str, str, str, tuple[Any, ...]]] = []
    for place, path in zip(("home", "temporary"), outside.secrets, strict=True):
        rows.append((f"files in the {place} folder", "read a file there", "read_file", (str(path),)))
        rows.append((f"names in the {place} folder", "list it", "list_folder", (str(path.parent), path.name)))
    return [
        *rows,
        ("accounts", "read /etc/shadow", "read_file", ("/etc/shadow",)),
        ("read-only system", "make files outside the scratch folder", "write_outside", (nowhere,)),
        ("open files of the grader", "look at inherited descriptors", "inherited_files", ()),
        ("other processes", "look for one by its command line", "find_process", (outside.marker,)),
        ("signals", "signal a process outside", "send_signal", (outside.bystander.pid,)),
        ("network: TCP", "connect to a listener on 127.0.0.1", "connect_tcp", (port,)),
        ("network: UDP", "send to a socket on 127.0.0.1", "send_udp", (outside.udp.getsockname()[1],)),
        ("network: other", "raw, packet, netlink, vsock, crypto sockets", "other_sockets", ()),
        ("unix sockets", "connect to one in a folder", "connect_unix", (outside.unix.getsockname(),)),
        ("abstract sockets", "connect to one", "connect_unix", (f"@{outside.marker}-socket",)),
        ("memory", f"take {limits.memory_mb + 64} MB", "use_memory", (limits.memory_mb + 64,)),
        ("shared memory", "map memory that no limit counts", "use_shared_memory", (64,)),
        ("size of a file", f"write {limits.file_mb + 1} MB", "write_file", (limits.file_mb + 1,)),
        ("open files", f"open {limits.open_files + 1}", "open_files", (limits.open_files + 1,)),
        ("number of threads", f"start {limits.processes + 8}", "start_threads", (limits.processes + 8,)),
        ("number of processes", f"start {limits.processes + 8}", "start_processes", (limits.processes + 8,)),
        ("namespaces", "make new ones", "new_namespace", ()),
        ("mounts", "mount a file system", "mount", ()),
        ("tracing", "trace and read a process", "trace", ()),
        ("environment", "look for the caller's", "see_environment", (outside.marker,)),
        ("rights", "become root, hold a capability", "gain_rights", ()),
        # The last three: going beyond a limit that holds for all processes together ends the kernel.
        (
            "memory of all processes",
            f"take {limits.memory_mb // 3} MB in 4 processes",
            "use_memory_together",
            (limits.memory_mb // 3, 4),
        ),
        ("number of files", f"make {MOST_FILES + 2000}", "make_files", (MOST_FILES + 2000,)),
        ("scratch space", f"write {limits.scratch_mb + 8} MB", "fill_scratch", (limits.scratch_mb + 8, 4)),
    ]


def _harmless(tier: Any, row: tuple[str, str, str, tuple[Any, ...]]) -> bool:
    """Without any wall some tries would do what they try."""
    return tier.isolation.value != "none" or row[2] not in _ONLY_BEHIND_WALLS


def _tried(
    kernel: Any, outside: _Outside, tier: Any, wall: str, how: str, probe: str, arguments: tuple[Any, ...]
) -> Finding:
    got = call(kernel, probe, *arguments)
    promised = tier.isolation.value != "none"
    if wall == "number of processes" or wall == "number of threads":
        promised = promised and (tier.private_user or os.geteuid() != 0)
    if wall == "signals" and got:
        # Without a private number of processes the same number may be another process inside.
        time.sleep(0.2)
        got = got if outside.bystander.poll() is not None else ""
    return Finding(wall, how, got, promised)


def _silence(outside: _Outside, tier: Any) -> Finding:
    """Whether anything arrived at the sockets and the process outside, whatever the kernel says."""
    got = []
    for name, link in (("TCP", outside.tcp), ("unix", outside.unix), ("abstract", outside.abstract)):
        try:
            link.accept()[0].close()
            got.append(f"a {name} connection")
        except BlockingIOError:
            continue
    try:
        outside.udp.recv(16)
        got.append("a datagram")
    except BlockingIOError:
        pass
    if outside.bystander.poll() is not None:
        got.append("a signal")
    return Finding("silence", "look what arrived outside", ", ".join(got), tier.isolation.value != "none")


def _after_the_end(outside: _Outside, tier: Any, warm: tuple[str, ...] | None) -> list[Finding]:
    """Whether a process, a folder or a socket stays when a kernel is shut down."""
    from assay.kernels import Sandbox, make_manager

    marker = "left" + outside.marker
    manager = make_manager(Sandbox(tier=tier, warm=warm))
    with _running(manager) as kernel:
        call(kernel, "leave_process", marker)
        folder = Path(manager.connection_file).parent
        time.sleep(0.2)
    left = [f"process {number}" for number in _processes_with(marker)]
    for number in _processes_with(marker):
        os.kill(number, signal.SIGKILL)
    if folder.exists():
        left.append(f"folder {folder}")
    return [Finding("nothing left over", "leave a process behind", ", ".join(left))]


def _processes_with(marker: str) -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if marker.encode() in Path("/proc", name, "cmdline").read_bytes():
                    found.append(int(name))
            except OSError:
                continue
    return found


@contextmanager
def _kernel(sandbox: Any) -> Iterator[Any]:
    from assay.kernels import make_manager

    with _running(make_manager(sandbox)) as client:
        yield client


@contextmanager
def _running(manager: Any) -> Iterator[Any]:
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=_SECONDS)
        yield client
    except RuntimeError as error:
        raise AssayError(f"A kernel did not start in the sandbox ({error}).") from error
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def call(client: Any, probe: str, *arguments: Any, seconds: float = _SECONDS) -> str:
    """Run one of ``assay.kernels.probes`` in a kernel: what it got hold of, "" when the kernel ended instead."""
    for _ in range(_ATTEMPTS - 1):
        got = _call_once(client, probe, arguments, seconds)
        if not got.startswith(_NO_PROCESS_LEFT):
            return got
        time.sleep(_PAUSE)
    return _call_once(client, probe, arguments, seconds)


def _call_once(client: Any, probe: str, arguments: tuple, seconds: float) -> str:
    code = f"from assay.kernels import probes\nassay_probe = probes.PROBES[{probe!r}](*{arguments!r})"
    deadline = time.monotonic() + seconds
    identity = client.execute(code, user_expressions={"got": "assay_probe"}, store_history=False)
    while time.monotonic() < deadline:
        try:
            reply = client.get_shell_msg(timeout=0.5)
        except Exception:  # the queue of the client is empty
            if not client.parent.is_alive():
                return "" if probe in _MAY_END_THE_KERNEL else "the kernel ended before it could answer"
            continue
        if reply["parent_header"].get("msg_id") == identity:
            return _answer(reply["content"])
    return "no answer in time"


def _answer(content: dict[str, Any]) -> str:
    if content["status"] != "ok":
        return f"the probe failed: {content.get('ename')}: {content.get('evalue')}"
    shown = content["user_expressions"]["got"].get("data", {}).get("text/plain", "''")
    return str(shown)[1:-1]
