"""Reads a scan and its ground truth from files, whatever they are, and says in one sentence what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError


class PageError(ValueError):
    """One sentence on what is wrong with a page and what to do."""


def load_page(
    image: str | Path, ground_truth: str | Path | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a scanned page and the picture that says where its separators are.

    Parameters
    ----------
    image
        A picture of any size, grey or colour, such as ``img-001.jpg``.
    ground_truth
        A picture of the same size with two labels, the darker one for separators; ``img-001-gt.png`` if it is not given.

    Returns
    -------
    scan, ground_truth
        Arrays of shape (height, width), dtype uint8. The ground truth is 0 where a separator is and 255 elsewhere.

    Raises
    ------
    PageError
        A file is missing or no picture, the sizes differ, or the ground truth has no separator, more than two labels, or more
        separator than rest.
    """
    image = Path(image)
    truth_path = image.with_name(f"{image.stem}-gt.png") if ground_truth is None else Path(ground_truth)
    scan, truth = _grey(image), _grey(truth_path)
    if scan.shape != truth.shape:
        raise PageError(
            f"{image.name} is {_size(scan)} pixels, {truth_path.name} is {_size(truth)}: bring both to the same size."
        )
    labels = np.unique(truth)
    if len(labels) > 2:
        raise PageError(
            f"{truth_path.name} has {len(labels)} labels where there have to be two, separator and rest: save it as PNG without smoothing "
            "(JPEG and resizing make grey out of black and white)."
        )
    if len(labels) == 1:
        what = "nothing but separators" if labels[0] < 128 else "no separator"
        raise PageError(f"{truth_path.name} has {what}: one grey value fills it all.")
    if np.mean(truth == labels[0]) > 0.5:
        raise PageError(
            f"{truth_path.name} says that more than half of the page is separator: its darker label has to be the separators, is it inverted?"
        )
    return scan, np.where(truth == labels[0], 0, 255).astype(np.uint8)


def _grey(path: Path) -> NDArray[np.uint8]:
    if not path.is_file():
        raise PageError(f"{path} is missing: check the name and the folder.")
    try:
        with Image.open(path) as picture:
            picture.load()
            if picture.mode.startswith("I") or picture.mode == "F":
                # 16 bits a pixel, as scanners for archives write.
                values = np.asarray(picture, np.float64)
                most = 65535.0 if values.max() > 255 else 255.0
                return (values * (255 / most)).round().clip(0, 255).astype(np.uint8)
            if "A" in picture.mode or "transparency" in picture.info:
                layer = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
            return np.asarray(picture.convert("L")).copy()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PageError(
            f"{path} cannot be read as a picture ({error}): open it in a viewer and save it anew."
        ) from None


def _size(array: NDArray[np.uint8]) -> str:
    return f"{array.shape[1]} x {array.shape[0]}"
