"""What `assay init` says of the masters of a course: a sentence for what behaves differently, and none for what does not."""

from __future__ import annotations

from pathlib import Path

import nbformat
import nbgrader
import pytest
from course_cells import cell
from nbformat.v4 import new_code_cell, new_notebook

from assay.init_look import look_over, remarks_on

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
QUICKSTART = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"

#: The source of a test cell, and what is said of it.
TESTS = {
    "magic": ("%timeit f(1)", "uses a magic or get_ipython"),
    "shell": ("files = !ls", "uses a magic or get_ipython"),
    "get_ipython": ("get_ipython().run_line_magic('run', 'x.py')", "uses a magic or get_ipython"),
    "source": ("import inspect\nassert 'for' not in inspect.getsource(f)", "reads the source of a function"),
    "code": ("assert f.__code__.co_argcount == 1", "reads the source of a function"),
    "stdout": (
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    f(1)",
        "catches what is printed",
    ),
    "patched_stdout": ("import sys, io\nsys.stdout = io.StringIO()\nf(1)", "catches what is printed"),
    "figure": ("import matplotlib.pyplot as plt\nassert plt.gca().get_title() == 'x'", "looks at a figure"),
    "globals": ("assert 'f' in globals()", "looks names up while it runs"),
    "history": ("assert 'for' not in In[-1]", "looks at what was typed before"),
    "file": ("assert open('out.txt').read() == '1'", "opens a file"),
    "input": ("input('?')", "asks for input"),
    "comparison": ("f(1) == 1", "ends in a comparison, which nobody fails"),
    "value": ("score = f(1)\nscore", "ends in a value: when that is a number it is taken for the points"),
    "call": ("f(1)", "ends in a value"),
    "unknown": ("assert g(1)", "uses g, which no cell of the notebook binds"),
    "unlocked": ("assert f(data) == 1", "takes data from a cell that students can change"),
    "replaced": ("f = 3\nassert f == f", "gives f, a name of the student's, another value"),
}
#: What means the same in two kernels.
FINE = {
    "assert": "assert f(1) == 1",
    "deleted": "old = f\ndel f\nf = old",
    "function_in_its_place": "old = f\ndef f(x):\n    return 1\nassert f(1) == 1\nf = old",
    "points": "0.5",
    "word": "'well done'",
    "nothing": "print('done')",
    "check": "import numpy.testing\nnumpy.testing.assert_allclose(f(1), 1)",
    "percent": "assert '%d' % f(1) == '1'",
}


def notebook(test: str, **metadata: object) -> nbformat.NotebookNode:
    cells = [
        new_code_cell("data = [1, 2]", id="data"),
        cell("f", "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION", solution=True),
        cell("its_test", test, grade=True, locked=True, points=2),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL, **metadata})


def remarks(test: str, folder: Path) -> list[str]:
    return list(remarks_on(notebook(test), folder))


@pytest.mark.parametrize("case", TESTS)
def test_what_behaves_differently_is_said_with_the_cells_name(case: str, tmp_path: Path):
    source, sentence = TESTS[case]
    (found,) = [one for one in remarks(source, tmp_path) if sentence in one]
    assert found.startswith("its_test ")
    assert found.endswith((".", ")"))


@pytest.mark.parametrize("case", FINE)
def test_nothing_is_said_of_what_means_the_same(case: str, tmp_path: Path):
    assert remarks(FINE[case], tmp_path) == []


def test_a_module_that_is_missing_is_named_and_one_beside_the_notebook_is_not(tmp_path: Path):
    (tmp_path / "beside.py").write_text("")
    (found,) = remarks("import no_such_module, beside, numpy\nassert f(1)", tmp_path)
    assert "it imports no_such_module, which this environment lacks" in found


def test_another_language_is_said(tmp_path: Path):
    other = notebook("assert f(1)", kernelspec={"name": "ir", "display_name": "R", "language": "R"})
    assert "its language is R; assay runs Python only." in list(remarks_on(other, tmp_path))


def write(root: Path, name: str, made: nbformat.NotebookNode) -> None:
    folder = root / "source" / "ps1"
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, folder / name)


def test_tests_that_nbgrader_is_to_make_are_refused(tmp_path: Path):
    write(tmp_path, "a.ipynb", notebook("### HASHED AUTOTEST f(1)"))
    (refusal,) = look_over(tmp_path).refusals
    assert refusal.startswith("ps1/a: its_test has tests that nbgrader is to make (AUTOTEST)")


def test_a_region_that_is_not_closed_is_refused(tmp_path: Path):
    write(tmp_path, "a.ipynb", notebook("### BEGIN HIDDEN TESTS\nassert f(1)"))
    (refusal,) = look_over(tmp_path).refusals
    assert "never closes the region" in refusal


def test_a_notebook_that_cannot_be_read_is_a_remark_and_the_others_are_looked_at(tmp_path: Path):
    write(tmp_path, "b.ipynb", notebook("assert f(1)"))
    (tmp_path / "source" / "ps1" / "a.ipynb").write_text("{")
    (tmp_path / "source" / "ps1" / "c.ipynb").write_text(
        '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    )
    overview = look_over(tmp_path)
    assert [remark.partition(" cannot be read")[0] for remark in overview.remarks] == ["ps1/a", "ps1/c"]
    assert overview.holds == ("ps1/b: 1 test (2 points) for the machine, 0 cells (0 points) for a person.",)


def test_of_nbgraders_own_example_there_is_nothing_to_say():
    overview = look_over(QUICKSTART.parent)
    assert overview.assignments[0] == "ps1"
    ours = [one for one in (*overview.remarks, *overview.refusals) if one.startswith("ps1/")]
    assert ours == []
    assert (
        "ps1/problem1: 4 tests (3 points) for the machine, 3 cells (7 points) for a person." in overview.holds
    )


def test_the_tests_of_nbgraders_other_example_are_refused_since_it_is_to_make_them():
    refusals = look_over(QUICKSTART.parent).refusals
    assert any(one.startswith("ps1_autotest/") for one in refusals)
