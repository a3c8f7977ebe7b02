"""Pictures: shown once, with a text, and closed; paths drawn strand by strand."""

import itertools

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from descent import plots


@pytest.fixture(autouse=True)
def _agg_and_no_figure_left():
    with mpl.rc_context():
        plt.switch_backend("agg")
        yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """What was displayed, as (object, keywords)."""
    calls = []
    monkeypatch.setattr(plots, "display", lambda thing, **keywords: calls.append((thing, keywords)))
    return calls


@pytest.fixture
def axis():
    _, axis = plots.new_figure()
    axis.set(xlim=(-3, 3), ylim=(-1, 10))
    return axis


def parabola(theta):
    return theta**2


def curve_of(axis):
    """The lines drawn with dots: one for each strand."""
    return [line for line in axis.lines if line.get_marker() == "."]


def marks_of(axis, marker):
    return [(line.get_xdata(), line.get_ydata()) for line in axis.lines if line.get_marker() == marker]


# new_figure


def test_a_new_figure_has_one_axis_or_as_many_as_asked_for():
    assert plots.new_figure()[1].grid is not None
    assert plots.new_figure(1, 3)[1].shape == (3,)
    assert plots.new_figure(2, 2)[1].shape == (2, 2)


def test_a_new_figure_has_the_size_asked_for():
    figure, _ = plots.new_figure(width=5.0, height=2.0)
    assert figure.get_size_inches().tolist() == [5.0, 2.0]


def test_the_colors_are_distinct_and_there_is_a_line_style_for_each_of_four_curves():
    assert len(set(plots.COLORS.values())) == len(plots.COLORS) == 7
    assert len(set(plots.LINE_STYLES)) == 4


# show


def test_show_displays_one_png_with_its_text(shown):
    figure, _ = plots.new_figure()
    plots.show(figure, alt="A line rises.")
    [(picture, keywords)] = shown
    assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert keywords == {"metadata": {"image/png": {"alt": "A line rises."}}}


def test_the_displayed_bundle_holds_the_picture_and_the_text(shown):
    figure, _ = plots.new_figure()
    plots.show(figure, alt="A line rises.")
    data, metadata = shown[0][0]._repr_mimebundle_()
    assert list(data) == ["image/png"]
    assert metadata["image/png"]["alt"] == "A line rises."


