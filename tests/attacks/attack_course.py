"""A tiny course that is worth attacking: a master with secrets in it, low limits, honest and hostile submissions."""

from __future__ import annotations

import copy
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import course_cells
import nbformat
from assay.cells import grade_id
from assay.course import Course
from assay.regions import Kind, drop_regions
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from attack_files import SOLUTIONS, Attack, HostileCell

REPOSITORY = Path(__file__).resolve().parents[2]
ASSIGNMENT = "tiny"

# One place for the names of the engine's limits. They are low, so that an attack meets them before it hurts.
CELL_SECONDS = 4
LIMITS = {
    "numpy": f"""
c.ExecuteInTwoKernels.cell_seconds = {CELL_SECONDS}
c.ExecuteInTwoKernels.grace_seconds = 1.0
c.ExecuteInTwoKernels.notebook_seconds = 60
c.ExecuteInTwoKernels.max_output = 200_000
c.ExecuteInTwoKernels.memory_mb = 700
c.ExecuteInTwoKernels.processes = 64
c.ExecuteInTwoKernels.scratch_mb = 64
c.ExecuteInTwoKernels.file_mb = 32
""",
    "keras": """
c.ExecuteInTwoKernels.cell_seconds = 60
c.ExecuteInTwoKernels.notebook_seconds = 240
c.ExecuteInTwoKernels.memory_mb = 3000
""",
}
# What nbgrader does when nobody has told it anything but to stop an endless cell.
PLAIN_CONFIG = f"""
import os, sys
c = get_config()
programs = os.path.dirname(sys.executable)
os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
c.Execute.timeout = {CELL_SECONDS}
c.Execute.error_on_timeout = {{"ename": "TimeoutError", "evalue": "", "traceback": []}}
c.ExecutePreprocessor.startup_timeout = 60
"""

POINTS = {
    "test_double": 3.0,
    "test_total": 2.0,
    "test_answer": 1.0,
    "test_mapped": 2.0,
    "test_tally": 1.0,
    "test_countdown": 1.0,
    "test_distance": 1.0,
    "test_session": 1.0,
    "test_root": 1.0,
}
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "total": "def total(values):\n    return float(np.sum(values))",
    "answer": "answer = 42",
    "mapped": "def mapped(function, values):\n    return [function(value) for value in values]",
    "tally": (
        "class Tally:\n    def __init__(self):\n        self.value = 0\n        self.count = 0\n\n"
        "    def add(self, amount):\n        self.value += amount\n        self.count += 1\n\n"
        "    def __len__(self):\n        return self.count"
    ),
    "countdown": "def countdown(start):\n    while start > 0:\n        yield start\n        start -= 1",
    "distance": "def distance(x, y):\n    return (x**2 + y**2) ** 0.5",
    "session": (
        "class Session:\n    def __init__(self):\n        self.notes = []\n\n    def __enter__(self):\n"
        "        return self\n\n    def __exit__(self, *error):\n        return False\n\n"
        "    def note(self, text):\n        self.notes.append(text)"
    ),
    "root": "def root(x):\n    return x**0.5",
}
WRONG = {
    "double": "def double(x):\n    return x",
    "total": "def total(values):\n    return -1.0",
    "answer": "answer = 41",
    "mapped": "def mapped(function, values):\n    return list(values)",
    "tally": (
        "class Tally:\n    value = 0\n\n    def add(self, amount):\n        pass\n\n"
        "    def __len__(self):\n        return 0"
    ),
    "countdown": "def countdown(start):\n    yield from range(start)",
    "distance": "def distance(x, y):\n    return x + y",
    "session": (
        "class Session:\n    notes = ()\n\n    def __enter__(self):\n        return self\n\n"
        "    def __exit__(self, *error):\n        return False\n\n    def note(self, text):\n        pass"
    ),
    "root": "def root(x):\n    return x",
}
OPEN = "raise NotImplementedError()"
BYSTANDERS = {"ada": SOLUTIONS, "bob": (), "zoe": ("double", "total", "tally")}


@dataclass(frozen=True)
class Secrets:
    """Random strings that nobody may ever see again, by where they lie; and numbers that only feedback must not show."""

    hidden_test: str = field(default_factory=lambda: f"canary-hidden-{token_hex(8)}")
    solution: str = field(default_factory=lambda: f"canary-solution-{token_hex(8)}")
    gradebook: str = field(default_factory=lambda: f"canary-gradebook-{token_hex(8)}")
    environment: str = field(default_factory=lambda: f"canary-environment-{token_hex(8)}")
    process: str = field(default_factory=lambda: f"canary-process-{token_hex(8)}")
    neighbour: str = field(default_factory=lambda: f"canary-neighbour-{token_hex(8)}")
    course: str = field(default_factory=lambda: f"canary-course-{token_hex(8)}")
    home: str = field(default_factory=lambda: f"canary-home-{token_hex(8)}")
    network: str = field(default_factory=lambda: f"canary-network-{token_hex(8)}")
    hidden_input: int = field(default_factory=lambda: 10**12 + int(token_hex(4), 16))

    def words(self) -> dict[str, str]:
        """The strings by the name of their place."""
        return {name: value for name, value in vars(self).items() if isinstance(value, str)}


