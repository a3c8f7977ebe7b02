"""How much work a notebook may do, and who decides."""

import pytest

from descent import budget


@pytest.fixture(autouse=True)
def _nobody_asks_for_less(monkeypatch):
    for name in ("DESCENT_BUDGET", "NBGRADER_EXECUTION", "CI"):
        # Set first, so that a value set by the code under test is taken back as well.
        monkeypatch.setenv(name, "")


def test_a_student_has_the_full_budget():
    assert (budget.epochs(20), budget.examples(48_000)) == (20, 48_000)


@pytest.mark.parametrize("execution", ["autograde", "validate"])
def test_the_budget_is_short_while_nbgrader_runs_the_notebook(monkeypatch, execution):
    monkeypatch.setenv("NBGRADER_EXECUTION", execution)
    assert (budget.epochs(20), budget.examples(48_000)) == (1, 160)


def test_the_budget_is_short_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert budget.current().name == "short"


@pytest.mark.parametrize("value", ["", "0", "false", "False", "no"])
def test_a_ci_variable_that_says_no_asks_for_nothing(monkeypatch, value):
    monkeypatch.setenv("CI", value)
    assert budget.current().name == "full"


def test_the_variable_goes_before_ci_and_nbgrader(monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("DESCENT_BUDGET", "full")
    assert budget.current().name == "full"


def test_quick_is_a_quarter():
    budget.use("quick")
    assert (budget.epochs(20), budget.examples(48_000)) == (5, 12_000)


def test_quick_leaves_at_least_one_epoch_and_one_example():
    budget.use("quick")
    assert (budget.epochs(1), budget.examples(2)) == (1, 1)


def test_short_never_gives_more_than_was_asked_for(monkeypatch):
    monkeypatch.setenv("CI", "1")
    assert budget.examples(100) == 100


def test_a_call_left_in_the_notebook_does_not_make_its_marking_longer(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    budget.use("full")
    assert budget.current().name == "short"


def test_an_unknown_budget_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'fast'.*full, quick, short"):
        budget.use("fast")


def test_an_unknown_budget_in_the_environment_is_refused_by_the_name_of_the_variable(monkeypatch):
    monkeypatch.setenv("DESCENT_BUDGET", "fast")
    with pytest.raises(ValueError, match="DESCENT_BUDGET is 'fast'"):
        budget.current()


def test_no_epochs_cannot_be_asked_for():
    with pytest.raises(ValueError, match="at least 1"):
        budget.epochs(0)


@pytest.mark.parametrize("name", ["full", "quick", "short"])
def test_the_line_for_the_notebook_names_the_budget_and_how_to_change_it(name):
    line = str(budget.use(name))
    assert name in line
    assert "budget.use(" in line
    assert "\n" not in line


def test_the_line_of_an_automatic_run_tells_the_change_that_works_there(monkeypatch):
    monkeypatch.setenv("CI", "true")
    line = str(budget.current())
    assert "DESCENT_BUDGET=full" in line
    assert "budget.use" not in line
