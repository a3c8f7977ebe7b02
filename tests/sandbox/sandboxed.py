"""Kernels in a sandbox for the tests of it, and an interpreter that an ordinary user can run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assay.kernels import make_manager
from assay.kernels.isolation import Isolation, attempt

NOBODY = 65534


def tier(name):
    """The tier of this name; skips the test where it does not work."""
    import pytest

    found, why_not = attempt(Isolation(name))
    if found is None:
        pytest.skip(f"{name} does not work here: {why_not}")
    return found


#: Not None while a test runs its kernels as forks of a warm process.
warm_modules = None


def manager_of(sandbox):
    return make_manager(replace(sandbox, warm=warm_modules))


@contextmanager
def kernel(sandbox):
    manager = manager_of(sandbox) if sandbox.warm is None else make_manager(sandbox)
    manager.start_kernel()
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, code, timeout=60):
    """What a cell printed; an error of the cell is in it by its name."""
    texts = []

    def take(message):
        content = message["content"]
        texts.append(content.get("text", ""))
        texts.append(content.get("ename", ""))

    client.execute_interactive(code, output_hook=take, timeout=timeout, store_history=False)
    return "".join(texts).strip()


def processes_with(marker):
    """Numbers of the processes that have this on their command line."""
    found = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                if marker.encode() in (place / "cmdline").read_bytes():
                    found.append(int(place.name))
            except OSError:
                continue
    return found


def below(number):
    """A process and all that descend from it."""
    import psutil

    process = psutil.Process(number)
    return [process, *process.children(recursive=True)]


def gone(numbers, seconds=5.0):
    """Whether all of these processes end within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not [number for number in numbers if _runs(number)]:
            return True
        time.sleep(0.05)
    return False


def _runs(number):
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _interpreter_for_all(folder):
    """An interpreter of this version that any user can run, with the packages of this one; None when there is none."""
    if _works_for_nobody([sys.executable]):
        return (sys.executable,)
    system = f"/usr/bin/python3.{sys.version_info[1]}"
    if not os.path.exists(system):
        return None
    made = subprocess.run([system, "-m", "venv", "--without-pip", folder], capture_output=True, check=False)
    if made.returncode:
        return None
    packages = [path for path in sys.path if path.endswith("-packages") or path.endswith("/src")]
    place = next(Path(folder, "lib").glob("python3*")) / "site-packages" / "packages.pth"
    place.write_text("".join(f"{path}\n" for path in packages))
    os.chmod(folder, 0o755)
    return (f"{folder}/bin/python",) if _works_for_nobody([f"{folder}/bin/python"]) else None


def _works_for_nobody(command):
    try:
        done = as_nobody([*command, "-I", "-c", "import assay.kernels, zmq"], "/")
    except OSError:
        return False
    return done.returncode == 0


def as_nobody(command, home, **options):
    """Run a command as an ordinary user, from root."""
    return subprocess.run(
        command,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd="/",
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


@contextmanager
def ordinary_user():
    """The command of an interpreter for an ordinary user and a home for them; skips where it cannot be had."""
    import pytest

    if os.geteuid() != 0:
        pytest.skip("the tests run as an ordinary user already")
    # Not in pytest's folders: it closes them for others.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        command = _interpreter_for_all(str(folder / "python"))
        if command is None:
            pytest.skip("no interpreter here can be read by an ordinary user")
        home = folder / "home"
        home.mkdir()
        os.chown(home, NOBODY, NOBODY)
        yield list(command), home
