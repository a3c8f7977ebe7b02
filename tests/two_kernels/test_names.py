"""Which names a test needs of the student, and which it never takes from there."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_notebook

from assay.names import bound_names, needs_of, reached_tests


def cell(kind: str, name: str, source: str):
    roles = {
        "locked": {"grade": False, "locked": True, "solution": False},
        "solution": {"grade": False, "locked": False, "solution": True},
        "test": {"grade": True, "locked": True, "solution": False, "points": 1},
    }
    metadata = {"nbgrader": {"grade_id": name, "task": False, "schema_version": 3, **roles[kind]}}
    return new_code_cell(source, metadata=metadata if kind else {})


def course(*cells):
    return new_notebook(cells=list(cells))


def needs(*cells):
    notebook = course(*cells)
    found = needs_of(notebook)
    return {notebook.cells[position].metadata.nbgrader.grade_id: need for position, need in found.items()}


def test_a_name_that_a_solution_binds_comes_from_the_student():
    found = needs(cell("solution", "s", "def f(x):\n    return x"), cell("test", "t", "assert f(1) == 1"))
    assert found["t"].fetch == ("f",)
    assert found["t"].expected == {"f"}


def test_a_name_that_a_locked_cell_binds_never_comes_from_the_student():
    found = needs(
        cell("locked", "setup", "import numpy as np\nx_test = np.ones(3)"),
        cell("solution", "s", "def f(x):\n    return x"),
        cell("test", "t", "assert (f(x_test) == np.ones(3)).all()"),
    )
    assert found["t"].fetch == ("f",)


def test_the_last_cell_that_binds_a_name_owns_it():
    found = needs(
        cell("solution", "s", "theta = None"),
        cell("test", "first", "assert theta is not None"),
        cell("locked", "reset", "theta = 3"),
        cell("test", "second", "assert theta == 3"),
        cell("solution", "again", "theta = 4"),
        cell("test", "third", "assert theta == 4"),
    )
    assert [found[name].fetch for name in ("first", "second", "third")] == [("theta",), (), ("theta",)]


def test_a_name_that_an_earlier_test_binds_is_the_courses_own():
    found = needs(
        cell("test", "first", "def compare(a, b):\n    assert a == b"),
        cell("solution", "s", "answer = 1"),
        cell("test", "second", "compare(answer, 1)"),
    )
    assert found["second"].fetch == ("answer",)


def test_a_name_that_a_test_replaced_is_the_students_unless_the_test_kept_it():
    found = needs(
        cell("solution", "s", "def f(x):\n    return x"),
        cell("test", "first", "kept = f\nf = print\nassert f(1) is None\nf = kept"),
        cell("test", "second", "assert f(1) == 1"),
        cell("locked", "setup", "f = f"),
        cell("test", "third", "assert f(1) == 1"),
    )
    assert (found["first"].fetch, found["first"].expected) == (("f",), {"f"})
    assert (found["second"].fetch, found["second"].replaced, found["second"].expected) == (
        ("f",),
        {"f"},
        set(),
    )
    assert found["third"].fetch == ()


def test_what_a_helper_of_an_earlier_test_uses_is_fetched_when_the_helper_is_used():
    found = needs(
        cell("solution", "s", "def f(x):\n    return x"),
        cell("test", "first", "def compare(a):\n    assert f(a) == a"),
        cell("test", "second", "compare(2)"),
        cell("test", "third", "assert True"),
    )
    assert found["second"].fetch == ("f",)
    assert found["third"].fetch == ()


def test_a_helper_of_a_helper_is_followed_and_a_recursive_one_ends():
    found = needs(
        cell("solution", "s", "def f(x):\n    return x"),
        cell(
            "locked",
            "helpers",
            "def one(a):\n    return two(a)\n\ndef two(a):\n    return one(a) if a else f(a)",
        ),
        cell("test", "t", "one(2)"),
    )
    assert found["t"].fetch == ("f",)


def test_what_a_decorated_claim_uses_is_fetched():
    source = (
        "@checks.claim\ndef it_works():\n    '''It works.'''\n    assert f(1) == [g(n) for n in range(3)]"
    )
    found = needs(cell("locked", "setup", "from assay import checks"), cell("test", "t", source))
    assert found["t"].fetch == ("f", "g")


def test_a_name_that_nobody_binds_is_asked_for_but_not_expected():
    found = needs(cell("test", "t", "assert helper(1)"))
    assert found["t"].fetch == ("helper",)
    assert found["t"].expected == frozenset()


def test_names_of_python_and_of_ipython_are_not_asked_for():
    found = needs(cell("test", "t", "print(len([1]), get_ipython(), __name__)\ndisplay(1)"))
    assert found["t"].fetch == ()


def test_a_builtin_that_the_student_is_to_write_comes_from_the_student():
    found = needs(
        cell("solution", "s", "def sum(values):\n    return 0"), cell("test", "t", "assert sum([1]) == 1")
    )
    assert found["t"].fetch == ("sum",)


def test_parameters_and_local_names_are_not_asked_for():
    found = needs(
        cell("test", "t", "def check(value):\n    other = value\n    return lambda third: third + other")
    )
    assert found["t"].fetch == ()


def test_a_name_that_only_the_test_binds_is_not_asked_for():
    found = needs(
        cell("solution", "s", "def f():\n    return 1"), cell("test", "t", "result = f()\nassert result == 1")
    )
    assert found["t"].fetch == ("f",)


def test_magics_in_a_cell_hide_no_name():
    found = needs(
        cell("solution", "s", "%matplotlib inline\nx = 1"), cell("test", "t", "%time y = x\nassert x == 1")
    )
    assert "x" in found["t"].fetch


def test_a_cell_that_does_not_parse_binds_and_needs_nothing():
    found = needs(cell("solution", "s", "def f(:"), cell("test", "t", "assert f("))
    assert found["t"].fetch == ()


def test_imports_loops_and_assignments_bind_their_names():
    source = (
        "import os.path, numpy as np\nfrom math import pi\nfor i, (a, b) in []:\n    c = 1\n"
        "with open('f') as file:\n    pass\nif (n := 1):\n    d: int = 2\ndef f():\n    global e\n    e = 1\nclass G:\n    h = 1"
    )
    assert bound_names(source) == {"os", "np", "pi", "i", "a", "b", "c", "file", "n", "d", "f", "e", "G"}


def test_what_a_cell_of_the_students_imports_is_imported_by_the_tests_themselves():
    found = needs(
        cell(
            "solution",
            "s",
            "import math\nfrom os import path as p, sep\nimport os.path\ndef f():\n    return 1",
        ),
        cell("test", "t", "assert math.isclose(f(), 1) and p and os"),
    )
    assert found["t"].fetch == ("f",)
    assert found["t"].imports == {
        "math": "import math",
        "p": "from os import path as p",
        "os": "import os.path",
    }


def test_a_name_that_is_imported_and_bound_again_is_the_students():
    source = "try:\n    from fast import f\nexcept ImportError:\n    f = None\nfrom slow import g\ng = g or f"
    found = needs(cell("solution", "s", source), cell("test", "t", "assert f and g"))
    assert (found["t"].fetch, found["t"].imports) == (("f", "g"), {})


def test_a_solution_that_binds_an_imported_name_takes_it_over():
    found = needs(
        cell("solution", "one", "from math import sqrt"),
        cell("test", "first", "assert sqrt(4) == 2"),
        cell("solution", "two", "def sqrt(x):\n    return x"),
        cell("test", "second", "assert sqrt(4) == 2"),
    )
    assert list(found["first"].imports) == ["sqrt"]
    assert (found["second"].fetch, found["second"].imports) == (("sqrt",), {})


def test_a_test_needs_an_answer_through_the_names_that_other_cells_make_of_it():
    master = course(
        cell("solution", "half", "def half(x):\n    return x / 2"),
        cell("solution", "other", "def other(x):\n    return x"),
        cell("solution", "quarter", "def quarter(x):\n    return half(half(x))"),
        cell("test", "of_half", "assert half(2) == 1"),
        cell("test", "of_quarter", "assert quarter(4) == 1"),
        cell("test", "of_other", "assert other(4) == 4"),
    )
    assert reached_tests(master, {"half": "half = None"}) == {"of_half", "of_quarter"}
    assert reached_tests(master, {"quarter": "quarter = None"}) == {"of_quarter"}


def test_a_test_needs_what_the_answer_itself_binds_anew():
    master = course(
        cell("solution", "one", "one = 1"),
        cell("solution", "two", "two = 2"),
        cell("test", "of_two", "assert two == 2"),
    )
    assert reached_tests(master, {"one": "one = two = 1"}) == {"of_two"}


def test_a_test_that_makes_a_helper_for_a_test_in_need_is_run_as_well():
    master = course(
        cell("solution", "one", "one = 1"),
        cell("test", "makes", "def expected():\n    return 1"),
        cell("test", "uses", "assert one == expected()"),
        cell("test", "neither", "assert True"),
    )
    assert reached_tests(master, {"one": ""}) == {"makes", "uses"}
