"""A graded notebook with every kind of box, written down as grading leaves it: no kernel is needed to make its feedback."""

from __future__ import annotations

import base64
import copy
import io
from pathlib import Path
from typing import Any

import nbformat
from course_cells import cell
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from PIL import Image

from assay.course import Course
from assay.verdict import Status, Verdict

REPOSITORY = Path(__file__).resolve().parents[2]
NAME = "everything"
STUDENT = "ada"
RUBRIC = "The rubric: one point for naming the linear term of the expansion."
HIDDEN_SENTENCE = "Doubling works for the number that nobody told."
HIDDEN_LINE = 'checks.close(double(77345), 154690, "a number nobody told")'
FIXED = "the shape is that of the input, transposed (keep the order of the axes)"
OWN = "def helper(x):\n    return x + 'a'\n\n\ndef double(x):\n    return helper(x)"


def claim(name: str, sentence: str, *lines: str) -> str:
    return f'@checks.claim\ndef {name}():\n    """{sentence}"""\n' + "".join(f"    {line}\n" for line in lines)


def hidden(text: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{text}### END HIDDEN TESTS"


def test(name: str, points: float, source: str) -> NotebookNode:
    return cell(name, source, grade=True, locked=True, points=points)


test.__test__ = False  # type: ignore[attr-defined]


def failed(sentence: str, message: str, *, line: int = 1, count: int = 9) -> NotebookNode:
    """What a claim that failed puts out."""
    return error("ClaimFailed", f"{sentence}\n{message}", line=line, count=count)


def error(kind: str, message: str, *further: str, line: int = 1, count: int = 9) -> NotebookNode:
    return new_output(
        "error",
        ename=kind,
        evalue=message,
        traceback=[f"Cell In[{count}], line {line}\n", f"{kind}: {message}", *further],
    )


def picture(kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 20), "#0072B2").save(content, kind)
    return content.getvalue()


def tests() -> list[tuple[NotebookNode, Verdict | None, list[NotebookNode]]]:
    """Test cells with what the machine found and what they put out; the hidden ones come last."""
    found: list[tuple[NotebookNode, Verdict | None, list[NotebookNode]]] = []

    def add(name: str, points: float, source: str, status: Status | None, *outputs: Any, **more: Any) -> None:
        earned = more.pop("earned", points if status is Status.PASSED else 0.0)
        verdict = None if status is None else Verdict(name, earned, points, status, **more)
        found.append((test(name, points, source), verdict, list(outputs)))

    two = claim("two", "Two becomes four.", 'checks.close(double(2), 4, "double(2)", hint="times two")')
    add("it_passes", 1, two, Status.PASSED)
    add(
        "it_fails", 1, two, Status.FAILED,
        failed("Two becomes four.", "double(2): got 5, expected 4 (times two)"),
    )  # fmt: skip
    traceback = "In the student's code:\ncell, line 6, in double: return helper(x)\ncell, line 2, in helper: return x + 'a'"
    add("it_raises", 1, two, Status.FAILED, error("TypeError", "no + of int and str", traceback))
    add("it_is_open", 1, two, Status.NOT_ANSWERED, error("NotImplementedError", "Two becomes four.\nThis is not answered yet."))
    add("it_is_stuck", 1, two, Status.TIMED_OUT, error("TimedOut", "x"), message="The answer did not return within 3 s and was stopped.")
    add("it_dies", 1, two, Status.DIED, error("KernelDied", "x"), message="The answer ended its kernel when it was tested.")
    add(
        "it_is_partly_right", 2, 'checks.award(1, "right shape")', Status.PARTLY,
        new_output("stream", name="stdout", text="awarded: 1 point: right shape\n"),
        earned=1.0, awards=((1.0, "right shape"),),
    )  # fmt: skip
    add("the_grader_broke", 1, two, Status.GRADER_ERROR, error("GraderError", "secret_of_the_grader"), earned=None, message="The test itself is at fault: secret_of_the_grader")
    add("it_cannot_be_taken_in", 1, two, Status.UNGRADABLE, error("GraderError", "x"), earned=None, message="double: an object that cannot be sent")
    add("it_was_not_run", 1, two, None)
    add("a_person_marked_it", 2, two, Status.GRADER_ERROR, earned=None, message="secret_of_the_grader")
    add("a_person_marked_it_before", 2, two, Status.PASSED)
    add("plain_asserts", 1, "assert double(2) == 4\nassert double(0) == 0", Status.FAILED, error("AssertionError", "", line=2))
    secret = hidden(claim("others", HIDDEN_SENTENCE, HIDDEN_LINE))
    add(
        "it_fails_where_nobody_sees", 3, two + secret, Status.FAILED,
        new_output("stream", name="stdout", text="passed: Two becomes four.\n77345\n"),
        failed(HIDDEN_SENTENCE, "a number nobody told: got 0, expected 154690", line=6),
    )  # fmt: skip
    shape = hidden(claim("shape", "The shape is right.", f'checks.holds(shape(x_hidden) == (3, 2), "{FIXED}")'))
    add("a_fixed_message", 1, two + shape, Status.FAILED, failed("The shape is right.", FIXED, line=6))
    add("it_fails_further_down", 1, two, Status.FAILED, failed("Two becomes four.", "double(2): got 77345, expected 4 (times two)"))
    return found


