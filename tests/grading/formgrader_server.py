"""A Jupyter server with nbgrader's formgrader, started for a test as a program of its own, on the loopback only."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

ADDRESS = "127.0.0.1"
EXTENSION = "nbgrader.server_extensions.formgrader"
SOURCE = Path(__file__).resolve().parents[2] / "src"
START_SECONDS = 60
# Grading blocks the server: the reply comes when a submission is done.
REPLY_SECONDS = 120
STOP_SECONDS = 15


def private_environment(folder: Path) -> dict[str, str]:
    """An environment in which no setting of a user or of the machine takes part; ``folder`` is made for it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "JPY_", "IPYTHON", "XDG_"))
    }
    folders = {
        "HOME": folder,
        "TMPDIR": folder / "tmp",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
    }
    for path in folders.values():
        path.mkdir(parents=True, exist_ok=True)
    paths = {name: str(path) for name, path in folders.items()}
    # Without this, Jupyter reads /etc and the folder of the environment even when its own folder is elsewhere.
    return {**kept, **paths, "JUPYTER_NO_CONFIG": "1", "PYTHONPATH": str(SOURCE)}


class Formgrader:
    """What a browser with formgrader's pages can ask of a running server."""

    def __init__(self, port: int, token: str, process: psutil.Process) -> None:
        self.port = port
        self.token = token
        self.process = process
        # A proxy of the environment must not take part.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def get_json(self, path: str) -> Any:
        return json.loads(self._ask("GET", path))

    def press(self, path: str) -> dict[str, Any]:
        """Post what a button posts, and return the reply."""
        return json.loads(self._ask("POST", path))

    def still_running(self) -> list[str]:
        """Names of the programs that the server started and that have not ended."""
        _, alive = psutil.wait_procs(self.process.children(recursive=True), timeout=5)
        return [child.name() for child in alive]

    def _ask(self, method: str, path: str) -> str:
        request = urllib.request.Request(
            f"http://{ADDRESS}:{self.port}/formgrader/{path}",
            data=b"" if method == "POST" else None,
            headers={"Authorization": f"token {self.token}"},
            method=method,
        )
        with self._opener.open(request, timeout=REPLY_SECONDS) as reply:
            return reply.read().decode("utf-8")


@contextmanager
def formgrader_of(course: Path, environment: dict[str, str], log_file: Path) -> Iterator[Formgrader]:
    """Serve the course folder; in any case the server and what it started are gone in the end."""
    token = secrets.token_hex(16)
    with socket.create_server((ADDRESS, 0)) as free:
        port = free.getsockname()[1]
    arguments = [
        f"--ServerApp.ip={ADDRESS}",
        f"--ServerApp.port={port}",
        f"--ServerApp.jpserver_extensions={{'{EXTENSION}': True}}",
        "--no-browser",
        "--allow-root",
    ]
    with log_file.open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *arguments],
            cwd=course,
            # Not as an argument, which every user of the machine could read.
            env={**environment, "JUPYTER_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        process = psutil.Process(server.pid)
        try:
            info = Path(environment["JUPYTER_RUNTIME_DIR"], f"jpserver-{server.pid}.json")
            formgrader = _answering(server, process, info, token, log_file)
            yield formgrader
        finally:
            _stop(server, process)


def _answering(
    server: subprocess.Popen[bytes], process: psutil.Process, info: Path, token: str, log: Path
) -> Formgrader:
    """Wait for the server; the port is the one that it says, for another program may have taken the one asked for."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError, ValueError):
            formgrader = Formgrader(int(json.loads(info.read_text())["port"]), token, process)
            if formgrader.get_json("api/status") == {"status": True}:
                return formgrader
        time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


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