def test_a_notebook_stores_the_text_beside_the_picture(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setattr(HistoryManager, "enabled", False)
    InteractiveShell.clear_instance()
    InteractiveShell.instance()
    try:
        with capture_output() as captured:
            plots.show(plots.new_figure()[0], alt="A line rises.")
    finally:
        InteractiveShell.clear_instance()
    [output] = captured.outputs
    assert output.data["image/png"]
    assert output.metadata["image/png"]["alt"] == "A line rises."


def test_show_closes_its_figure_and_no_other(shown):
    other, _ = plots.new_figure()
    figure, _ = plots.new_figure()
    plots.show(figure, alt="x")
    assert plt.get_fignums() == [other.number]


def test_a_picture_shown_twice_is_the_same_to_the_byte(shown):
    for _ in range(2):
        figure, axis = plots.new_figure()
        axis.plot([1, 2])
        plots.show(figure, alt="x")
    assert shown[0][0].data == shown[1][0].data


# draw_path


def test_a_path_of_one_point_is_a_square_and_a_star(axis):
    plots.draw_path(axis, parabola, [2.0])
    [(square_x, square_y)] = marks_of(axis, "s")
    [(star_x, star_y)] = marks_of(axis, "*")
    assert (square_x, star_x, star_y) == (2.0, 2.0, 4.0)
    assert square_y > 4.0
    assert len(axis.texts) == 0


def test_a_path_of_two_points_has_one_arrow_along_it(axis):
    plots.draw_path(axis, parabola, [2.0, 1.0])
    [arrow] = axis.texts
    assert (arrow.xyann[0], arrow.xy[0]) == (2.0, 1.0)
    [line] = curve_of(axis)
    assert line.get_xdata().tolist() == [2.0, 1.0]


def test_a_path_begins_at_the_square_and_ends_on_the_curve(axis):
    path = [2.0, 1.5, 1.2, 1.1]
    plots.draw_path(axis, parabola, path)
    [(square_x, square_y)] = marks_of(axis, "s")
    [line] = curve_of(axis)
    assert (line.get_xdata()[0], line.get_ydata()[0]) == (square_x, square_y)
    assert marks_of(axis, "*") == [(1.1, parabola(1.1))]


def test_a_path_runs_above_the_curve(axis):
    plots.draw_path(axis, parabola, [2.0, -1.0, 1.0])
    for line in curve_of(axis):
        assert (line.get_ydata() > parabola(line.get_xdata())).all()


def test_a_path_that_turns_round_goes_on_a_strand_higher(axis):
    plots.draw_path(axis, parabola, [2.0, 0.0, -2.0, 0.0, 2.0])
    there, back = curve_of(axis)
    assert there.get_xdata().tolist() == [2.0, 0.0, -2.0]
    assert back.get_xdata().tolist() == [-2.0, 0.0, 2.0]
    lift = [line.get_ydata() - parabola(line.get_xdata()) for line in (there, back)]
    np.testing.assert_allclose(lift[1], 2 * lift[0])


def test_arrows_point_the_way_the_iterate_goes(axis):
    plots.draw_path(axis, parabola, [2.0, 0.0, -2.0, 0.0, 2.0])
    ways = [np.sign(arrow.xy[0] - arrow.xyann[0]) for arrow in axis.texts]
    assert ways == sorted(ways)
    assert {-1.0, 1.0} == set(ways)


def test_strands_beyond_the_limit_are_left_out(axis):
    plots.draw_path(axis, parabola, [2.0, -2.0] * 10, max_strands=3)
    assert len(curve_of(axis)) == 3


def test_later_strands_that_are_very_short_are_left_out(axis):
    plots.draw_path(axis, parabola, [2.0, 0.0, 0.1, 0.0, 0.1])
    assert len(curve_of(axis)) == 1


def test_the_first_strand_is_drawn_however_short_it_is(axis):
    plots.draw_path(axis, parabola, [0.0, 0.01])
    assert len(curve_of(axis)) == 1


def test_only_the_first_strand_carries_the_label(axis):
    plots.draw_path(axis, parabola, [2.0, -2.0, 2.0], label="momentum")
    assert axis.get_legend_handles_labels()[1] == ["momentum"]


def test_a_path_is_drawn_in_its_color(axis):
    plots.draw_path(axis, parabola, [2.0, -2.0, 2.0], color=plots.COLORS["blue"])
    assert {line.get_color() for line in axis.lines} == {plots.COLORS["blue"]}


def test_a_path_may_be_a_list_of_numpy_scalars(axis):
    plots.draw_path(axis, parabola, [np.float64(2), np.array(1.0), 0])
    assert curve_of(axis)[0].get_xdata().tolist() == [2.0, 1.0, 0.0]


def test_a_path_that_stands_still_is_drawn(axis):
    plots.draw_path(axis, parabola, [1.0, 1.0, 1.0])
    assert len(marks_of(axis, "*")) == 1


# _strands


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([1.0], [(0, 0)]),
        ([1.0, 2.0], [(0, 1)]),
        ([1.0, 2.0, 3.0], [(0, 2)]),
        ([1.0, 2.0, 1.0], [(0, 1), (1, 2)]),
        ([3.0, 2.0, 1.0, 2.0, 3.0, 2.0], [(0, 2), (2, 4), (4, 5)]),
        ([1.0, 1.0, 1.0], [(0, 2)]),
    ],
)
def test_a_strand_ends_where_the_path_turns_round(path, expected):
    assert plots._strands(np.array(path)) == expected


def test_strands_cover_the_path_without_a_gap():
    path = np.random.default_rng(0).normal(size=50)
    strands = plots._strands(path)
    assert (strands[0][0], strands[-1][1]) == (0, 49)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(strands))


def test_a_strand_keeps_its_direction():
    path = np.random.default_rng(1).normal(size=50)
    for first, last in plots._strands(path):
        assert len(set(np.sign(np.diff(path[first : last + 1])))) == 1


# _evenly_spaced


def test_a_strand_of_one_point_has_no_arrow():
    assert plots._evenly_spaced(np.array([1.0]), 4) == []


def test_arrows_of_equal_steps_lie_evenly():
    assert plots._evenly_spaced(np.linspace(0, 8, 9), 4) == [1, 3, 5, 7]


def test_many_small_last_steps_share_the_last_arrow():
    strand = np.array([0.0, 5.0, 9.0, 9.9, 9.99, 10.0])
    steps = plots._evenly_spaced(strand, 4)
    assert steps[-1] == 4
    assert steps == sorted(set(steps))
    assert len(steps) <= 4


# draw_contours


def test_contours_are_the_level_lines_of_the_function(axis):
    plots.draw_contours(axis, lambda x, y: x + 0 * y, (-1, 1), (0, 2))
    [contours] = axis.collections
    for path in contours.get_paths():
        if len(path.vertices):
            assert np.ptp(path.vertices[:, 0]) == pytest.approx(0.0, abs=1e-9)
            assert np.ptp(path.vertices[:, 1]) == pytest.approx(2.0)