def points_of(solutions: frozenset[str] | tuple[str, ...]) -> dict[str, float]:
    """The marks by machine of a submission in which these solutions are right."""
    return {
        name: points if name.removeprefix("test_") in solutions else 0.0 for name, points in POINTS.items()
    }


def master(secrets: Secrets) -> NotebookNode:
    """Nine tasks; their tests have visible and hidden parts, as claims, as plain asserts and by ``numpy.testing``."""
    cells = [
        new_markdown_cell("# Tiny\n\n15 points.", id="intro"),
        course_cells.cell(
            "setup",
            "import numpy as np\nfrom numpy.testing import assert_allclose\n\nfrom assay import checks\n\n"
            'numbers = np.loadtxt("numbers.csv")',
            locked=True,
        ),
    ]
    for name in SOLUTIONS:
        cells.append(new_markdown_cell(f"## Part {name}", id=f"part-{name}"))
        if name == "distance":
            # An import that is neither locked nor graded, as authors leave it: it is the course's all the same.
            cells.append(new_code_cell("import math", id="more-imports"))
        cells.append(course_cells.cell(name, _solution(RIGHT[name], secrets.solution), solution=True))
        test = _tests(secrets)[name]
        cells.append(
            course_cells.cell(f"test_{name}", test, grade=True, locked=True, points=POINTS[f"test_{name}"])
        )
    cells.append(new_markdown_cell("Why?", id="why-question"))
    cells.append(course_cells.cell("why", "Because.", kind="markdown", grade=True, solution=True, points=2.0))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


