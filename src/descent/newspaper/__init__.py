"""Newspaper pages with the separators that printers set: rendered ones, and scans of yours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from descent.newspaper.composition import Style, compose, draw_style
from descent.newspaper.patches import overlay
from descent.newspaper.scanner import Scan, draw_scan, scan_sheet
from descent.newspaper.scans import PageError, load_page

__all__ = ["PageError", "Scan", "Style", "draw_scan", "draw_style", "load_page", "overlay", "render_page"]


def render_page(
    seed: int, scale: float = 1.0, style: Style | None = None, scan: Scan | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Render a front page as of 1860 to 1930, scanned, and where its separators are.

    A separator is what a printer sets to divide: column rules and cross rules of every kind, dashes and ornaments between articles, borders of
    advertisements, rules of tables. Underlined words, leaders, letters, pictures and their edges, folds, scratches and the edge of the paper are none.
    Each is marked with `descent.newspaper.sheet.MARGIN` pixels (of the page at full size) of the white around it, worn places included.

    Parameters
    ----------
    seed
        The same seed gives the same page, to the byte, with the same releases of NumPy, Pillow and matplotlib.
    scale
        1 for a page at the size of a scan, about 3,200 x 4,600 pixels; 0.5 for half of that.
    style, scan
        How the page is composed, and what happens to it; drawn from the seed if not given.

    Returns
    -------
    scan, ground_truth
        Two arrays of the same shape (height, width), dtype uint8. The ground truth is 0 where a separator is and 255 elsewhere.

    Raises
    ------
    ValueError
        If the scale is not above 0 and at most 1.
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale has to be above 0 and at most 1, got {scale}.")
    generators = [np.random.default_rng([seed, part]) for part in range(4)]
    chosen_style = draw_style(generators[0]) if style is None else style
    chosen_scan = draw_scan(generators[1]) if scan is None else scan
    return scan_sheet(compose(chosen_style, generators[2]), chosen_scan, scale, generators[3])