def master() -> NotebookNode:
    cells = [
        cell("intro", "# Everything at once: $\\theta_{t+1}$\n\nAll of it.\n\n$$L(\\theta) = \\sum_i \\frac{1}{2} x_i'$$", kind="markdown", locked=True),
        cell("part_a", "## Part A (20 points): by machine\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |", kind="markdown", locked=True),
        cell("double_question", "### A1: write `double`", kind="markdown", locked=True),
        cell("double", OWN, solution=True),
        *(one for one, _, _ in tests()),
        cell("part_b", "## Part B (8 points): by a person", kind="markdown", locked=True),
        cell("why_question", f"#### Why?\n\n### BEGIN MARK SCHEME\n{RUBRIC}\n### END MARK SCHEME", kind="markdown", locked=True),
        cell("it_waits", "Since it is *linear*.", kind="markdown", grade=True, solution=True, points=2),
        cell("it_is_marked", "Because $x > 0$.", kind="markdown", grade=True, solution=True, points=2),
        cell("nobody_answered", "YOUR ANSWER HERE", kind="markdown", grade=True, solution=True, points=1),
        cell("code_by_a_person", "answer = 42", grade=True, solution=True, points=2),
        cell("a_task", "Do something and show it.", kind="markdown", task=True, points=1),
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def students_cells() -> list[NotebookNode]:
    """What a student added, with what it showed: everything that a page could make of it."""
    shown = new_code_cell("show()", id="shown")
    png = base64.b64encode(picture()).decode()
    shown.outputs = [
        new_output("stream", name="stdout", text="x" * 300 + "\nsecond\n"),
        new_output("stream", name="stderr", text="a \x1b[31mwarning\x1b[39m\n"),
        new_output("error", ename="ValueError", evalue="own", traceback=["\x1b[31mValueError\x1b[39m: own mistake"]),
        new_output("display_data", data={"image/png": png}, metadata={"image/png": {"alt": "A blue bar, twice as wide as high."}}),
        new_output("display_data", data={"image/png": png, "text/plain": "<Figure size 1x1>"}),
        new_output("execute_result", data={"text/html": "<table class='dataframe'><tr><th></th><th>loss</th></tr><tr><th>0</th><td>0.5</td></tr></table>"}),
        new_output("display_data", data={"text/latex": "$\\eta > \\frac{2}{\\lambda}$ and words"}),
        new_output("display_data", data={"text/markdown": "**bold** and $x$"}),
        new_output("execute_result", data={"text/plain": "array([1, 2])"}),
    ]  # fmt: skip
    text = "##### My notes\n\n- [ ] open\n- [x] done\n\n![local](plots/bar.png) ![gone](gone.png) [](https://example.org/x)\n\n$\\undefined{$"
    return [new_markdown_cell(text, id="notes"), shown, new_code_cell("1 / 0", id="stops")]


class FeedbackCourse:
    """A course folder with one graded submission, whose gradebook has points, comments and a late penalty."""

    def __init__(self, root: Path, *, late: float = 1.5, second: bool = True) -> None:
        root.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text((REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8"), encoding="utf-8")
        self.root, self.course = root, Course.at(root)
        self.master = master()
        source = root / "source" / NAME
        source.mkdir(parents=True)
        nbformat.write(self.master, source / f"{NAME}.ipynb")
        # The settings also say where nbgrader finds alembic.
        self.config = self.course.config()
        self._write_graded()
        self._write_gradebook(late, second)

    def page(self) -> str:
        folders = CourseDirectory(config=self.config, assignment_id=NAME)
        GenerateFeedback(coursedir=folders, config=self.config).start()
        return (self.root / "feedback" / STUDENT / NAME / f"{NAME}.html").read_text(encoding="utf-8")

    def _write_graded(self) -> None:
        graded = copy.deepcopy(self.master)
        place = next(number for number, one in enumerate(graded.cells) if one.id == "double") + 1
        own = students_cells()
        graded.cells[place:place] = own
        verdicts, by_id = [], {one.id: one for one in graded.cells}
        for one, verdict, outputs in tests():
            by_id[one.id].outputs, by_id[one.id].execution_count = outputs, 9
            verdicts += [] if verdict is None else [verdict.as_json()]
        by_id["stops"].execution_count = 5
        by_id["stops"].outputs = [new_output("error", ename="ZeroDivisionError", evalue="x", traceback=["Cell In[5], line 1\n"])]
        submitted = {"shown": copy.deepcopy(by_id["shown"].outputs)}
        submitted["it_fails_further_down"] = [failed("Two becomes four.", "double(2): got 3, expected 4 (times two)", count=77)]
        by_id["shown"].outputs = [new_output("stream", name="stdout", text="printed while grading\n")]
        graded.metadata["assay"] = {
            "verdicts": verdicts,
            "repairs": ["The cell it_passes was missing; it was put back."],
            "incidents": [
                "The cell double did not end in time.",
                "Cell 5 ended its kernel.",
                f"Cell {len(graded.cells) + 9} ended its kernel.",
                "it_is_stuck: The answer did not return within 3 s and was stopped.",
                "the_grader_broke: The test itself is at fault: secret_of_the_grader",
                "The course's own cell intro failed in the grader: secret_of_the_grader",
            ],
            "submitted_outputs": submitted,
            "isolation": "none",
        }
        folder = self.root / "autograded" / STUDENT / NAME
        (folder / "plots").mkdir(parents=True)
        (folder / "plots" / "bar.png").write_bytes(picture())
        nbformat.write(graded, folder / f"{NAME}.ipynb")

    def _write_gradebook(self, late: float, second: bool) -> None:
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as book:
            book.add_assignment(NAME)
            names = [NAME, *(["another one"] if second else [])]
            for name in names:
                book.add_notebook(name, NAME)
            for one in self.master.cells:
                role = one.metadata["nbgrader"]
                kind = {"max_score": role.get("points"), "cell_type": one.cell_type}
                if role["task"]:
                    book.add_task_cell(role["grade_id"], NAME, NAME, **kind)
                elif role["grade"]:
                    book.add_grade_cell(role["grade_id"], NAME, NAME, **kind)
                if role["solution"]:
                    book.add_solution_cell(role["grade_id"], NAME, NAME)
            book.add_student(STUDENT)
            book.add_submission(NAME, STUDENT)
            for _, verdict, _ in tests():
                if verdict is not None:
                    book.find_grade(verdict.grade_id, NAME, NAME, STUDENT).auto_score = verdict.points
                    book.find_grade(verdict.grade_id, NAME, NAME, STUDENT).needs_manual_grade = verdict.points is None

            def mark(name: str, points: float | None, waits: bool = False, comment: str = "") -> None:
                grade = book.find_grade(name, NAME, NAME, STUDENT)
                grade.manual_score, grade.needs_manual_grade = points, waits
                if comment:
                    book.find_comment(name, NAME, NAME, STUDENT).manual_comment = comment

            mark("a_person_marked_it", 1.5)
            mark("a_person_marked_it_before", 1.0, waits=True)
            mark("it_was_not_run", None, waits=True)
            mark("it_waits", None, waits=True)
            mark("it_is_marked", 1.0, comment="Say **why** $x > 0$ matters.")
            mark("nobody_answered", None)
            mark("code_by_a_person", 2.0, comment="Good.")
            mark("a_task", None, waits=True)
            book.find_comment("double", NAME, NAME, STUDENT).manual_comment = "Mind the type."
            if late:
                # nbgrader keeps it with the notebook.
                book.find_submission_notebook(NAME, NAME, STUDENT).late_submission_penalty = late
            book.db.commit()
