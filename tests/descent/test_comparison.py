"""Tables and curves that set training runs side by side."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest

from descent import comparison, plots

RUN = {
    "loss": [2.0, 1.0],
    "accuracy": [0.4, 0.75],
    "val_loss": [1.5, 1.75],
    "val_accuracy": [0.5, 0.625],
}


@pytest.fixture
def axis():
    figure, axis = plots.new_figure()
    yield axis
    plt.close(figure)


def printed(capsys, *arguments, **options):
    comparison.table(*arguments, **options)
    return capsys.readouterr().out.splitlines()


def test_a_table_has_a_line_for_each_run_with_its_last_epoch(capsys):
    lines = printed(
        capsys, {"one": RUN, "another": SimpleNamespace(history=RUN)}, columns=("loss", "accuracy")
    )
    assert [line.split() for line in lines[-2:]] == [
        ["one", "1.0000", "0.750"],
        ["another", "1.0000", "0.750"],
    ]


def test_columns_may_be_computed_from_the_whole_run(capsys):
    columns = ("epochs", "gap", "first_val_accuracy", "best_val_accuracy", "lowest_val_loss")
    assert printed(capsys, {"run": RUN}, columns=columns)[-1].split() == [
        "run",
        "2",
        "+0.125",
        "0.500",
        "0.625",
        "1.5000",
    ]


def test_numbers_stand_under_their_heads(capsys):
    lines = printed(
        capsys, {"a long name of a run": RUN, "b": RUN}, columns=("val_accuracy", "first_val_accuracy")
    )
    assert len({len(line) for line in lines[-3:]}) == 1
    assert lines[-3].split() == ["run", "accuracy", "epoch"]


def test_a_loss_that_is_no_number_is_printed_as_such(capsys):
    broken = {**RUN, "loss": [float("nan"), float("nan")], "val_loss": [float("nan"), 2.5]}
    assert printed(capsys, {"r": broken}, columns=("loss", "lowest_val_loss"))[-1].split() == [
        "r",
        "nan",
        "2.5000",
    ]


def test_a_loss_that_has_exploded_keeps_to_its_column(capsys):
    assert printed(capsys, {"r": {"loss": [1.2345e30]}}, columns=("loss",))[-1].split() == ["r", "1.2e+30"]


def test_an_unknown_column_is_named_with_those_that_exist():
    with pytest.raises(ValueError, match=r"no column 'speed'; there are epochs, loss"):
        comparison.table({"run": RUN}, columns=("speed",))


def test_a_run_without_the_quantity_is_named(axis):
    with pytest.raises(ValueError, match=r"the run 'r' has no val_loss; it has loss"):
        comparison.curves(axis, {"r": {"loss": [1.0]}}, "loss", validation=True)


def test_something_that_is_no_history_is_refused():
    with pytest.raises(ValueError, match="not a list"):
        comparison.table({"run": [1.0]})


def test_curves_begin_at_epoch_one_and_carry_the_names_of_the_runs(axis):
    comparison.curves(axis, {"one": RUN, "two": RUN}, "val_accuracy")
    assert [line.get_label() for line in axis.get_lines()] == ["one", "two"]
    assert axis.get_lines()[0].get_xydata().tolist() == [[1.0, 0.5], [2.0, 0.625]]
    assert axis.get_ylabel() == "validation accuracy"


def test_training_and_validation_are_drawn_in_one_colour(axis):
    comparison.curves(axis, {"one": RUN}, "loss", validation=True)
    training, validation = axis.get_lines()
    assert training.get_color() == validation.get_color()
    assert training.get_linewidth() > validation.get_linewidth()
    assert validation.get_ydata().tolist() == RUN["val_loss"]


def test_a_run_of_one_epoch_is_a_point_that_can_be_seen(axis):
    comparison.curves(axis, {"one": {"loss": [1.0]}}, "loss")
    assert axis.get_lines()[0].get_marker() == "o"


def test_runs_differ_in_colour_and_in_grey(axis):
    first = list(itertools.islice(comparison.styles(markers=True), 7))
    assert len({style["color"] for style in first}) == 7
    assert all(
        (one["linestyle"], one["marker"]) != (other["linestyle"], other["marker"])
        for one, other in itertools.combinations(first, 2)
    )


def test_there_are_styles_for_any_number_of_runs(axis):
    comparison.curves(axis, {str(number): RUN for number in range(30)}, "loss")
    assert len(axis.get_lines()) == 30


def test_histograms_over_time_rise_from_their_steps(axis):
    plots.draw_histograms(axis, [0, 1, 2], np.linspace(-1, 1, 5), [[0, 4, 4, 0], [1, 3, 3, 1], [2, 2, 2, 2]])
    lowest = sorted(line.get_ydata().min() for line in axis.get_lines())
    assert lowest == pytest.approx([0.0, 2.0, 4.0])
    assert axis.get_xlim()[0] <= -0.75 <= 0.75 <= axis.get_xlim()[1]


def test_a_histogram_without_numbers_is_a_dotted_line(axis):
    plots.draw_histograms(axis, [0, 1], np.linspace(-1, 1, 3), [[1, 1], [np.nan, np.nan]])
    assert [line.get_linestyle() for line in axis.get_lines()].count(":") == 1


def test_a_single_histogram_is_drawn_too(axis):
    plots.draw_histograms(axis, [3], np.linspace(-1, 1, 3), [[1, 2]])
    assert axis.get_lines()[0].get_ydata().max() == pytest.approx(7.0)


def test_an_axis_that_shows_both_names_neither(axis):
    comparison.curves(axis, {"one": RUN}, "loss", validation=True)
    assert axis.get_ylabel() == "loss (cross entropy, nats)"
