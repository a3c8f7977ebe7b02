"""Typefaces and words of the rendered pages: the fonts that come with matplotlib, and a language of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import ImageFont

#: Blackletter capitals that Unicode put elsewhere than in the block of mathematical letters.
_ELSEWHERE = {"C": "\u212d", "H": "\u210c", "I": "\u2111", "R": "\u211c", "Z": "\u2128"}
_PLAIN_BLACKLETTER = (0x1D504, 0x1D51E)
_BOLD_BLACKLETTER = (0x1D56C, 0x1D586)


@dataclass(frozen=True)
class Face:
    """A typeface.

    Attributes
    ----------
    file
        Name of the font's file among those of matplotlib.
    letters
        Code points of the capital and the small A, where letters are taken from elsewhere than ASCII.
    scale
        Factor that brings the face's height of the small x to that of the others.
    """

    file: str
    letters: tuple[int, int] | None = None
    scale: float = 1.0

    def font(self, em: float) -> ImageFont.FreeTypeFont:
        """The face at a size in pixels."""
        return _font(self.file, max(6, round(em * self.scale)))

    def spelled(self, text: str) -> str:
        """The text in the code points under which the font keeps its letters."""
        return text if self.letters is None else _spelled(text, self.letters)


ROMAN = Face("STIXGeneral.ttf")
ROMAN_BOLD = Face("STIXGeneralBol.ttf")
ITALIC = Face("STIXGeneralItalic.ttf")
SERIF = Face("DejaVuSerif.ttf", scale=0.85)
SERIF_BOLD = Face("DejaVuSerif-Bold.ttf", scale=0.85)
NARROW = Face("DejaVuSerifDisplay.ttf", scale=0.85)
MODERN = Face("cmr10.ttf", scale=1.05)
MODERN_BOLD = Face("cmb10.ttf", scale=1.05)
GROTESQUE = Face("DejaVuSans.ttf", scale=0.85)
GROTESQUE_BOLD = Face("DejaVuSans-Bold.ttf", scale=0.85)
BLACKLETTER = Face("STIXGeneral.ttf", _PLAIN_BLACKLETTER, scale=1.05)
BLACKLETTER_BOLD = Face("STIXGeneralBol.ttf", _BOLD_BLACKLETTER, scale=1.05)

#: What text is set in, each with the face that stresses a word.
TEXT_FACES = (
    (ROMAN, ROMAN_BOLD),
    (ROMAN, ITALIC),
    (MODERN, MODERN_BOLD),
    (SERIF, SERIF_BOLD),
    (BLACKLETTER, BLACKLETTER_BOLD),
    (BLACKLETTER_BOLD, ROMAN_BOLD),
)
HEADLINE_FACES = (
    ROMAN_BOLD,
    SERIF_BOLD,
    MODERN_BOLD,
    GROTESQUE_BOLD,
    BLACKLETTER,
    BLACKLETTER_BOLD,
    ROMAN,
    GROTESQUE,
)


@cache
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / file
    # The basic layout is the same on every machine; the other one is there on some only.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _spelled(text: str, letters: tuple[int, int]) -> str:
    capital, small = letters
    spelled = []
    for letter in text:
        if letters == _PLAIN_BLACKLETTER and letter in _ELSEWHERE:
            spelled.append(_ELSEWHERE[letter])
        elif "A" <= letter <= "Z":
            spelled.append(chr(capital + ord(letter) - ord("A")))
        elif "a" <= letter <= "z":
            spelled.append(chr(small + ord(letter) - ord("a")))
        else:
            spelled.append(letter)
    return "".join(spelled)


_ONSETS = [
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "w",
    "z",
    "st",
    "tr",
    "br",
    "gr",
    "sch",
    "ch",
    "pl",
    "fl",
    "kn",
    "qu",
    "v",
]
_VOWELS = ["a", "e", "e", "e", "i", "o", "u", "ei", "ie", "au", "eu"]
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "nd", "ng", "st", "cht", "rt", "m"]
_ENDINGS = ["", "", "en", "er", "e", "es", "ung", "lich", "ion", "ent"]
_SHORT = [
    "der",
    "die",
    "das",
    "und",
    "in",
    "zu",
    "of",
    "the",
    "and",
    "to",
    "le",
    "la",
    "et",
    "de",
    "il",
    "on",
    "an",
    "mit",
    "von",
    "is",
]


def vocabulary(rng: np.random.Generator, number: int = 300) -> list[str]:
    """Words that look like those of a European language, a third of them short ones that every sentence has."""

    def pick(parts: list[str]) -> str:
        return parts[int(rng.integers(len(parts)))]

    words = []
    for _ in range(number):
        if rng.random() < 0.35:
            words.append(pick(_SHORT))
            continue
        syllables = int(rng.choice([1, 2, 3], p=[0.45, 0.4, 0.15]))
        word = "".join(pick(_ONSETS) + pick(_VOWELS) + pick(_CODAS) for _ in range(syllables)) + pick(
            _ENDINGS
        )
        words.append(word.capitalize() if rng.random() < 0.3 else word)
    return words
