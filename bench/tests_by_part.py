"""Prints where the time of ``make test`` goes: seconds of its tests by folder and file, from the record of their last run.

Usage: python bench/tests_by_part.py [RECORD ...]     (by default those in .pytest_cache)
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import machine
from classes import ROOT

#: Files that take less stand together under their folder's name.
NAMED = 10.0


def main() -> None:
    """Read the records, print and write."""
    records = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / ".pytest_cache").glob("*.xml"))
    if not records:
        raise SystemExit("There is no record: run make test first.")
    lines = ["# The tests by part", ""]
    for record in records:
        suite = ElementTree.parse(record).getroot().find("testsuite")
        if suite is None:
            raise SystemExit(f"{record} is no record of pytest.")
        files: dict[str, float] = defaultdict(float)
        numbers: dict[str, int] = defaultdict(int)
        for case in suite.iter("testcase"):
            name = str(case.get("file"))
            files[name] += float(case.get("time", 0))
            numbers[name] += 1
        lines += [
            f"**{record.stem}**: {suite.get('tests')} tests, {float(suite.get('time', 0)) / 60:.1f} minutes on the clock; seconds "
            "of the tests in all processes together:",
            "",
            "| part | tests | seconds |",
            "|---|---|---|",
        ]
        shown: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        for name, seconds in files.items():
            key = name if seconds >= NAMED else f"{name.rpartition('/')[0]}, the others"
            number, total = shown[key]
            shown[key] = number + numbers[name], total + seconds
        rows = sorted(shown.items(), key=lambda item: -item[1][1])
        lines += [f"| {name} | {number} | {seconds:.0f} |" for name, (number, seconds) in rows]
        lines.append("")
    machine.write("tests_by_part", "\n".join(lines))


if __name__ == "__main__":
    main()
