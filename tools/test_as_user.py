"""Runs tests as an ordinary user when root calls it; anybody else is one, and has run them already.

Usage: python tools/test_as_user.py PYTEST-ARGUMENT ...
"""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement

from descent.data import mnist_folder

ROOT = Path(__file__).resolve().parents[1]
#: An id that no system gives away, so that nothing on this machine belongs to it.
USER = 1_400_000_001


def main(arguments: list[str]) -> int:
    """Run pytest with ``arguments`` and return its exit code."""
    if os.geteuid() != 0:
        print("You are an ordinary user, so the tests before have run as one.")
        return 0
    with tempfile.TemporaryDirectory(prefix="assay-user-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o755)
        python = _python_for_others(place)
        if python is None or not _is_open_to_others(ROOT):
            print(
                "The tests as an ordinary user cannot run: nobody but root can read "
                f"{ROOT if python else 'a Python of this version'}. Run make test as an ordinary user instead."
            )
            return 1
        home = place / "home"
        home.mkdir()
        os.chown(home, USER, USER)
        data = place / "data"
        shutil.copytree(mnist_folder(), data / "mnist")
        environment = {
            "HOME": str(home),
            "TMPDIR": str(home),
            "PATH": f"{python.parent}{os.pathsep}{os.defpath}",
            "LANG": "C.UTF-8",
            "DESCENT_DATA": str(data),
            # The templates of nbconvert and nbgrader lie beside the packages, not in them.
            "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(home / "hypothesis"),
            **{key: value for key, value in os.environ.items() if key in ("CI", "ASSAY_TEST_ALL")},
        }
        command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, user=USER, group=USER, extra_groups=[], check=False
        ).returncode


def _python_for_others(place: Path) -> Path | None:
    """An interpreter with this one's packages that an ordinary user can run; root's own may lie in root's home."""
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    if _is_open_to_others(base) and _is_open_to_others(Path(sys.executable)):
        return Path(sys.executable)
    system = shutil.which(
        f"python{sys.version_info.major}.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin"
    )
    if system is None:
        return None
    subprocess.run([system, "-m", "venv", "--without-pip", str(place / "venv")], check=True)
    python = place / "venv" / "bin" / "python"
    found = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    packages = site.getsitepackages()
    folders = [*_other_releases(python, place / "other", packages), *packages, str(ROOT / "src")]
    Path(found, "packages.pth").write_text("\n".join(folders) + "\n", encoding="utf-8")
    # nbgrader starts alembic by its name, and the script beside the other interpreter starts that one.
    script = python.parent / "alembic"
    script.write_text(f"#!{python}\nfrom alembic.config import main\n\nmain()\n", encoding="utf-8")
    script.chmod(0o755)
    return python if all(_is_open_to_others(Path(folder)) for folder in folders) else None


def _other_releases(python: Path, target: Path, packages: list[str]) -> list[str]:
    """A folder with the packages that the lock has in another release for that Python, say of an older patch version."""
    say = (
        "import json; from packaging.markers import default_environment as found; print(json.dumps(found()))"
    )
    path = {"PYTHONPATH": os.pathsep.join(packages)}
    done = subprocess.run([str(python), "-c", say], env=path, check=True, capture_output=True, text=True)
    environment = json.loads(done.stdout)
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    others = [
        f"{requirement.name}{requirement.specifier}"
        for requirement in locked
        if requirement.marker
        and requirement.marker.evaluate(environment)
        and not requirement.marker.evaluate()
    ]
    if not others:
        return []
    install = [sys.executable, "-m", "pip", "install"]
    if find_spec("pip") is None:
        # An environment that uv made has no pip.
        uv = shutil.which("uv")
        if uv is None:
            raise SystemExit(
                "This environment has no pip, and uv is not on the path: make it anew with make venv."
            )
        install = [uv, "pip", "install", "--python", sys.executable]
    subprocess.run([*install, "--quiet", "--no-deps", "--target", str(target), *others], check=True)
    return [str(target)]


def _is_open_to_others(path: Path) -> bool:
    """Whether anybody may read a file or folder and pass through all the folders above it."""
    try:
        above = all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)
        return above and bool(path.stat().st_mode & 0o004)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