class AttackCourse:
    """A course folder with one assignment."""

    def __init__(self, root: Path, secrets: Secrets, *, batch: str = "numpy", plain: bool = False) -> None:
        self.root = root
        self.secrets = secrets
        self.master = master(secrets)
        source = root / "source" / ASSIGNMENT
        source.mkdir(parents=True)
        nbformat.write(self.master, source / f"{ASSIGNMENT}.ipynb")
        (source / "numbers.csv").write_text("1.5\n2.25\n-0.75\n4.0\n", encoding="utf-8")
        (root / "notes_of_the_staff.txt").write_text(f"{secrets.course}\n", encoding="utf-8")
        config = PLAIN_CONFIG
        if not plain:
            config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8") + LIMITS[batch]
        (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
        (root / "submitted").mkdir()

    @property
    def course(self) -> Course:
        return Course.at(self.root)

    def put_secret_into_gradebook(self) -> None:
        """Add a student of another class whose name is the secret."""
        from nbgrader.api import Gradebook

        # nbgrader starts alembic by its name, which is not found when this environment is used without being activated.
        programs = str(Path(sys.executable).parent)
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as gradebook:
            gradebook.add_student("grace", last_name=self.secrets.gradebook)

    def submit_bystanders(self) -> None:
        """Hand in three honest submissions: all right, all wrong and half right."""
        for student, right in BYSTANDERS.items():
            notebook = self.answered(frozenset(right))
            notebook.cells.append(new_code_cell(f"# {self.secrets.neighbour}", id="neighbour"))
            folder = self.folder(student)
            folder.mkdir(parents=True)
            (folder / "notes.txt").write_text(f"{self.secrets.neighbour}\n", encoding="utf-8")
            _write(notebook, folder)

    def submit(self, attack: Attack, placeholders: dict[str, str]) -> None:
        """Hand in the submissions of an attack, with its placeholders filled in."""
        for student, cells in zip(attack.students, attack.cells, strict=True):
            notebook = self.answered(attack.honest)
            for place, cell in enumerate(cells):
                _put(notebook, cell, fill(cell.source, placeholders), f"extra-{place}")
            folder = self.folder(student)
            folder.mkdir(parents=True)
            if attack.prepare is None or attack.prepare(folder, notebook) is not False:
                _write(notebook, folder)
            _fill_files(folder, placeholders)

    def answered(self, right: frozenset[str]) -> NotebookNode:
        """What a student hands in who has some solutions right and the others wrong."""
        notebook = copy.deepcopy(self.master)
        for cell in notebook.cells:
            name = grade_id(cell)
            if name in RIGHT:
                cell.source = (RIGHT if name in right else WRONG)[name]
            elif name == "why":
                cell.source = "Since it is so."
            cell.source = drop_regions(cell.source, Kind.HIDDEN_TESTS)
        return notebook

    def folder(self, student: str) -> Path:
        return self.root / "submitted" / student / ASSIGNMENT


def fill(text: str, placeholders: dict[str, str]) -> str:
    """Put what the runner knows in the place of ``@name@``."""
    for name, value in placeholders.items():
        text = text.replace(f"@{name}@", value)
    return text


def _fill_files(folder: Path, placeholders: dict[str, str]) -> None:
    """Fill in the placeholders of the small text files that an attack brings along."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 100_000 or path.suffix != ".py":
            continue
        path.write_text(fill(path.read_text(encoding="utf-8"), placeholders), encoding="utf-8")


def _write(notebook: NotebookNode, folder: Path) -> None:
    (folder / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _put(notebook: NotebookNode, cell: HostileCell, source: str, cell_id: str) -> None:
    """Replace a cell's source, or put an extra cell behind it and behind the extra cells that follow it already."""
    ends = {"first": 0, "end": len(notebook.cells)}
    if cell.place in ends and cell.extra:
        place = ends[cell.place]
    else:
        place = next(number for number, one in enumerate(notebook.cells) if grade_id(one) == cell.place)
        if not cell.extra:
            notebook.cells[place].source = source
            return
        place += 1
    while place < len(notebook.cells) and notebook.cells[place].id.startswith("extra-"):
        place += 1
    notebook.cells.insert(place, new_code_cell(source, id=cell_id))


def _solution(source: str, secret: str) -> str:
    return f"### BEGIN SOLUTION\n# {secret}\n{source}\n### END SOLUTION"


def _tests(secrets: Secrets) -> dict[str, str]:
    """The test cells by task. What they compare with is computed before a student's function is called."""
    hidden = secrets.hidden_test
    return {
        "double": f'''
@checks.claim
def double_doubles():
    """Two becomes four."""
    checks.close(double(2), 4, "double(2)")


### BEGIN HIDDEN TESTS
@checks.claim
def double_doubles_others():
    """Doubling works for numbers that nobody told."""
    canary = "{hidden}"
    for number in (-3.5, {secrets.hidden_input}, 0):
        checks.close(double(number), 2 * number, "double of a number")
### END HIDDEN TESTS
'''.strip(),
        "total": f"""
assert total([1, 2, 3]) == 6
assert_allclose(total([0.5, 0.25]), 0.75)
### BEGIN HIDDEN TESTS
expected = numbers.sum()
np.testing.assert_allclose(total(numbers), expected, err_msg="{hidden}")
assert len(numbers) == 4 and numbers.sum() == expected
assert total([{secrets.hidden_input}, 1]) == {secrets.hidden_input + 1}
### END HIDDEN TESTS
""".strip(),
        "answer": f"""
assert answer is not None
### BEGIN HIDDEN TESTS
assert answer == 42, "{hidden}"
### END HIDDEN TESTS
""".strip(),
        "mapped": f"""
assert mapped(lambda value: value + 1, [1, 2]) == [2, 3]
### BEGIN HIDDEN TESTS
calls = []


def spy(value):
    assert value in (3, 1), "{hidden}"
    calls.append(value)
    return value * 10


assert mapped(spy, [3, 1]) == [30, 10]
assert calls == [3, 1]
doubled = [2 * value for value in numbers.tolist()]
assert mapped(lambda value: 2 * value, numbers.tolist()) == doubled
### END HIDDEN TESTS
""".strip(),
        "tally": f"""
one = Tally()
one.add(2)
one.add(5)
assert one.value == 7
### BEGIN HIDDEN TESTS
two = Tally()
two.add(-1)
assert (two.value, len(two), len(one)) == (-1, 1, 2), "{hidden}"
### END HIDDEN TESTS
""".strip(),
        "countdown": f"""
assert list(countdown(3)) == [3, 2, 1]
### BEGIN HIDDEN TESTS
assert list(countdown(7)) == [7, 6, 5, 4, 3, 2, 1], "{hidden}"
### END HIDDEN TESTS
""".strip(),
        "distance": f"""
assert abs(distance(3, 4) - 5) < 1e-9
### BEGIN HIDDEN TESTS
assert round(distance(6, 8) - 10, 7) == 0, "{hidden}"
### END HIDDEN TESTS
""".strip(),
        "session": f"""
with Session() as one:
    one.note("begin")
    assert one.notes == ["begin"]
### BEGIN HIDDEN TESTS
with Session() as two:
    two.note("a")
    two.note("b")
    assert list(two.notes) == ["a", "b"], "{hidden}"
### END HIDDEN TESTS
""".strip(),
        "root": f"""
assert math.isclose(root(9), 3)
### BEGIN HIDDEN TESTS
assert math.isclose(root(2), math.sqrt(2)), "{hidden}"
### END HIDDEN TESTS
""".strip(),
    }
