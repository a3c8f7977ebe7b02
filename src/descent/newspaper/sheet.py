"""A sheet under the press: what is inked, and what of it separates."""

# The parameters of a class are in its own docstring.
# ruff: noqa: D107

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from descent.newspaper.faces import Face

#: White that belongs to a separator on each side of its ink, in pixels of a page at full size: people who mark separators draw a strip around the rule.
MARGIN = 6.0


class Sheet:
    """Ink and separators of a page in pixels of its full size, x to the right and y down.

    Parameters
    ----------
    width, height
        In pixels.
    rng
        Where the wear of rules comes from.
    wear
        How worn the rules are, from 0 (new) to 1 (in pieces).

    Attributes
    ----------
    ink
        Grey picture, 255 where ink is.
    separators
        Grey picture of the same size, 255 where a separator is.
    """

    def __init__(self, width: int, height: int, rng: np.random.Generator, wear: float) -> None:
        self.width, self.height = width, height
        self.ink = Image.new("L", (width, height), 0)
        self.separators = Image.new("L", (width, height), 0)
        self.rng = rng
        self.wear = wear
        self._pen = ImageDraw.Draw(self.ink)
        self._marker = ImageDraw.Draw(self.separators)

    def text(self, x: float, baseline: float, text: str, face: Face, em: float) -> float:
        """Set a text on a baseline, from x on, and return where it ends."""
        font, spelled = face.font(em), face.spelled(text)
        self._pen.text((round(x), round(baseline)), spelled, fill=255, font=font, anchor="ls")
        return x + font.getlength(spelled)

    def centred(self, x: float, baseline: float, text: str, face: Face, em: float) -> None:
        """Set a text around x."""
        self.text(x - length_of(text, face, em) / 2, baseline, text, face, em)

    def rule(
        self,
        start: tuple[float, float],
        length: float,
        vertical: bool,
        thickness: float,
        kind: str = "plain",
        separates: bool = True,
    ) -> float:
        """Print a rule whose upper or left edge begins at a point, and return how thick it is as a whole.

        Parameters
        ----------
        start
            x and y of its beginning.
        length, thickness
            In pixels; the thickness of a rule of several lines is that of the thicker one.
        vertical
            Whether it runs down instead of to the right.
        kind
            "plain", "double" (two thin lines), "thick-thin", "thin-thick", "triple", "swelled", "wavy", "dotted" or "dashed".
        separates
            False for what only looks like a separator.
        """
        thin, gap = max(2.0, thickness * 0.4), max(4.0, thickness * 0.9)
        lines = {
            "double": [(0.0, thin), (thin + gap, thin)],
            "thick-thin": [(0.0, thickness), (thickness + gap, thin)],
            "thin-thick": [(0.0, thin), (thin + gap, thickness)],
            "triple": [(0.0, thin), (thin + gap, thickness), (thin + 2 * gap + thickness, thin)],
        }.get(kind, [(0.0, thickness)])
        across = lines[-1][0] + lines[-1][1]
        if kind == "swelled":
            self._polygon(
                start,
                vertical,
                [(0, across / 2), (length / 2, 0), (length, across / 2), (length / 2, across)],
            )
        elif kind == "wavy":
            across = thickness * 3
            steps = np.arange(0.0, length, 4.0)
            wave = across / 2 + (across / 2 - thickness / 2) * np.sin(steps / (thickness * 2.5))
            for low, high, one, other in zip(steps[:-1], steps[1:], wave[:-1], wave[1:], strict=True):
                self._polygon(
                    start,
                    vertical,
                    [
                        (low, one - thickness / 2),
                        (high, other - thickness / 2),
                        (high, other + thickness / 2),
                        (low, one + thickness / 2),
                    ],
                )
        elif kind in ("dotted", "dashed"):
            dash = thickness if kind == "dotted" else thickness * 4
            for low in np.arange(0.0, length - dash, dash * 2):
                self._polygon(start, vertical, _box(low, 0, low + dash, thickness))
        else:
            for offset, thick in lines:
                self._line(start, vertical, offset, thick, length)
        if separates:
            box = _turned(start, vertical, _box(-MARGIN, -MARGIN, length + MARGIN, across + MARGIN))
            self._marker.polygon(box, fill=255)
        return across

    def mark(self, left: float, top: float, right: float, bottom: float) -> None:
        """Say that what stands in a box separates, such as an ornament."""
        self._marker.rectangle((left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN), fill=255)

    def picture(self, left: float, top: float, tones: NDArray[np.uint8]) -> None:
        """Put a picture (255 is ink) where its upper left corner is given."""
        self.ink.paste(Image.fromarray(tones), (round(left), round(top)))

    def polygon(self, corners: list[tuple[float, float]], fill: int = 255) -> None:
        """Ink a shape that separates nothing."""
        self._pen.polygon(corners, fill=fill)

    def _line(
        self, start: tuple[float, float], vertical: bool, offset: float, thickness: float, length: float
    ) -> None:
        """A line of brass rules of some length, set end to end: they meet badly, bend and wear out."""
        rng, done = self.rng, 0.0
        while done < length:
            piece = min(length - done, float(rng.uniform(150, 900)))
            end = done + piece
            shift = float(rng.normal(0.0, 0.6)) if self.wear > 0.05 else 0.0
            thick = thickness * float(rng.uniform(1 - 0.5 * self.wear, 1 + 0.2 * self.wear))
            if rng.random() < self.wear:
                end -= float(rng.exponential(10.0)) * (1 + 4 * self.wear)
            if end > done:
                self._polygon(start, vertical, _box(done, offset + shift, end, offset + shift + thick))
            if rng.random() < self.wear * 0.6:
                # A place that took no ink.
                low = done + float(rng.uniform(0, piece))
                high = min(low + float(rng.exponential(25.0)), length)
                self._polygon(start, vertical, _box(low, offset - 1, high, offset + thickness + 2), fill=0)
            done += piece

    def _polygon(
        self, start: tuple[float, float], vertical: bool, corners: list[tuple[float, float]], fill: int = 255
    ) -> None:
        self._pen.polygon(_turned(start, vertical, corners), fill=fill)


def length_of(text: str, face: Face, em: float) -> float:
    """How long a text is, in pixels."""
    return face.font(em).getlength(face.spelled(text))


def _box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    # Pillow inks both the first and the last pixel of a shape.
    return [(left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1)]


def _turned(
    start: tuple[float, float], vertical: bool, corners: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Corners (along, across) as (x, y), where along runs down for a vertical rule."""
    x, y = start
    return [(x + across, y + along) if vertical else (x + along, y + across) for along, across in corners]
