"""A student and an instructor go the whole way in a real browser, from the release to the feedback, on a real assignment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import lab_pages
import nbformat
import pytest
import screenshots
from browser_course import (
    ASSIGNMENT,
    COURSE,
    HOSTILE,
    STUDENT,
    answer,
    answers,
    fetched_notebook,
    make_course,
    number_of,
    submit_hostile,
)
from lab_pages import Instructor, Person, Student
from lab_server import ROOT, Lab, has_a_name, lab_on, private_environment
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, expect

from assay.cells import grade_id, is_solution, role
from assay.gradebook import isolation_of, read_marks
from assay.verdict import Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("lab_in_browser"),
    pytest.mark.skipif(
        lab_pages.CHROMIUM is None, reason="There is no Chromium on this machine to open JupyterLab in."
    ),
    pytest.mark.skipif(
        not has_a_name(), reason="nbgrader's exchange refuses a user who has no name on this machine."
    ),
]

# The student forgets the product rule at first, and exchanges two labels for good: Validate cannot see that, a hidden test does.
WITHOUT_PRODUCT_RULE = """def loss(theta):
    return theta * np.cos(np.pi * theta)


def gradient(theta):
    return np.cos(np.pi * theta)
"""
WITH_PRODUCT_RULE = WITHOUT_PRODUCT_RULE.replace(
    "return np.cos(np.pi * theta)\n", "return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)\n"
)
LABELS = 'curve_labels = {"A": "high", "B": "good", "C": "very high", "D": "low"}'
SLOPE_TEST = "gradient_is_the_slope_of_the_loss"
SENTENCE = "The gradient is -1 at 1 and -pi/2 at 0.5."
MARKED = "explain_curves"
COMMENT = (
    "Good reasons for A, C and D. Look at B again: where do its iterates go once they are near the bottom?"
)
POINTS = 1.5

# Hostile files that act for certain wherever their outputs are shown as they are.
ACTING = (
    "event_handlers",
    "markdown_html",
    "script_in_html",
    "script_mimes",
    "svg_script",
    "css_exfiltration",
)
CLICK_WHAT_ACTS = """() => {
  for (const link of document.querySelectorAll("#notebook a, #notebook area"))
    if (/^\\s*(javascript|vbscript|data):/i.test(link.href)) link.click();
  for (const form of document.querySelectorAll("#notebook form")) HTMLFormElement.prototype.submit.call(form);
}"""


@dataclass
class Way:
    """What was seen on the way.

    Attributes
    ----------
    said
        Messages of nbgrader and texts of pages, by the name of the step.
    strangers
        Requests of the student's browser to other servers, while working and submitting.
    asked
        What formgrader asked its server for while it opened the student's submission.
    """

    said: dict[str, str] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def way() -> Way:
    return Way()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("browser") / "course")


@pytest.fixture(scope="module")
def hostile(course: Path) -> dict[str, NotebookNode]:
    """The hostile notebooks by the name of their file, all of which one student has handed in."""
    return submit_hostile(course)


@pytest.fixture(scope="module")
def lab(
    course: Path, hostile: dict[str, NotebookNode], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("lab")
    with lab_on(course, private_environment(folder), folder / "jupyterlab.log") as running:
        yield running
        started = [running.process, *running.process.children(recursive=True)]
    assert [one for one in started if one.is_running()] == []


@pytest.fixture(scope="module")
def browser(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with lab_pages.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="module")
def instructor(browser: Browser, lab: Lab) -> Iterator[Instructor]:
    person = Instructor(browser, lab)
    screenshots.PERSONS.append(person)
    yield person
    screenshots.PERSONS.remove(person)
    person.close()


@pytest.fixture(scope="module")
def student(browser: Browser, lab: Lab) -> Iterator[Student]:
    person = Student(browser, lab)
    screenshots.PERSONS.append(person)
    yield person
    screenshots.PERSONS.remove(person)
    person.close()


@pytest.fixture(scope="module")
def released(instructor: Instructor, way: Way) -> None:
    instructor.open_formgrader()
    way.said["generate"] = instructor.press(ASSIGNMENT, "assign")
    way.said["release"] = instructor.press(ASSIGNMENT, "release")


@pytest.fixture(scope="module")
def fetched(released: None, student: Student, course: Path) -> NotebookNode:
    """The notebook as it came; after that, all answers but two stand in it, as from an earlier evening."""
    student.open_list()
    student.fetch(ASSIGNMENT)
    path = fetched_notebook(course)
    notebook = nbformat.read(path, as_version=4)
    given = answers()
    del given["curve_labels"], given["loss_and_gradient"]
    answer(path, given)
    return notebook


@pytest.fixture(scope="module")
def validated(fetched: NotebookNode, student: Student, way: Way) -> None:
    """Two cells filled, all run, validated; one of them mended, all run, validated again."""
    last = max(number for number, cell in enumerate(fetched.cells) if cell.cell_type == "code")
    slope, gradient = number_of(fetched, SLOPE_TEST), number_of(fetched, "loss_and_gradient")
    student.open_notebook(ASSIGNMENT)
    student.fill(number_of(fetched, "curve_labels"), LABELS)
    student.fill(gradient, WITHOUT_PRODUCT_RULE)
    student.run_all(slope)
    way.said["run with the slip"] = student.look_at(slope)
    student.look_at(gradient)
    dialog = student.validate()
    way.said["failed"] = dialog.inner_text()
    # The message stands at the end.
    dialog.locator(".jp-Dialog-body").hover()
    student.page.mouse.wheel(0, 10_000)
    expect(dialog.get_by_text("gradient(0.5): got")).to_be_in_viewport()
    screenshots.picture(student, "lab-validate-failed", height=740)
    dialog.get_by_role("button", name="Ok").click()
    student.fill(gradient, WITH_PRODUCT_RULE)
    student.run_all(last)
    way.said["run when mended"] = student.look_at(slope)
    student.look_at(gradient)
    dialog = student.validate()
    way.said["passed"] = dialog.inner_text()
    screenshots.picture(student, "lab-validate-passed", height=740)
    dialog.get_by_role("button", name="Ok").click()


@pytest.fixture(scope="module")
def submitted(validated: None, student: Student, way: Way) -> None:
    way.said["submitted"] = student.submit(ASSIGNMENT).inner_text()
    way.strangers = student.strangers()
    screenshots.picture(student, "assignment-list", height=480)


@pytest.fixture(scope="module")
def graded(submitted: None, instructor: Instructor, way: Way) -> None:
    way.said["collect"] = instructor.press(ASSIGNMENT, "collect")
    instructor.submissions(ASSIGNMENT)
    way.said["before grading"] = instructor.row(STUDENT).inner_text()
    way.said["autograde"] = instructor.press(STUDENT, "autograde")
    way.said["graded"] = instructor.row(STUDENT).inner_text()
    instructor.row(STUDENT).scroll_into_view_if_needed()
    screenshots.picture(instructor, "formgrader", height=760)


@pytest.fixture(scope="module")
def marked(graded: None, instructor: Instructor, fetched: NotebookNode, way: Way) -> None:
    """One written answer is marked with points and a comment, and every other one gets all its points."""
    way.asked = asked_for(instructor, STUDENT)
    instructor.mark(MARKED, POINTS, COMMENT)
    way.said["rubric and answer"] = instructor.seen_with(MARKED)
    screenshots.picture(instructor, "formgrader-marking")
    written = [grade_id(cell) for cell in fetched.cells if is_solution(cell) and role(cell).get("grade")]
    for name in written:
        if name != MARKED:
            instructor.full_credit(name)
    instructor.submissions(ASSIGNMENT)
    way.said["marked"] = instructor.row(STUDENT).inner_text()


@pytest.fixture(scope="module")
def feedback(marked: None, instructor: Instructor, student: Student, way: Way) -> str:
    way.said["generate feedback"] = instructor.press(STUDENT, "generate-feedback")
    way.said["release feedback"] = instructor.press(STUDENT, "release-feedback")
    student.refresh_list()
    page = student.fetch_feedback(ASSIGNMENT)
    page.wait_for()
    expect(page).to_contain_text(COMMENT)
    screenshots.picture(student, "feedback-in-browser")
    return page.inner_text()


def marks_of(course: Path, student: str):
    folder = course / "autograded" / student / ASSIGNMENT
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", COURSE) as book:
        return read_marks(book, folder, ASSIGNMENT, student)


def test_the_instructor_generates_and_releases_with_two_clicks(
    released: None, way: Way, course: Path
) -> None:
    assert "Successfully created the student version" in way.said["generate"]
    assert "Successfully released" in way.said["release"]
    assert "WARNING" not in way.said["release"]
    outbound = course / "exchange" / "shared" / COURSE / "outbound" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert "HIDDEN TESTS" not in outbound.read_text(encoding="utf-8")


def test_assignment_list_fetches_what_was_released(fetched: NotebookNode, course: Path) -> None:
    released = nbformat.read(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    assert fetched == released


def test_a_slip_is_seen_where_it_was_made_and_by_validate(validated: None, way: Way) -> None:
    assert "ClaimFailed" in way.said["run with the slip"]
    assert "The following cell failed:" in way.said["failed"]
    for said in (way.said["run with the slip"], way.said["failed"]):
        assert SENTENCE in said
        assert "gradient(0.5): got" in said


def test_mending_it_makes_validate_pass(validated: None, way: Way) -> None:
    assert "ClaimFailed" not in way.said["run when mended"]
    assert "Success! Your notebook passes all the tests." in way.said["passed"]


def test_assignment_list_submits(submitted: None, way: Way, course: Path) -> None:
    inbound = list((course / "exchange" / "shared" / COURSE / "inbound").iterdir())
    assert [path.name.split("+")[:2] for path in inbound] == [[STUDENT, ASSIGNMENT]]
    assert inbound[0].name.split("+")[2] in way.said["submitted"]


def test_formgrader_collects_the_submission_and_grades_it_by_our_engine(
    graded: None, way: Way, course: Path
) -> None:
    assert "Successfully collected" in way.said["collect"]
    assert "needs autograding" in way.said["before grading"]
    assert f"Successfully autograded '{ASSIGNMENT}' for student '{STUDENT}'." in way.said["autograde"]
    assert "needs manual grading" in way.said["graded"]
    assert "17.5 / 30" in way.said["graded"]
    assert isolation_of(course / "autograded" / STUDENT / ASSIGNMENT)
    marks = marks_of(course, STUDENT)
    failed = [verdict.grade_id for verdict in marks.verdicts if verdict.status is Status.FAILED]
    assert failed == ["curves_are_labelled"]


def test_a_written_answer_is_marked_with_its_rubric_in_view(marked: None, way: Way, course: Path) -> None:
    assert "Rubric (2 points)." in way.said["rubric and answer"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", COURSE) as book:
        grade = book.find_grade(MARKED, ASSIGNMENT, ASSIGNMENT, STUDENT)
        comment = book.find_comment(MARKED, ASSIGNMENT, ASSIGNMENT, STUDENT)
        assert (grade.manual_score, grade.needs_manual_grade) == (POINTS, False)
        assert comment.manual_comment == COMMENT
    assert "28.5 / 30" in way.said["marked"]
    assert re.search(r"(?<!needs manual )\bgraded", way.said["marked"])


def test_the_student_fetches_the_feedback_and_reads_points_and_comment(feedback: str, way: Way) -> None:
    assert "Successfully generated feedback" in way.said["generate feedback"]
    assert "Successfully released feedback" in way.said["release feedback"]
    assert "28.5" in feedback
    assert COMMENT in feedback


@dataclass(frozen=True)
class Attacked:
    """What happened when formgrader opened the submission with hostile cells.

    Attributes
    ----------
    cells
        The sources of the cells that were shown.
    canaries, strangers, asked, errors
        What scripts left behind, requests to other servers, what the page asked its own server for beyond what an
        honest submission's page asks for, and what the page's own scripts raised.
    """

    cells: set[str]
    canaries: list[str]
    strangers: list[str]
    asked: set[str]
    errors: list[str]


@pytest.fixture(scope="module")
def attacked(marked: None, instructor: Instructor, course: Path, way: Way) -> Attacked:
    instructor.submissions(ASSIGNMENT)
    way.said["hostile"] = instructor.press(HOSTILE, "autograde")
    errors = len(instructor.errors)
    hostile = asked_for(instructor, HOSTILE)
    if not instructor.canaries():
        instructor.frame.evaluate(CLICK_WHAT_ACTS)
        instructor.full_credit(MARKED)
    notebook = nbformat.read(autograded(course, HOSTILE), as_version=4)
    return Attacked(
        {cell.source for cell in notebook.cells},
        instructor.canaries(),
        instructor.strangers(),
        hostile - way.asked,
        instructor.errors[errors:],
    )


def asked_for(instructor: Instructor, student: str) -> set[str]:
    """What formgrader's pages asked the server for while a submission was opened; MathJax asks by what there is to set."""
    before = len(instructor.requests)
    instructor.open_submission(ASSIGNMENT, student)
    instructor.frame.wait_for_load_state("networkidle")
    asked = {one for one, outermost in instructor.requests[before:] if not outermost}
    names = {re.sub(r"[0-9a-f]{32}|student\d\d", "ID", one) for one in asked}
    return {one for one in names if "/static/jupyter_server_mathjax/" not in one}


