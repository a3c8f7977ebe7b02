"""Makes the students' kit: one zip with the released notebooks, the wheel that they import, a lock and a guide.

The same inputs give the same bytes: names are sorted, and every file has the same date.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = Path("tools", "student-kit")
NAME = "descent-student-kit"
#: What stands in the zip beside the released notebooks, and where it comes from.
FILES = {
    "README.md": PROJECT / "README.md",
    "LICENSE": Path("LICENSE"),
    "nbgrader_config.py": PROJECT / "nbgrader_config.py",
}
LOCK = PROJECT / "requirements.txt"
#: Zip files begin in 1980; a date in the middle of a day is the same day in every time zone.
DATE = (2020, 1, 1, 12, 0, 0)
EPOCH = "1577880000"
NEVER = re.compile(rb"BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
LEFT_OUT = (".ipynb_checkpoints", "__pycache__")


class KitError(Exception):
    """The kit cannot be made; the text says why and what to do."""


def make_kit(target: Path, root: Path = ROOT) -> Path:
    """Write the kit of the repository in ``root`` to ``target`` and return that.

    Raises
    ------
    KitError
        When nothing is released, the wheel cannot be built, or a file holds what no student may see.
    """
    content = kit_content(root)
    for name, data in readable(content):
        if found := NEVER.search(data):
            raise KitError(
                f"{name} holds '{found.group().decode()}': run make build, and look at what it says."
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kit:
        for name in sorted(content):
            about = zipfile.ZipInfo(f"{NAME}/{name}", DATE)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            kit.writestr(about, content[name])
    return target


def kit_content(root: Path = ROOT) -> dict[str, bytes]:
    """Every file of the kit by its path in the folder that the zip unpacks to."""
    released = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "release").rglob("*"))
        if path.is_file() and not any(part in LEFT_OUT for part in path.parts)
    }
    if not any(name.endswith(".ipynb") for name in released):
        raise KitError(f"{root / 'release'} holds no notebook: run make build first.")
    wheel = build_wheel(root)
    content = {name: (root / path).read_bytes() for name, path in FILES.items()} | released | wheel
    ((name, data),) = wheel.items()
    # With its hash, as all the others: one command installs everything, and nothing else.
    line = f"./{name} \\\n    --hash=sha256:{hashlib.sha256(data).hexdigest()}\n"
    content["requirements.txt"] = (root / LOCK).read_bytes() + line.encode()
    return content


def readable(content: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file of the kit and, packed no longer, every file of the wheel in it."""
    for name, data in content.items():
        if not name.endswith(".whl"):
            yield name, data
            continue
        with zipfile.ZipFile(BytesIO(data)) as wheel:
            for inner in wheel.namelist():
                yield inner, wheel.read(inner)


def build_wheel(root: Path = ROOT) -> dict[str, bytes]:
    """The students' wheel by its file name."""
    with tempfile.TemporaryDirectory() as folder:
        build = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
            cwd=root / PROJECT,
            env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if build.returncode or len(wheels) != 1:
            lines = (build.stderr.strip() or build.stdout.strip() or "it said nothing").splitlines()
            raise KitError(f"The wheel was not built ({lines[-1]}): run make venv, and try again.")
        return {wheels[0].name: wheels[0].read_bytes()}


def main(arguments: list[str] | None = None) -> int:
    """Make the kit and say where it lies; 0 done, 1 something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "dist" / f"{NAME}.zip")
    options = parser.parse_args(arguments)
    try:
        kit = make_kit(options.target)
    except (KitError, OSError) as error:
        print(f"student-kit: {error}", file=sys.stderr)
        return 1
    print(
        f"The students' kit is {kit} ({kit.stat().st_size / 1e6:.1f} MB): unpack it and read its README.md."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
