"""Draws the pictures of the report as SVG that takes its colours from the page, so that they are read in the dark as well."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from assay.report_gather import ClassReport, Outcome, Task, summary_of

# Colours that nothing else has: each is replaced by one of the page's when the picture is written.
_TEXT, _LINE, _PAPER = "#010201", "#010202", "#010203"
_COLOURS = {
    Outcome.PASSED: "#010210",
    Outcome.PARTLY: "#010211",
    Outcome.FAILED: "#010212",
    Outcome.NOT_ANSWERED: "#010213",
    Outcome.STOPPED: "#010214",
    Outcome.WAITING: "#010215",
}
_VARIABLES = {
    _TEXT: "currentColor",
    _LINE: "var(--line)",
    _PAPER: "var(--paper)",
    **{colour: f"var(--{outcome.name.lower().replace('_', '-')})" for outcome, colour in _COLOURS.items()},
}
#: Told apart without colour, too.
_HATCHES = {Outcome.FAILED: "//", Outcome.NOT_ANSWERED: "..", Outcome.STOPPED: "xx"}
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _TEXT,
    "axes.edgecolor": _TEXT,
    "axes.labelcolor": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,
}
_WIDTH = 7.6
_MOST_BARS = 20
_ID = re.compile(r'(\bid="|url\(#|href="#)')


@dataclass(frozen=True)
class Picture:
    """An SVG element, and what it shows in words."""

    svg: str
    alt: str


def distribution(report: ClassReport) -> Picture | None:
    """How many students have how many points: by machine, by a person, together; None where nobody is graded."""
    graded = report.graded
    machine = [one.marks.machine_points for one in graded if one.marks]
    person = [one.marks.person_points for one in graded if one.marks and not one.waits_for_marker]
    together = [one.total for one in graded if one.is_complete]
    rows: list[tuple[str, list[float], float, int]] = []
    if report.machine_maximum:
        rows.append(("by machine", machine, report.machine_maximum, 0))
    if report.person_maximum:
        rows.append(("by a person", person, report.person_maximum, len(graded) - len(person)))
        whole = report.machine_maximum + report.person_maximum
        rows.append(("together", together, whole, len(graded) - len(together)))
    # A picture of the few whose answers are marked already, mostly those who gave none, would say nothing of the class.
    rows = [row for row in rows if len(row[1]) > row[3]]
    if not rows:
        return None
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.5 + 1.7 * len(rows)), layout="constrained")
        for place, (title, values, maximum, waiting) in enumerate(rows):
            axes = figure.add_subplot(len(rows), 1, place + 1)
            _histogram(axes, values, maximum)
            more = f", {waiting} still waiting" if waiting else ""
            axes.set_title(f"{title}: {len(values)} of {len(graded)} students{more}", loc="left", fontsize=10)
        axes.set_xlabel("points")
    sentences = [f"{title}, {summary_of(values)} of {maximum:g} points" for title, values, maximum, _ in rows]
    return Picture(_svg(figure, "distribution"), f"Histograms of points. {'; '.join(sentences)}.")


def outcomes(tasks: Sequence[Task]) -> Picture | None:
    """What became of each graded cell, one bar each; None where there is none."""
    if not tasks:
        return None
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 1.1 + 0.26 * len(tasks)), layout="constrained")
        axes = figure.add_subplot()
        names = [task.grade_id for task in tasks]
        left = [0] * len(tasks)
        for outcome in Outcome:
            widths = [task.counts.get(outcome, 0) for task in tasks]
            if any(widths):
                axes.barh(
                    range(len(tasks)),
                    widths,
                    left=left,
                    height=0.72,
                    color=_COLOURS[outcome],
                    edgecolor=_TEXT,
                    linewidth=0.6,
                    hatch=_HATCHES.get(outcome, ""),
                    label=outcome.value,
                )
            left = [one + other for one, other in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(tasks)), names, fontsize=9)
        axes.set_ylim(len(tasks) - 0.4, -0.6)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("submissions")
        figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    lost = sorted(
        (task for task in tasks if task.share is not None and not task.by_person),
        key=lambda task: task.share if task.share is not None else 1.0,
    )
    hardest = ", ".join(
        f"{task.grade_id} ({100 * (task.share or 0):.0f} % of its points)" for task in lost[:3]
    )
    alt = f"One bar for each of {len(tasks)} graded cells, by outcome."
    return Picture(
        _svg(figure, "outcomes"), alt + (f" The hardest for machine marks: {hardest}." if hardest else "")
    )


def time_against_points(report: ClassReport) -> Picture | None:
    """Points by machine against the seconds that running took; None where fewer than two were timed."""
    points = [
        (one.seconds, one.marks.machine_points)
        for one in report.graded
        if one.marks and one.seconds is not None
    ]
    if len(points) < 2 or not report.machine_maximum:
        return None
    seconds = [second for second, _ in points]
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 3.2), layout="constrained")
        axes = figure.add_subplot()
        axes.grid(color=_LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.scatter(
            seconds,
            [value for _, value in points],
            s=34 if len(points) < 60 else 16,
            color=_COLOURS[Outcome.PARTLY],
            edgecolors=_TEXT,
            linewidths=0.6,
        )
        if min(seconds) > 0 and max(seconds) > 8 * min(seconds):
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.xaxis.set_minor_formatter(lambda value, _: "")
        else:
            axes.set_xlim(left=0)
        axes.set_ylim(-0.04 * report.machine_maximum, 1.06 * report.machine_maximum)
        axes.set_xlabel("seconds that running the submission took")
        axes.set_ylabel("points by machine")
    alt = f"Scatter plot of {len(points)} submissions: seconds {summary_of([round(one, 1) for one in seconds])}."
    return Picture(_svg(figure, "time"), alt)


def by_assignment(shares: Mapping[str, Sequence[float]]) -> Picture | None:
    """The share of the machine's points that students have, one box for each assignment; None where there is none."""
    shown = {name: list(values) for name, values in shares.items() if values}
    if not shown:
        return None
    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.9 + 0.6 * len(shown)), layout="constrained")
        axes = figure.add_subplot()
        axes.grid(axis="x", color=_LINE, linewidth=0.6)
        axes.set_axisbelow(True)
        line = {"color": _TEXT, "linewidth": 1.0}
        axes.boxplot(
            list(shown.values()),
            orientation="horizontal",
            widths=0.5,
            patch_artist=True,
            boxprops={"facecolor": _COLOURS[Outcome.PARTLY], "edgecolor": _TEXT},
            medianprops={"color": _TEXT, "linewidth": 2.0},
            whiskerprops=line,
            capprops=line,
            flierprops={"marker": "o", "markersize": 4, "markeredgecolor": _TEXT, "markerfacecolor": _PAPER},
        )
        axes.set_yticks(range(1, len(shown) + 1), list(shown))
        axes.set_ylim(len(shown) + 0.5, 0.5)
        axes.set_xlim(-3, 103)
        axes.set_xlabel("per cent of the points that the machine gives")
    sentences = [
        f"{name}: {summary_of([round(value, 1) for value in values])}" for name, values in shown.items()
    ]
    return Picture(_svg(figure, "assignments"), f"Box plots of per cent by machine. {'; '.join(sentences)}.")


def _histogram(axes: Any, values: Sequence[float], maximum: float) -> None:
    bars = int(min(_MOST_BARS, max(4, 2 * maximum)))
    top = max(maximum, *values)
    axes.hist(
        values, bins=bars, range=(0, top), color=_COLOURS[Outcome.PASSED], edgecolor=_TEXT, linewidth=0.6
    )
    axes.set_xlim(-0.02 * top, 1.02 * top)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.set_ylabel("students")


def _svg(figure: Figure, name: str) -> str:
    """The ``svg`` element of a figure, with identifiers of its own and the colours of the page."""
    figure.patch.set_visible(False)
    for axes in figure.axes:
        axes.patch.set_visible(False)
    FigureCanvasSVG(figure)
    written = io.StringIO()
    with matplotlib.rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        # The browser has the letters that matplotlib's own font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    text = text[text.index("<svg") :].strip()
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _ID.sub(lambda match: f"{match.group(1)}{name}-", text)
    for colour, variable in _VARIABLES.items():
        text = text.replace(colour, variable)
    return text
