"""Whichever hidden claim of the course fails, and whatever it says then, the page holds no word and no value of it: no kernel is needed to see that."""

from __future__ import annotations

from functools import cache

import nbformat
import pytest
from course_copies import ROOT
from feedback_scan import Secrets, leaks, secrets_of
from nbformat import NotebookNode
from nbformat.v4 import new_output

from assay.boxes import Claim, claims_of
from assay.cells import grade_id, is_test, role
from assay.course import Course
from assay.feedback import FeedbackExporter, show_verdicts
from assay.rebuild import released_source
from assay.variants import read_master
from assay.verdict import Status, Verdict

COURSE = Course.at(ROOT)
NUMBERS = {"notebook": "n", "score": 0.0, "max_score": 1.0}


@cache
def secrets(assignment: str) -> Secrets:
    return secrets_of(read_master(COURSE, assignment))


def hidden_claims(cell: NotebookNode) -> list[Claim]:
    return [claim for claim in claims_of(cell.source) if not claim.visible] if is_test(cell) else []


def said_by(claim: Claim, source: str, number: int) -> str:
    """A message of its author's, or else the worst that a message could hold: the claim itself."""
    if number < len(claim.messages):
        return claim.messages[number]
    return "\n".join(source.split("\n")[claim.first - 1 : claim.last])


def graded(assignment: str, failing: int, message: int) -> tuple[NotebookNode, list[Verdict]]:
    """A submission in which each test fails at its hidden claim of this number, with its message of that number."""
    notebook = read_master(COURSE, assignment)
    verdicts = []
    for cell in notebook.cells:
        if is_test(cell):
            claims = hidden_claims(cell)
            verdict = Verdict(grade_id(cell), 0.0, role(cell)["points"], Status.FAILED, cell.source[:150])
            verdicts.append(verdict)
            if claims:
                claim = claims[min(failing, len(claims) - 1)]
                evalue = f"{claim.sentence}\n{said_by(claim, cell.source, message)}"
                traceback = [f"Cell In[9], line {claim.first}\n{cell.source}"]
                cell.execution_count = 9
                cell.outputs = [
                    new_output("stream", name="stdout", text=cell.source),
                    new_output("error", ename="ClaimFailed", evalue=evalue, traceback=traceback),
                ]
        elif role(cell).get("solution"):
            cell.source = released_source(cell.source, solution=True, code=cell.cell_type == "code")
    incidents = [f"{verdict.grade_id}: The test itself is at fault: {verdict.message}" for verdict in verdicts]
    notebook.metadata["assay"] = {"verdicts": [verdict.as_json() for verdict in verdicts], "incidents": incidents}
    return notebook, verdicts


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_no_hidden_claim_comes_out_whichever_fails(assignment: str) -> None:
    master = read_master(COURSE, assignment)
    number = max(len(hidden_claims(cell)) for cell in master.cells)
    assert number >= 2
    for failing in range(number):
        for message in range(2):
            notebook, verdicts = graded(assignment, failing, message)
            page = show_verdicts(notebook, verdicts, "ada", assignment, master=master)
            html, _ = FeedbackExporter().from_notebook_node(notebook, {"assay_page": page, "nbgrader": NUMBERS})
            assert leaks(html, secrets(assignment)) == [], (failing, message)


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_the_same_notebook_holds_them_before_it_is_made_into_feedback(assignment: str) -> None:
    notebook, _ = graded(assignment, 0, 1)
    html, _ = FeedbackExporter().from_notebook_node(notebook, {"nbgrader": NUMBERS})
    assert len(leaks(html, secrets(assignment))) > 100


def test_the_released_notebooks_hold_none() -> None:
    for assignment in COURSE.assignments():
        release = nbformat.read(COURSE.release(assignment) / f"{assignment}.ipynb", as_version=4)
        html, _ = FeedbackExporter().from_notebook_node(release, {"nbgrader": NUMBERS})
        assert leaks(html, secrets(assignment)) == []
