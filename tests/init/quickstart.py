"""nbgrader's own example course, a notebook of its partial credit beside it, and honest submissions to both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from course_cells import cell
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

ASSIGNMENT = "ps1"
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

SQUARES = 'def squares(n):\n    if n < 1:\n        raise ValueError("too small")\n    return [i * i for i in range(1, n + 1)]'
SUM = "def sum_of_squares(n):\n    return sum(squares(n))"
DOUBLE = "def double(x):\n    return 2 * x"
RIGHT = {
    "squares": SQUARES,
    "sum_of_squares": SUM,
    "sum_of_squares_equation": "$$\\sum_i i^2$$",
    "double": DOUBLE,
}

#: Honest submissions by student: the answers that are not the right ones.
SUBMISSIONS: dict[str, dict[str, str] | None] = {
    "untouched": None,
    "right": {},
    "partly": {
        "squares": "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]",
        "sum_of_squares": "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
        "double": "def double(x):\n    return 2 * x if x < 2 else x",
    },
    "warned": {
        "squares": f"import warnings\n\n\n{SQUARES.replace('    return', '    warnings.warn(chr(33))' + chr(10) + '    return')}",
        "double": "import sys\n\n\ndef double(x):\n    print('doubling', file=sys.stderr)\n    return 2 * x",
    },
}
#: More of them, for `make test-all`.
MORE: dict[str, dict[str, str] | None] = {
    "by_numpy": {
        "squares": "import numpy as np\n\n\ndef squares(n):\n    if n < 1:\n        raise ValueError\n    return list(np.arange(1, n + 1) ** 2)",
        "double": "import numpy as np\n\n\ndef double(x):\n    return np.float64(2.0) * x",
    },
    "prints": {"squares": SQUARES.replace("    return", "    print('squares of', n)\n    return")},
    "syntax": {"squares": "def squares(n)\n    return"},
    "recursive": {
        "sum_of_squares": "def sum_of_squares(n):\n    return 1 if n == 1 else squares(n)[-1] + sum_of_squares(n - 1)"
    },
    "by_class": {
        "double": "class Doubler:\n    def __call__(self, x):\n        return x + x\n\n\ndouble = Doubler()",
    },
}


def problem3() -> nbformat.NotebookNode:
    """One answer and what a test cell can end in: a number is the points that it gives."""

    def test(name: str, source: str) -> nbformat.NotebookNode:
        return cell(name, source, grade=True, locked=True, points=2)

    score = "score = sum(double(x) == 2 * x for x in range(4)) / 2"
    cells = [
        cell("setup", "import numpy as np", locked=True),
        cell(
            "double",
            f"{DOUBLE.replace('return', '### BEGIN SOLUTION' + chr(10) + '    return')}\n    ### END SOLUTION",
            solution=True,
        ),
        test("part_of_the_points", f"{score}\nscore"),
        test("whole_points", "1 + int(double(3) == 6)"),
        test("number_of_numpys", f"{score}\nnp.float64(score)"),
        test("word", "assert double(1) == 2\n'well done'"),
        test("comparison", "double(3) == 6"),
        test(
            "hidden",
            "assert double(1) == 2\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS",
        ),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def run(course: Path, *words: str, status: int = 0) -> str:
    """Run a module of this environment as an activated one would, and return what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=course,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


def nbgrader(course: Path, *words: str) -> str:
    return run(course, "nbgrader", *words)


def new_course(folder: Path) -> Path:
    """What `nbgrader quickstart` makes, with problem 3 and released; nothing of assay's."""
    nbgrader(folder, "quickstart", "course101")
    course = folder / "course101"
    nbformat.write(problem3(), course / "source" / ASSIGNMENT / "problem3.ipynb")
    nbgrader(course, "generate_assignment", ASSIGNMENT)
    return course


def submit(course: Path, student: str, answers: dict[str, str] | None) -> None:
    """Hand in the released notebooks with right answers but for ``answers``; as they were released when None."""
    target = course / "submitted" / student / ASSIGNMENT
    target.mkdir(parents=True)
    for path in (course / "release" / ASSIGNMENT).iterdir():
        if path.suffix != ".ipynb":
            (target / path.name).write_bytes(path.read_bytes())
            continue
        notebook = nbformat.read(path, as_version=4)
        for one in notebook.cells:
            name = one.metadata.get("nbgrader", {}).get("grade_id")
            if answers is not None and name in RIGHT:
                one.source = {**RIGHT, **answers}[name]
        nbformat.write(notebook, target / path.name)


def marks(course: Path, student: str) -> dict[str, float]:
    """What the gradebook says of each cell that the machine marks."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "course101") as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, student)
        return {
            grade.name: float(grade.auto_score)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }
