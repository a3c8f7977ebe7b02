"""What press, paper, years and a scanner make of a page; the ground truth goes through the same geometry."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from descent.newspaper.composition import smooth
from descent.newspaper.sheet import Sheet

_CELLS = 10


@dataclass(frozen=True)
class Scan:
    """What happened to a page. Lengths are in pixels of a page at full size, tones from 0 (black) to 255 (white).

    Attributes
    ----------
    spread, threshold, hardness
        The ink spreads by a blur of this standard deviation; ink is where the blurred page passes the threshold (lower is bolder),
        with an edge the steeper the harder.
    unevenness
        How much the threshold varies over the page: pale and heavy places.
    speckle
        Grain of the ink, as a share of its tone.
    paper, ink
        Their tones; ``texture``: standard deviation of the paper's tone.
    light
        How much darker the darkest place is lit.
    show_through
        Share of the back's ink that shines through.
    blur
        Of the optics, as a standard deviation.
    noise
        Of the sensor, as a standard deviation in tones.
    black, white
        Tones that the operator sets to 0 and 255.
    sharpening
        Per cent of unsharp masking.
    skew
        Rotation in degrees; ``warp``: how far the paper is bent sideways and up.
    edges
        How much of the left, top, right and bottom of the picture is not paper, as a share of the page's width.
    background
        Tone of what lies beside the paper.
    sheets
        How many edges of further sheets and frames are seen beside the paper or through it.
    shadow
        How dark the paper is beside one of its edges, where it bends into the spine.
    folds, dust, scratches, stains
        How many there are.
    quality
        Of the JPEG file, 1 to 95.
    """

    spread: float
    threshold: float
    hardness: float
    unevenness: float
    speckle: float
    paper: float
    ink: float
    texture: float
    light: float
    show_through: float
    blur: float
    noise: float
    black: float
    white: float
    sharpening: int
    skew: float
    warp: float
    edges: tuple[float, float, float, float]
    background: float
    sheets: int
    shadow: float
    folds: int
    dust: int
    scratches: int
    stains: int
    quality: int


def draw_scan(rng: np.random.Generator) -> Scan:
    """Draw what happened to one page."""
    hard = rng.random() < 0.45
    edges = tuple(float(each) for each in np.where(rng.random(4) < 0.6, rng.uniform(0, 0.035, 4), 0.0))
    paper = float(rng.uniform(165, 250))
    ink = float(rng.uniform(5, 75))
    spread = float(rng.uniform(1.0, 3.0))
    # A line of four pixels still prints: this is how dark its middle is after the blur.
    peak = math.erf(2 / (math.sqrt(2) * spread))
    return Scan(
        spread=spread,
        threshold=peak * float(rng.uniform(0.2, 0.65)),
        hardness=float(rng.uniform(3, 8)),
        unevenness=peak * float(rng.uniform(0.0, 0.22)),
        speckle=float(rng.uniform(0.0, 0.35)),
        paper=paper,
        ink=ink,
        texture=float(rng.uniform(1, 7)),
        light=float(rng.uniform(0.0, 0.3)),
        show_through=float(rng.choice([0.0, rng.uniform(0.02, 0.28)], p=[0.25, 0.75])),
        blur=float(rng.uniform(0.4, 2.4)),
        noise=float(rng.uniform(0.5, 7)),
        # A microfilm or a scan for reading is black and white, a scan for keeping has all tones.
        black=float(ink + rng.uniform(0, 40)) if hard else float(rng.uniform(0, 12)),
        white=float(paper - rng.uniform(-5, 35)) if hard else 255.0,
        sharpening=int(rng.integers(40, 250)) if rng.random() < 0.5 else 0,
        skew=float(rng.normal(0, 0.45)),
        warp=float(rng.uniform(0, 14)),
        edges=edges,  # type: ignore[arg-type]
        background=float(rng.choice([rng.uniform(0, 50), rng.uniform(180, 255)], p=[0.75, 0.25])),
        sheets=int(rng.integers(0, 6)),
        shadow=float(rng.uniform(0.2, 1.0)) if rng.random() < 0.5 else 0.0,
        folds=int(rng.integers(0, 3)),
        dust=int(rng.integers(0, 120)),
        scratches=int(rng.integers(0, 5)),
        stains=int(rng.integers(0, 5)),
        quality=int(rng.integers(55, 95)),
    )


def scan_sheet(
    sheet: Sheet, scan: Scan, scale: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Scan a page and its ground truth.

    Parameters
    ----------
    scale
        Size of the pictures compared with the sheet.

    Returns
    -------
    scan, ground_truth
        Of shape (height, width), dtype uint8; the ground truth is 0 where a separator is and 255 elsewhere.
    """
    width, height = round(sheet.width * scale), round(sheet.height * scale)
    small = [
        each.resize((width, height), Image.Resampling.BOX) if scale != 1 else each
        for each in (sheet.ink, sheet.separators)
    ]
    paper_mask = Image.fromarray(_paper(scan, height, width, rng))
    mesh = _mesh(scan, height, width, scale, rng)
    ink, separators, on_paper = (
        each.transform((width, height), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
        for each in (*small, paper_mask)
    )
    tones = _printed(ink, scan, scale, rng)
    tones = _aged(tones, scan, scale, rng)
    covered = np.asarray(on_paper.filter(ImageFilter.GaussianBlur(1.5 * scale)), np.float32) / 255
    if scan.shadow:
        tones = tones * _spine(scan, height, width, scale, rng)
    beside = scan.background * (0.85 + 0.3 * smooth(rng, height, width, 300 * scale))
    tones = (tones * covered + beside * (1 - covered)).astype(np.float32)
    tones = _sheets(tones, scan, scale, rng)
    grey = _exposed(tones, scan, scale, rng)
    # A separator that lies beside the paper is not on the scan.
    truth = np.where((np.asarray(separators) >= 128) & (covered > 0.5), 0, 255).astype(np.uint8)
    return grey, truth


def _paper(scan: Scan, height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """255 where paper is; its edges are a bit ragged."""
    mask = np.full((height, width), 255, np.uint8)
    left, top, right, bottom = (
        edge * width * (1 + 0.3 * (smooth(rng, 1, length, width / 8)[0] - 0.5)) + rng.normal(0, 0.6, length)
        for edge, length in zip(scan.edges, (height, width, height, width), strict=True)
    )
    y, x = np.arange(height)[:, None], np.arange(width)[None, :]
    outside = np.zeros((height, width), bool)
    if scan.edges[0]:
        outside |= x < left[:, None]
    if scan.edges[1]:
        outside |= y < top[None, :]
    if scan.edges[2]:
        outside |= x >= width - right[:, None]
    if scan.edges[3]:
        outside |= y >= height - bottom[None, :]
    mask[outside] = 0
    return mask


def _spine(
    scan: Scan, height: int, width: int, scale: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """How much light there is, from 0 to 1, where the paper bends away at its left or right edge."""
    reach = float(rng.uniform(25, 160)) * scale * (0.7 + 0.6 * smooth(rng, 1, height, height / 3)[0])
    edge = scan.edges[0] if rng.random() < 0.5 else scan.edges[2]
    distance = np.abs(np.arange(width) - edge * width)[None, :]
    light = 1 - scan.shadow * np.exp(-distance / reach[:, None])
    return (light if edge == scan.edges[0] else light[:, ::-1]).astype(np.float32)


def _sheets(
    tones: NDArray[np.float32], scan: Scan, scale: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Edges of other sheets and of a frame: long lines, light or dark, along the edges of the picture."""
    height, width = tones.shape
    for _ in range(scan.sheets):
        vertical = bool(rng.random() < 0.7)
        length, across = (height, width) if vertical else (width, height)
        place = (
            float(rng.exponential(0.012)) * width + (smooth(rng, 1, length, length / 2)[0] - 0.5) * 8 * scale
        )
        place = np.round(place + np.arange(length) * float(rng.normal(0, 0.002))).astype(int)
        if rng.random() < 0.5:
            place = across - 1 - place
        start, end = sorted(int(each) for each in rng.integers(0, length + 1, 2))
        tone = float(rng.choice([rng.uniform(0, 90), rng.uniform(150, 255)]))
        for offset in range(max(1, round(float(rng.uniform(2, 9)) * scale))):
            along = np.arange(start, end)
            columns = place[start:end] + offset
            inside = (columns >= 0) & (columns < across)
            if vertical:
                tones[along[inside], columns[inside]] = tone
            else:
                tones[columns[inside], along[inside]] = tone
    return tones


def _mesh(
    scan: Scan, height: int, width: int, scale: float, rng: np.random.Generator
) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """For each cell of the picture the four corners on the page that it comes from."""
    xs = np.linspace(0, width, _CELLS + 1).round().astype(int)
    ys = np.linspace(0, height, _CELLS + 1).round().astype(int)
    angle = np.deg2rad(scan.skew)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).astype(float)
    centred = grid - (width / 2, height / 2)
    turned = centred @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    bend = [
        scan.warp * scale * (smooth(rng, _CELLS + 1, _CELLS + 1, 3.0) - 0.5) * 2,
        scan.warp * scale * (smooth(rng, _CELLS + 1, _CELLS + 1, 3.0) - 0.5) * 2,
    ]
    # A little smaller, so that a turned page stays in the picture.
    source = turned * (1 + 0.6 * abs(angle)) + (width / 2, height / 2) + np.stack(bend, axis=-1)
    return [
        (
            (int(xs[column]), int(ys[row]), int(xs[column + 1]), int(ys[row + 1])),
            tuple(
                float(value)
                for place in ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
                for value in source[place]
            ),
        )
        for row in range(_CELLS)
        for column in range(_CELLS)
    ]


def _blurred(image: Image.Image, sigma: float) -> NDArray[np.float32]:
    return np.asarray(image.filter(ImageFilter.GaussianBlur(sigma)), np.float32)


def _printed(ink: Image.Image, scan: Scan, scale: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Ink on paper, with what shines through from the back."""
    height, width = ink.height, ink.width
    spread = _blurred(ink, scan.spread * scale) / 255
    uneven = scan.unevenness * (
        smooth(rng, height, width, 500 * scale) + smooth(rng, height, width, 120 * scale) - 1
    )
    grain = scan.speckle * 0.5 * (smooth(rng, height, width, max(1.5, 5 * scale)) - 0.5)
    covered = ((spread - scan.threshold - uneven - grain) * scan.hardness + 0.5).clip(0, 1)
    if scan.show_through:
        back = ink.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        back = back.transform(
            back.size,
            Image.Transform.AFFINE,
            (1, 0, float(rng.normal(0, 60)) * scale, 0, 1, float(rng.uniform(-900, 900)) * scale),
        )
        strength = scan.show_through * (0.6 + 0.8 * smooth(rng, height, width, 600 * scale))
        behind = strength * _blurred(back, float(rng.uniform(2, 5)) * scale) / 255
    else:
        behind = np.zeros((1, 1), np.float32)
    paper = scan.paper + scan.texture * (
        2 * (smooth(rng, height, width, 250 * scale) - 0.5)
        + (smooth(rng, height, width, max(1.5, 7 * scale)) - 0.5)
    )
    paper = paper * (1 - 0.8 * behind)
    tone = scan.ink * (1 + scan.speckle * smooth(rng, height, width, max(2.0, 12 * scale)))
    return (paper * (1 - covered) + tone * covered).astype(np.float32)


def _aged(
    tones: NDArray[np.float32], scan: Scan, scale: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Folds, stains, dust and scratches."""
    height, width = tones.shape
    for _ in range(scan.folds):
        along = bool(rng.random() < 0.5)
        length, across = (width, height) if along else (height, width)
        place = across * float(rng.uniform(0.2, 0.8)) + 8 * scale * (
            smooth(rng, 1, length, length / 4)[0] - 0.5
        )
        distance = (np.arange(across)[:, None] - place[None, :]) / (float(rng.uniform(3, 14)) * scale)
        crease = (float(rng.uniform(-60, 45)) * np.exp(-0.5 * distance**2)).astype(np.float32)
        tones = tones + (crease if along else crease.T)
    for _ in range(scan.stains):
        size = int(rng.integers(80, 600) * scale) + 8
        y, x = int(rng.integers(0, max(1, height - size))), int(rng.integers(0, max(1, width - size)))
        blot = (smooth(rng, size, size, size / 4) - 0.45).clip(0, 1)
        rows, columns = np.hanning(size)[:, None], np.hanning(size)[None, :]
        part = tones[y : y + size, x : x + size]
        part *= (1 - 0.8 * blot * rows * columns)[: part.shape[0], : part.shape[1]]
    for _ in range(scan.dust):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        size = 1 + int(rng.exponential(5.0) * scale)
        tones[y : y + size, x : x + int(size * rng.uniform(0.5, 2)) + 1] = float(
            rng.choice([rng.uniform(0, 120), 255])
        )
    for _ in range(scan.scratches):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        length, slant = int(rng.integers(60, 900) * scale), float(rng.normal(0, 0.08))
        steps = np.arange(length)
        columns = np.round(x + slant * steps).astype(int)
        inside = (y + steps < height) & (columns >= 0) & (columns < width)
        tones[(y + steps)[inside], columns[inside]] += float(rng.uniform(-70, 90))
    return tones


def _exposed(
    tones: NDArray[np.float32], scan: Scan, scale: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Light, optics, sensor, the operator's levels and the file."""
    height, width = tones.shape
    direction = float(rng.uniform(0, 2 * np.pi))
    y, x = np.linspace(-0.5, 0.5, height)[:, None], np.linspace(-0.5, 0.5, width)[None, :]
    slope = 0.5 + 0.7 * (x * np.cos(direction) + y * np.sin(direction))
    lit = tones * (
        1
        - scan.light
        * (slope.clip(0, 1) ** 2 if rng.random() < 0.5 else smooth(rng, height, width, width / 2))
    )
    # Blur and sharpen bytes, as a scanner's software does.
    image = Image.fromarray(lit.clip(0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(scan.blur * scale)
    )
    noisy = np.asarray(image, np.float32) + scan.noise * rng.standard_normal(
        (height, width), dtype=np.float32
    )
    levels = (noisy - scan.black) * (255 / max(40.0, scan.white - scan.black))
    image = Image.fromarray(levels.clip(0, 255).astype(np.uint8))
    if scan.sharpening:
        image = image.filter(
            ImageFilter.UnsharpMask(radius=max(0.8, 2.5 * scale), percent=scan.sharpening, threshold=2)
        )
    file = io.BytesIO()
    image.save(file, "JPEG", quality=scan.quality)
    return np.asarray(Image.open(file)).copy()
