"""Reads back what TensorBoard's callback wrote, so that a notebook can draw it without TensorBoard's page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import TENSORS, EventAccumulator
from tensorboard.util import tensor_util

_EVENT_FILES = "*tfevents*"


class LogsError(ValueError):
    """One sentence on why there is nothing to read."""


@dataclass(frozen=True)
class Histograms:
    """How the values of one weight were spread, step by step.

    Attributes
    ----------
    steps
        The steps that were logged, integers of shape (num_steps,); Keras's callback counts epochs from 0.
    edges
        Borders of the bins at each step, shape (num_steps, num_bins + 1); they differ from step to step.
    counts
        Values in each bin at each step, shape (num_steps, num_bins).
    """

    steps: np.ndarray
    edges: np.ndarray
    counts: np.ndarray

    def on_common_edges(
        self, num_bins: int = 60, limits: tuple[float, float] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Spread the counts over bins that are the same at every step, as a picture over time needs them.

        Parameters
        ----------
        num_bins
            Bins of equal width between the limits.
        limits
            Where the first bin begins and the last one ends; the smallest and the largest value of all steps by default.
            Values outside are left out.

        Returns
        -------
        edges : ndarray of shape (num_bins + 1,)
            Borders of the bins.
        counts : ndarray of shape (num_steps, num_bins)
            Values in each bin; a bin that is cut by a border is taken to be filled evenly.
        """
        low, high = limits or (float(self.edges.min()), float(self.edges.max()))
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = np.linspace(low, high, num_bins + 1)
        counts = np.zeros((len(self.steps), num_bins))
        for row, (own_edges, own_counts) in enumerate(zip(self.edges, self.counts, strict=True)):
            if own_edges[0] == own_edges[-1]:
                # All values are equal, as after an initialisation with zeros.
                if low <= own_edges[0] <= high:
                    place = min(np.searchsorted(edges, own_edges[0], side="right") - 1, num_bins - 1)
                    counts[row, place] = own_counts.sum()
            else:
                below = np.concatenate([[0.0], np.cumsum(own_counts)])
                counts[row] = np.diff(np.interp(edges, own_edges, below))
        return edges, counts


def scalars(folder: str | Path, tag: str | None = None) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Read the curves in a folder of logs.

    Parameters
    ----------
    folder
        The callback's ``log_dir``, or a folder above several of them.
    tag
        Only what has this in its name; everything if it is not given.

    Returns
    -------
    dict
        From names such as ``"train/epoch_loss"`` (the folder under ``folder``, then the tag) to the steps, integers of
        shape (num_steps,), and the values at these steps, shape (num_steps,).

    Raises
    ------
    LogsError
        If there are no logs in the folder or none with this tag.
    """
    return {
        name: (steps, np.array([float(value) for value in values]))
        for name, steps, values in _series(folder, "scalars", tag)
    }


def histograms(folder: str | Path, tag: str | None = None) -> dict[str, Histograms]:
    """Read the histograms in a folder of logs.

    Parameters
    ----------
    folder
        The callback's ``log_dir``, or a folder above several of them.
    tag
        Only what has this in its name, such as ``"kernel"``; everything if it is not given.

    Returns
    -------
    dict
        From names such as ``"train/baseline/dense/kernel/histogram"`` to the histograms over time.

    Raises
    ------
    LogsError
        If there are no logs in the folder or none with this tag.
    """
    read = {}
    for name, steps, values in _series(folder, "histograms", tag):
        # Each row of a value is one bin: its left border, its right border and its count.
        bins = np.stack(values)
        edges = np.concatenate([bins[:, :, 0], bins[:, -1:, 1]], axis=1)
        read[name] = Histograms(steps, edges, bins[:, :, 2])
    return read


def _series(
    folder: str | Path, kind: str, tag: str | None
) -> Iterator[tuple[str, np.ndarray, list[np.ndarray]]]:
    """Give name, steps and values of all logs of one kind, in the order of their names."""
    folder = Path(folder)
    runs = sorted({path.parent for path in folder.rglob(_EVENT_FILES)}) if folder.is_dir() else []
    if not runs:
        raise LogsError(
            f"there are no TensorBoard logs in {folder}: train with callbacks=[keras.callbacks.TensorBoard(...)] "
            "whose log_dir is this folder, then read them."
        )
    found = {}
    for run in runs:
        # The size 0 keeps every event instead of a sample of them.
        reader = EventAccumulator(str(run), size_guidance={TENSORS: 0})
        reader.Reload()
        for own_tag in _tags(reader, kind):
            found["/".join([*run.relative_to(folder).parts, own_tag])] = (reader, own_tag)
    chosen = [name for name in sorted(found) if tag is None or tag in name]
    if not chosen:
        wanted = "" if tag is None else f" with {tag!r} in their names"
        known = ", ".join(sorted(found)) or "none"
        raise LogsError(f"there are no {kind}{wanted} in the logs in {folder}; there are: {known}.")
    for name in chosen:
        reader, own_tag = found[name]
        yield name, *_last_training(reader.Tensors(own_tag))


def _tags(reader: EventAccumulator, kind: str) -> list[str]:
    try:
        return list(reader.PluginTagToContent(kind))
    except KeyError:
        return []


def _last_training(events: list) -> tuple[np.ndarray, list[np.ndarray]]:
    """Leave out what an earlier training into the same folder wrote: its steps begin again."""
    kept: dict[int, np.ndarray] = {}
    for event in sorted(events, key=lambda event: event.wall_time):
        for step in [step for step in kept if step >= event.step]:
            del kept[step]
        kept[event.step] = tensor_util.make_ndarray(event.tensor_proto)
    return np.array(list(kept), dtype=int), list(kept.values())
