"""A page cut into the patches of the exercise, and what was found in them drawn over it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from descent.newspaper.scans import PageError

#: Side of a patch, and the share of it that has to be separator, as in the exercise.
PATCH, THRESHOLD = 15, 0.1


def cut(
    scan: NDArray[np.uint8], ground_truth: NDArray[np.uint8], corner: tuple[int, int] = (0, 0)
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The patches of a page from a corner on, of shape (rows, columns, 15, 15) with values between 0 and 1, and their labels (rows, columns)."""
    return tiles_of(scan, corner) / np.float32(255), labels_of(ground_truth, corner)


def tiles_of(picture: NDArray[np.uint8], corner: tuple[int, int] = (0, 0)) -> NDArray[np.uint8]:
    """A picture as patches of shape (rows, columns, 15, 15)."""
    inside = picture[corner[0] :, corner[1] :]
    rows, columns = (length // PATCH for length in inside.shape)
    if not rows or not columns:
        raise PageError(f"The page is smaller than one patch of {PATCH} x {PATCH} pixels.")
    inside = inside[: rows * PATCH, : columns * PATCH]
    return inside.reshape(rows, PATCH, columns, PATCH).transpose(0, 2, 1, 3)


def labels_of(ground_truth: NDArray[np.uint8], corner: tuple[int, int] = (0, 0)) -> NDArray[np.bool_]:
    """Which patches hold a separator, of shape (rows, columns)."""
    return (tiles_of(ground_truth, corner) == 0).mean(axis=(2, 3)) > THRESHOLD


def overlay(
    scan: NDArray[np.uint8], ground_truth: NDArray[np.uint8], found: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The scan in colour: patches with a separator that were found in green, those that were missed in red, false alarms in blue.

    Parameters
    ----------
    scan, ground_truth
        As `descent.newspaper.render_page` and `load_page` give them.
    found
        Of shape (rows, columns) for the patches of 15 x 15 pixels: True for those that were taken for separators.

    Returns
    -------
    array
        Of shape (height, width, 3), dtype uint8.

    Raises
    ------
    ValueError
        If ``found`` has another shape, or holds something else than truth values.
    """
    # matplotlib and IPython come with it, which nothing else of the pages needs.
    from descent.plots import COLORS

    labels, found = labels_of(ground_truth), np.asarray(found)
    if found.shape != labels.shape:
        raise ValueError(
            f"found has the shape {found.shape}, and the page {labels.shape[0]} x {labels.shape[1]} patches of {PATCH} x {PATCH} pixels."
        )
    if found.dtype != bool:
        raise ValueError("found has to hold truth values: compare probabilities with 0.5 first.")
    picture = np.repeat(scan[:, :, None], 3, axis=2).astype(np.float32)
    for chosen, color in (
        (found & labels, "green"),
        (~found & labels, "red"),
        (found & ~labels, "blue"),
    ):
        area = np.kron(chosen, np.ones((PATCH, PATCH), bool))
        part = picture[: area.shape[0], : area.shape[1]]
        part[area] = 0.5 * part[area] + 0.5 * np.array(ImageColor.getrgb(COLORS[color]), np.float32)
    return picture.astype(np.uint8)