def autograded(course: Path, student: str) -> Path:
    return course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def test_the_hostile_cells_were_graded_and_shown(
    attacked: Attacked, hostile: dict[str, NotebookNode], way: Way
) -> None:
    assert "Successfully autograded" in way.said["hostile"]
    code = {cell.source for one in hostile.values() for cell in one.cells if cell.cell_type == "code"}
    assert len(code) > 15
    assert code <= attacked.cells


def test_a_hostile_submission_runs_no_script_in_formgrader(attacked: Attacked) -> None:
    assert attacked.canaries == []
    assert attacked.errors == []


def test_a_hostile_submission_asks_for_nothing_that_an_honest_one_does_not(attacked: Attacked) -> None:
    assert attacked.asked == set()
    assert attacked.strangers == []


def test_the_same_cells_act_in_formgrader_when_they_have_not_been_cleaned(
    attacked: Attacked,
    hostile: dict[str, NotebookNode],
    instructor: Instructor,
    browser: Browser,
    lab: Lab,
    course: Path,
) -> None:
    """What is seen of a hostile page above would say little if the same browser saw nothing here."""
    path = autograded(course, HOSTILE)
    graded = path.read_text(encoding="utf-8")
    # nbgrader leaves it read-only.
    path.chmod(0o644)
    notebook = nbformat.reads(graded, as_version=4)
    notebook.cells += [cell for name in ACTING for cell in hostile[name].cells]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    person = Person(browser, lab, urlsplit(instructor.frame.url).path.lstrip("/"))
    screenshots.PERSONS.append(person)
    try:
        person.page.wait_for_function("document.documentElement.hasAttribute('data-pwned')")
        assert person.canaries()
        assert any("canary.invalid" in one for one in person.strangers())
    finally:
        screenshots.PERSONS.remove(person)
        person.close()
        path.write_text(graded, encoding="utf-8")


def test_formulas_are_set_where_there_is_no_network(attacked: Attacked, instructor: Instructor) -> None:
    assert instructor.grader.locator(".MathJax").count() > 20


def test_neither_jupyterlab_nor_formgrader_asked_any_other_server(
    attacked: Attacked, student: Student, instructor: Instructor, way: Way
) -> None:
    assert min(len(student.requests), len(instructor.requests)) > 100
    assert way.strangers == []
    assert instructor.strangers() == []


def test_make_lab_starts_what_is_tested_here() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlab:")[2].partition("\n\n")[0]
    assert "tools/lab.py $(LAB_OPTIONS)" in recipe
