"""A class of any size that nobody has run: marks in a gradebook, and notebooks as grading leaves them behind."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from course_cells import cell
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import (
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import insert

from assay.course import Course

ISOLATION = "bubblewrap 0.8.0 (system) with Landlock ABI 7, calls filtered"
VERSIONS = {"python": "3.11.7", "numpy": "2.4.0", "assay": "of source 0123456789ab"}


@dataclass
class Made:
    """One submission as the test wants it.

    Attributes
    ----------
    statuses
        From a test cell to its status and message; those left out have passed.
    person
        Points for every written answer; None where a person has not looked.
    sources
        From a solution cell to what the student wrote.
    """

    student: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None
    statuses: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    person: float | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, Any] = field(default_factory=dict)
    penalty: float = 0.0
    extra_cells: Sequence[NotebookNode] = ()


def master_of(tasks: Mapping[str, Mapping[str, float]], written: Mapping[str, float]) -> NotebookNode:
    """A master notebook with parts of tested answers, and written answers at its end."""
    cells = [new_markdown_cell("# Synthetic", id="intro"), cell("setup", "import numpy as np", locked=True)]
    for part, tests in tasks.items():
        cells.append(new_markdown_cell(f"## {part}: work", id=f"head-{len(cells)}"))
        for name, points in tests.items():
            cells.append(cell(f"{name}_answer", f"{name} = 1", solution=True))
            cells.append(cell(name, f"assert {name}", grade=True, locked=True, points=points))
    for name, points in written.items():
        cells.append(cell(name, "Why?", kind="markdown", grade=True, solution=True, points=points))
    return new_notebook(cells=cells)


class SyntheticCourse:
    """A course folder with a gradebook; `add` puts an assignment with a class into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        # nbgrader starts alembic by its name.
        programs = str(Path(sys.executable).parent)
        if programs not in os.environ.get("PATH", "").split(os.pathsep):
            os.environ["PATH"] = programs + os.pathsep + os.environ.get("PATH", "")
        (root / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
        self.course = Course.at(root)
        self.url = f"sqlite:///{root / 'gradebook.db'}"

    def add(self, assignment: str, master: NotebookNode, made: Sequence[Made]) -> None:
        """Write a master and what grading would have made of these submissions."""
        folder = self.course.source(assignment)
        folder.mkdir(parents=True)
        nbformat.write(master, folder / f"{assignment}.ipynb")
        graded = _graded(master)
        with Gradebook(self.url) as gradebook:
            gradebook.add_assignment(assignment)
            gradebook.add_notebook(assignment, assignment)
            for one in graded:
                role = one.metadata.nbgrader
                kind = {"max_score": float(role.points), "cell_type": one.cell_type}
                gradebook.add_grade_cell(role.grade_id, assignment, assignment, **kind)
                if role.solution:
                    gradebook.add_solution_cell(role.grade_id, assignment, assignment)
            gradebook.db.commit()
            self.add_students(gradebook, made)
            rows: dict[type, list[dict[str, Any]]] = {
                SubmittedAssignment: [],
                SubmittedNotebook: [],
                Grade: [],
            }
            entry = gradebook.find_assignment(assignment)
            places = [
                (one.id, one.name, one.max_score, one.cell_type) for one in entry.notebooks[0].grade_cells
            ]
            for one in made:
                self._put(rows, assignment, (entry.id, entry.notebooks[0].id), places, master, one)
            for kind, new in rows.items():
                gradebook.db.execute(insert(kind.__table__), new)
            gradebook.db.commit()

    def add_students(self, gradebook: Gradebook, made: Sequence[Made]) -> None:
        """Put people into nbgrader's table of students, unless they are there."""
        known = {one.id for one in gradebook.students}
        rows = [
            {
                "id": one.student,
                "first_name": one.first_name,
                "last_name": one.last_name,
                "email": one.email,
                "lms_user_id": one.lms_user_id,
            }
            for one in made
            if one.student not in known
        ]
        if rows:
            gradebook.db.execute(insert(Student.__table__), rows)
            gradebook.db.commit()

    def _put(
        self,
        rows: dict[type, list[dict[str, Any]]],
        assignment: str,
        entry: tuple[str, str],
        places: Sequence[tuple[str, str, float, str]],
        master: NotebookNode,
        made: Made,
    ) -> None:
        """Add the rows of one submission, one insertion for all of a class being much faster than objects; write its notebook."""
        submission, notebook = new_uuid(), new_uuid()
        rows[SubmittedAssignment].append(
            {"id": submission, "assignment_id": entry[0], "student_id": made.student}
        )
        rows[SubmittedNotebook].append(
            {
                "id": notebook,
                "assignment_id": submission,
                "notebook_id": entry[1],
                "late_submission_penalty": made.penalty or None,
            }
        )
        verdicts = []
        for place, name, maximum, kind in places:
            grade = {"id": new_uuid(), "cell_id": place, "notebook_id": notebook}
            if kind == "markdown":
                grade |= {
                    "auto_score": None,
                    "manual_score": made.person,
                    "needs_manual_grade": made.person is None,
                }
            else:
                status, message = made.statuses.get(name, ("passed", ""))
                points = {"passed": maximum, "grader error": None, "cannot be graded": None}.get(status, 0.0)
                grade |= {"auto_score": points, "manual_score": None, "needs_manual_grade": points is None}
                verdicts.append(
                    {
                        "grade_id": name,
                        "points": points,
                        "max_points": maximum,
                        "status": status,
                        "message": message,
                        "awards": [],
                    }
                )
            rows[Grade].append(grade)
        noted = {
            "repairs": [],
            "incidents": [],
            "verdicts": verdicts,
            "isolation": ISOLATION,
            "seconds": 4.0,
            "versions": VERSIONS,
            "digest": "0",
            **made.noted,
        }
        graded = json.loads(json.dumps(master))
        for one in graded["cells"]:
            one["source"] = made.sources.get(
                one["metadata"].get("nbgrader", {}).get("grade_id", ""), one["source"]
            )
        graded["cells"] += list(made.extra_cells)
        graded["metadata"]["assay"] = noted
        folder = self.root / "autograded" / made.student / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.ipynb").write_text(json.dumps(graded), encoding="utf-8")


def _graded(master: NotebookNode) -> list[NotebookNode]:
    return [one for one in master.cells if one.metadata.get("nbgrader", {}).get("grade")]


TASKS = {
    "Part A": {f"curve_{number}_is_named": 1.0 for number in range(1, 6)},
    "Part B": {f"batch_{number}_is_visited": 1.5 for number in range(1, 8)},
    "Part C": {f"descent_{number}_goes_down": 2.0 for number in range(1, 10)},
}
WRITTEN = {"explain_curves": 2.0, "explain_batches": 3.0, "explain_descent": 5.0}
_SLIPS: Sequence[Callable[[random.Random], tuple[str, str]]] = (
    lambda chance: (
        "failed",
        f"It holds.\ntheta[1]: got {chance.uniform(0, 2):.4f}, expected 0.25 (check the sign)",
    ),
    lambda chance: ("failed", f"It holds.\nshape: got ({chance.randint(2, 60)},), expected (50,)"),
    lambda chance: ("failed", "TypeError: 'NoneType' object is not subscriptable"),
    lambda chance: ("not answered", "NotImplementedError: It holds.\nThis is not answered yet."),
    lambda chance: (
        "failed",
        f"ValueError: line {chance.randint(1, 900)} of {chance.choice('abcdefgh')}{chance.random()}",
    ),
)


def large_class(number: int, seed: int = 0) -> list[Made]:
    """Many students, the same for the same seed: able ones and others, slow ones, some that nobody could mark."""
    chance = random.Random(seed)
    made = []
    tests = [name for names in TASKS.values() for name in names]
    for place in range(1, number + 1):
        skill = chance.betavariate(4, 1.5)
        statuses = {
            name: chance.choice(_SLIPS)(chance)
            for hardness, name in enumerate(tests)
            if chance.random() > skill * (1.08 - 0.02 * hardness)
        }
        if chance.random() < 0.02:
            statuses[tests[3]] = (
                "grader error",
                "The test itself is at fault: NameError: name 'wanted' is not defined",
            )
        noted: dict[str, Any] = {"seconds": round(chance.lognormvariate(1.2, 0.5), 2)}
        if chance.random() < 0.05:
            noted["repairs"] = [f"The cell {chance.choice(tests)} was missing; it was put back."]
        if chance.random() < 0.03:
            name = chance.choice(tests)
            statuses[name] = ("timed out", "The answer did not return within 10 s and was stopped.")
            noted |= {"incidents": [f"{name}: {statuses[name][1]}"], "seconds": 40 + 20 * chance.random()}
        sources = {f"{tests[0]}_answer": "import gc\ngc.get_objects()"} if chance.random() < 0.01 else {}
        person = round(chance.uniform(0, 2), 1) if place % 10 else None
        made.append(
            Made(
                f"s{place:04d}",
                chance.choice(("Zoë", "Jürgen", "علي", "Mei", "O'Neil")),
                chance.choice(("Müller", "García Márquez", "חיים", "李", "Smith, Jr.")),
                f"s{place:04d}@example.org",
                str(9000 + place),
                statuses,
                person,
                sources,
                noted,
            )
        )
    return made
