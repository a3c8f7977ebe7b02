"""The grading process stays small whatever a submission sends: outputs, displays, errors, answers, the notebook itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from grading_course import TinyCourse

pytestmark = pytest.mark.slow

MOST_MEGABYTES = 400

FLOODS = {
    "prints": "print('#' * 300_000_000)\nfor _ in range(100_000):\n    print('#' * 10_000)",
    "displays": "for _ in range(40):\n    display({'text/plain': '#' * 7_000_000, 'image/png': 'A' * 900_000}, raw=True)",
    "giants": "for _ in range(6):\n    display({'text/plain': '#' * 60_000_000}, raw=True)",
    "errors": "raise ValueError('#' * 100_000_000)",
    "nested": "import json\nfor _ in range(20):\n    display({'application/json': json.loads('[' * 900 + ']' * 900)}, raw=True)",
    "names": "raise type('E' * 50_000_000, (Exception,), {})('x')",
}
ANSWERS = {
    "large": "import numpy as np\ndef double(x):\n    return np.zeros(20_000_000)\ndef triple(x):\n    return ['#' * 10_000_000] * 20",
    "loud": "def double(x):\n    raise ValueError('#' * 200_000_000)\ndef triple(x):\n    print('#' * 200_000_000)\n    return 3 * x",
}
PROGRAM = """
import json, re, sys
from assay.course import Course
from assay.engine import grade
results = grade(Course.at(sys.argv[1]), "tiny")
# Not ru_maxrss, which counts what the process that started this one had.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024
points = {result.student: result.marks and result.marks.machine_points for result in results}
print(json.dumps({"megabytes": peak, "points": points, "failures": [result.failure for result in results]}))
"""


def flooding(source: str):
    def change(notebook: nbformat.NotebookNode) -> None:
        notebook.cells.insert(2, nbformat.v4.new_code_cell(source))

    return change


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict:
    tiny = TinyCourse(tmp_path_factory.mktemp("memory") / "course", seconds=5)
    for name, source in FLOODS.items():
        tiny.submit(name, change=flooding(source))
    for name, source in ANSWERS.items():
        tiny.submit(name, {"double": source, "triple": "pass"})
    outputs = [nbformat.v4.new_output("stream", text="#" * 1_000_000) for _ in range(104)]
    tiny.submit("huge", change=lambda notebook: notebook.cells[3].update(outputs=outputs))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tiny.root)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    (Path(tiny.root) / "printed.json").write_text(run.stdout, encoding="utf-8")
    return json.loads(run.stdout.splitlines()[-1])


def test_the_grading_process_stays_small(graded: dict):
    assert graded["megabytes"] < MOST_MEGABYTES


def test_a_flood_costs_no_point(graded: dict):
    assert {name: graded["points"][name] for name in (*FLOODS, "huge")} == dict.fromkeys((*FLOODS, "huge"), 6)


def test_answers_that_are_too_large_or_too_loud_earn_nothing(graded: dict):
    assert graded["points"]["large"] == 0
    # Its double raises; its triple is right, whatever it prints.
    assert graded["points"]["loud"] == 2


def test_nothing_failed(graded: dict):
    assert set(graded["failures"]) == {""}
