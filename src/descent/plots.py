"""Pictures for the notebooks: colours that the colour-blind can tell apart, and a text for who cannot see them."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image, display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Okabe and Ito's palette (jfly.uni-koeln.de/color), which stays distinct under the common colour blindnesses.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "red": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#000000",
}

#: Line styles beside the colours: a printed page may be grey.
LINE_STYLES = ("-", "--", "-.", ":")


def new_figure(num_rows: int = 1, num_columns: int = 1, width: float = 7.0, height: float = 4.0) -> tuple:
    """Open a figure with light grid lines.

    Parameters
    ----------
    num_rows, num_columns
        How many axes.
    width, height
        Size of the whole figure in inches.

    Returns
    -------
    figure, axes
        As from ``matplotlib.pyplot.subplots``.
    """
    figure, axes = plt.subplots(num_rows, num_columns, figsize=(width, height), layout="constrained")
    for axis in np.ravel(axes):
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def show(figure: Figure, alt: str) -> None:
    """Show a figure in the notebook, with a text that says what can be seen in it.

    Parameters
    ----------
    figure
        Shown once and closed.
    alt
        The alternative text that a screen reader reads out.
    """
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    plt.close(figure)
    display(Image(data=picture.getvalue(), alt=alt), metadata={"image/png": {"alt": alt}})


def draw_path(
    axis: Axes,
    function: Callable,
    path: Sequence[float],
    *,
    color: str = COLORS["red"],
    label: str | None = None,
    max_strands: int = 5,
) -> None:
    """Draw above the curve of ``function`` where an iterate went: a dot for each step, arrows for the way.

    Each time that the iterate turns round a new strand begins a little higher, so that going there and
    coming back can be told apart. A square marks the start and a star, on the curve, the end.

    Parameters
    ----------
    axis
        Where to draw; the curve itself is not drawn.
    function
        From positions, an array, to heights, an array of the same shape.
    path
        The positions in the order in which they were visited, at least one.
    color, label
        Of the path, as matplotlib takes them.
    max_strands
        Later and very short strands are left out: by then the iterate swings closely round its end.
    """
    x = np.asarray(path, dtype=float)
    spacing = 0.07 * np.ptp(function(np.linspace(*axis.get_xlim(), 101)))
    for number, (first, last) in enumerate(_strands(x)[:max_strands], start=1):
        strand = x[first : last + 1]
        if number > 1 and np.ptp(strand) < 0.05 * np.ptp(axis.get_xlim()):
            break
        height = function(strand) + number * spacing
        axis.plot(
            strand, height, ".-", color=color, markersize=4, linewidth=1, label=label if number == 1 else None
        )
        for step in _evenly_spaced(strand, 4):
            axis.annotate(
                "",
                xy=(strand[step + 1], height[step + 1]),
                xytext=(strand[step], height[step]),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": color,
                    "shrinkA": 0,
                    "shrinkB": 0,
                    "mutation_scale": 14,
                },
            )
    axis.plot(
        x[0], function(x[:1])[0] + spacing, "s", color=color, markersize=8, markerfacecolor="white", zorder=5
    )
    axis.plot(x[-1], function(x[-1:])[0], "*", color=color, markersize=15, zorder=5)


def _strands(x: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each stretch on which the path keeps its direction."""
    moves = np.diff(x)
    # A pause neither is a turn nor hides one.
    moving = np.flatnonzero(moves)
    turns = moving[1:][moves[moving[1:]] * moves[moving[:-1]] < 0]
    borders = [0, *turns.tolist(), len(x) - 1]
    return list(itertools.pairwise(borders))


def _evenly_spaced(strand: np.ndarray, count: int) -> list[int]:
    """Indices of up to ``count`` steps that lie evenly along the way, the last step of the strand among them."""
    if len(strand) < 2:
        return []
    way = np.abs(strand - strand[0])
    targets = way[-1] * (np.arange(count) + 1) / count
    return sorted({int(np.clip(np.searchsorted(way, target) - 1, 0, len(strand) - 2)) for target in targets})


def draw_contours(
    axis: Axes, function: Callable, x_range: tuple[float, float], y_range: tuple[float, float]
) -> None:
    """Draw the level lines of a function of two variables.

    Parameters
    ----------
    axis
        Where to draw.
    function
        From two arrays of one shape to the heights, an array of that shape.
    x_range, y_range
        Lowest and highest value on each axis.
    """
    x, y = np.meshgrid(np.linspace(x_range[0], x_range[1], 201), np.linspace(y_range[0], y_range[1], 201))
    axis.contour(x, y, function(x, y), levels=15, colors="grey", linewidths=0.6, alpha=0.7)


def draw_histograms(axis: Axes, steps: Sequence[int], edges: Sequence[float], counts: Sequence) -> None:
    """Draw how a histogram changes over time: one curve for each step, the last one in front.

    Parameters
    ----------
    axis
        Where to draw; the height at which a curve stands is its step.
    steps
        Shape (T,): epochs, say, in rising order.
    edges
        Shape (B + 1,): the borders of the bins, the same at every step.
    counts
        Shape (T, B). A row without a finite sum greater than 0 is drawn as a dotted line: there is nothing to show.
    """
    heights = np.asarray(counts, dtype=float)
    middles = (np.asarray(edges)[:-1] + np.asarray(edges)[1:]) / 2
    spacing = float(np.min(np.diff(steps))) if len(steps) > 1 else 1.0
    finite = heights[np.isfinite(heights)]
    largest = finite.max() if finite.size and finite.max() > 0 else 1.0
    colors = plt.get_cmap("viridis")(np.linspace(0.9, 0.1, len(steps)))
    for number in range(len(steps))[::-1]:
        step, row = steps[number], heights[number]
        if not np.isfinite(row).all() or row.sum() <= 0:
            axis.axhline(step, color=colors[number], linestyle=":", linewidth=0.8)
            continue
        curve = step + 4 * spacing * row / largest
        axis.fill_between(middles, step, curve, color=colors[number], alpha=0.5, zorder=-step)
        axis.plot(middles, curve, color=colors[number], linewidth=0.8, zorder=-step)
    axis.set(ylim=(steps[0] - 0.5 * spacing, steps[-1] + 4.5 * spacing))
