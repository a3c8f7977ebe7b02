"""Sets training runs side by side: one table, and curves in one picture."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from descent.plots import COLORS, LINE_STYLES

#: What a column of the table is called, by what it shows.
COLUMNS = {
    "epochs": "epochs",
    "loss": "training loss",
    "val_loss": "validation loss",
    "accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "gap": "gap",
    "first_val_accuracy": "validation accuracy after one epoch",
    "best_val_accuracy": "best validation accuracy",
    "lowest_val_loss": "lowest validation loss",
}
MARKERS = "os^Dv"


def table(
    histories: Mapping[str, Any], columns: Sequence[str] = ("accuracy", "val_accuracy", "gap", "val_loss")
) -> None:
    """Print the last epoch of each run, one run a line.

    Parameters
    ----------
    histories
        From the name of a run to its ``keras.callbacks.History``, or to the dict in one.
    columns
        Of `COLUMNS`: a quantity of the last epoch, ``"epochs"``, ``"gap"`` (training minus validation accuracy),
        ``"first_val_accuracy"``, ``"best_val_accuracy"`` or ``"lowest_val_loss"``.

    Raises
    ------
    ValueError
        For an unknown column, or a run whose history lacks what a column needs.
    """
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise ValueError(f"there is no column {unknown[0]!r}; there are {', '.join(COLUMNS)}.")
    width = max([len("run"), *(len(name) for name in histories)])
    heads = [COLUMNS[column].split() for column in columns]
    depth = max(len(words) for words in heads)
    sizes = [max(8, *(len(word) for word in words)) for words in heads]
    for line in range(depth):
        # Heads stand on the line above the numbers, however many words they have.
        words = [head[line - depth + len(head)] if line >= depth - len(head) else "" for head in heads]
        name = "run" if line == depth - 1 else ""
        text = "  ".join(
            [f"{name:{width}}", *(f"{word:>{size}}" for word, size in zip(words, sizes, strict=True))]
        )
        print(text.rstrip())
    for name, history in histories.items():
        cells = [_cell(name, quantities(history), column) for column in columns]
        print(
            "  ".join(
                [f"{name:{width}}", *(f"{cell:>{size}}" for cell, size in zip(cells, sizes, strict=True))]
            )
        )


def curves(axis: Axes, histories: Mapping[str, Any], quantity: str, *, validation: bool = False) -> None:
    """Draw a quantity against the epoch, one line for each run.

    Parameters
    ----------
    axis
        Where to draw; its labels, title and legend are set.
    histories
        As for `table`.
    quantity
        A key of the histories, such as ``"loss"`` or ``"val_accuracy"``.
    validation
        Draw ``"val_" + quantity`` beside it, thin.

    Raises
    ------
    ValueError
        A run's history does not have the quantity.
    """
    for (name, history), style in zip(histories.items(), styles(), strict=False):
        record = quantities(history)
        training = _values(name, record, quantity)
        # A run of a single epoch would be an invisible line.
        marker = "o" if len(training) == 1 else ""
        label = f"{name}, training" if validation else name
        axis.plot(range(1, len(training) + 1), training, label=label, marker=marker, **style)
        if validation:
            values = _values(name, record, f"val_{quantity}")
            axis.plot(
                range(1, len(values) + 1),
                values,
                label=f"{name}, validation",
                marker=marker,
                **{**style, "linewidth": 0.9, "alpha": 0.8},
            )
    axis.set(xlabel="epoch", ylabel=_axis_label(quantity, both=validation))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(fontsize="small")


def styles(markers: bool = False) -> Iterator[dict[str, Any]]:
    """Colours and line styles (and markers) for one line after the other, without an end."""
    for number, (color, line) in enumerate(
        zip(itertools.cycle(COLORS.values()), itertools.cycle(LINE_STYLES), strict=False)
    ):
        style = {"color": color, "linestyle": line}
        yield {**style, "marker": MARKERS[number % len(MARKERS)]} if markers else style


def quantities(history: Any) -> dict[str, list[float]]:
    """The dict in a ``keras.callbacks.History``; a dict is returned as it is.

    Raises
    ------
    ValueError
        It is neither.
    """
    record = getattr(history, "history", history)
    if not isinstance(record, Mapping):
        raise ValueError(
            f"a run is a History or its dict, not a {type(history).__name__}: return the history that training gave."
        )
    return dict(record)


def _values(name: str, record: Mapping[str, Sequence[float]], quantity: str) -> Sequence[float]:
    if quantity not in record or len(record[quantity]) == 0:
        raise ValueError(
            f"the run {name!r} has no {quantity}; it has {', '.join(sorted(record)) or 'nothing'}."
        )
    return record[quantity]


def _cell(name: str, record: Mapping[str, Sequence[float]], column: str) -> str:
    if column == "epochs":
        return str(max((len(values) for values in record.values()), default=0))
    if column == "gap":
        value = _values(name, record, "accuracy")[-1] - _values(name, record, "val_accuracy")[-1]
        return f"{value:+.3f}"
    if column == "first_val_accuracy":
        value = _values(name, record, "val_accuracy")[0]
    elif column == "best_val_accuracy":
        value = max(_values(name, record, "val_accuracy"))
    elif column == "lowest_val_loss":
        value = np.nanmin(_values(name, record, "val_loss"))
    else:
        value = _values(name, record, column)[-1]
    if not column.endswith("loss"):
        return f"{value:.3f}"
    # A loss that has exploded needs its magnitude only.
    return f"{value:.4f}" if not abs(value) >= 1_000 else f"{value:.1e}"


def _axis_label(quantity: str, both: bool) -> str:
    name = quantity.removeprefix("val_")
    kind = "" if both else "validation" if quantity.startswith("val_") else "training"
    unit = " (cross entropy, nats)" if name == "loss" else ""
    return f"{kind} {name}{unit}".strip()
