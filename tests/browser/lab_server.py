"""The JupyterLab of `make lab`, started for a test on a copy of the course, on the loopback and with no setting of a person."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "127.0.0.1"
START_SECONDS = 90
STOP_SECONDS = 15
# A person is asked once whether JupyterLab may fetch its news, and this person has said no.
NO_NEWS = {"fetchNews": "false", "checkForUpdates": False}


@dataclass(frozen=True)
class Lab:
    """A JupyterLab that answers.

    Attributes
    ----------
    course
        The folder of the course, which is the folder that JupyterLab shows.
    url
        Where it answers, with a slash at the end.
    token
        What its pages ask for.
    log
        The file that it writes its log to.
    process
        The server.
    """

    course: Path
    url: str
    token: str
    log: Path
    process: psutil.Process

    def page(self, path: str) -> str:
        """The address of a page that a browser opens without being asked for the token."""
        return f"{self.url}{path}?token={self.token}"

    def last_lines(self, count: int = 60) -> str:
        """The end of the server's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def has_a_name() -> bool:
    """Whether the machine knows the user who runs this; nbgrader asks whose a folder is by name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def private_environment(folder: Path) -> dict[str, str]:
    """An environment with folders of its own for whatever Jupyter, IPython and the browser read or leave behind."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "JPY_", "IPYTHON", "XDG_", "PYTEST_"))
        and not name.lower().endswith("_proxy")
    }
    folders = {
        "HOME": folder / "home",
        "TMPDIR": folder / "tmp",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
        "MPLCONFIGDIR": folder / "matplotlib",
    }
    for path in folders.values():
        path.mkdir(parents=True, exist_ok=True)
    settings = folder / "config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(NO_NEWS), encoding="utf-8")
    # Where the environment of an ordinary user has Jupyter's files elsewhere.
    given = {name: os.environ[name] for name in ("JUPYTER_PATH",) if name in os.environ}
    return {**kept, **given, **{name: str(path) for name, path in folders.items()}}


@contextmanager
def lab_on(course: Path, environment: dict[str, str], log: Path) -> Iterator[Lab]:
    """Serve the course as `make lab` does; in any case the server and what it started are gone in the end."""
    token = secrets.token_hex(16)
    with socket.create_server((ADDRESS, 0)) as free:
        port = free.getsockname()[1]
    options = [f"--ServerApp.port={port}", "--no-browser"]
    with log.open("w", encoding="utf-8") as written:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "lab.py"), *options],
            cwd=course,
            # Not as an argument, which every user of the machine could read.
            env={**environment, "JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        process = psutil.Process(server.pid)
        try:
            info = Path(environment["JUPYTER_RUNTIME_DIR"], f"jpserver-{server.pid}.json")
            yield Lab(course, _answering(server, info, token, log), token, log, process)
        finally:
            _stop(server, process)


def _answering(server: subprocess.Popen[bytes], info: Path, token: str, log: Path) -> str:
    """Wait for the server; the port is the one that it says, for another program may have taken the one asked for."""
    # A proxy of the environment must not take part.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError, ValueError):
            url = f"http://{ADDRESS}:{int(json.loads(info.read_text())['port'])}/"
            request = urllib.request.Request(f"{url}api/status", headers={"Authorization": f"token {token}"})
            with opener.open(request, timeout=10):
                return url
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def _stop(server: subprocess.Popen[bytes], process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        started = process.children(recursive=True)
        process.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        for child in started:
            with suppress(psutil.NoSuchProcess):
                child.kill()
