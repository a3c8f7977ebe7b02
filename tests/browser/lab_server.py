"""The JupyterLab of `make lab`, started for a test on a copy of the course, on the loopback and with no setting of a person."""

from __future__ import annotations

import json
import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from local_servers import serving

ROOT = Path(__file__).resolve().parents[2]
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
    command = [sys.executable, str(ROOT / "tools" / "lab.py")]
    with serving(command, course, environment, log, status="api/status") as server:
        yield Lab(course, server.url, server.token, log, server.process)
