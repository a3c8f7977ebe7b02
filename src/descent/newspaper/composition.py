"""Composes front pages as newspapers of 1860 to 1930 had them: masthead, columns, articles, tables, advertisements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from descent.newspaper.faces import HEADLINE_FACES, ROMAN, TEXT_FACES, Face, vocabulary
from descent.newspaper.sheet import MARGIN, Sheet, length_of

#: How columns are separated, and how often.
_COLUMN_RULES = {"plain": 0.72, "double": 0.1, "thick-thin": 0.03, "none": 0.15}
#: What stands under the masthead and between parts of a page.
_CROSS_RULES = {
    "plain": 0.3,
    "thick-thin": 0.22,
    "thin-thick": 0.13,
    "double": 0.2,
    "triple": 0.07,
    "wavy": 0.08,
}
#: What stands between two articles of a column.
_ENDS = {"dash": 0.42, "cross": 0.2, "nothing": 0.18, "swelled": 0.07, "ornament": 0.08, "double dash": 0.05}


@dataclass(frozen=True)
class Style:
    """How a page is composed. Lengths are in pixels of a page at full size.

    Attributes
    ----------
    width, height
        Of the sheet.
    margins
        White at its left, top, right and bottom edge.
    columns
        Number of columns.
    gutter
        Distance between two columns; the rule stands in its middle.
    text, stress
        The face of the text, and of words that are stressed in it.
    headlines
        Faces of headlines and of advertisements.
    title
        Face of the newspaper's name.
    em
        Size of the text, and ``leading``: distance of its lines as a multiple of it.
    column_rule
        Kind of rule between columns (see `Sheet.rule`), or "none"; ``rule_thickness``: of thin rules.
    cross_rule
        Kind of rule under the masthead and between parts of the page; ``cross_thickness``: of its thicker line.
    wear
        Of the rules, 0 to 1.
    advertisements
        Share of the page's height that boxes with advertisements take.
    tables, pictures, woodcuts, underlines
        Probabilities that an article holds a table or a halftone picture, an advertisement a woodcut, that a headline is underlined.
    capitals
        Probability that an article begins with a large initial.
    """

    width: int
    height: int
    margins: tuple[int, int, int, int]
    columns: int
    gutter: int
    text: Face
    stress: Face
    headlines: tuple[Face, ...]
    title: Face
    em: float
    leading: float
    column_rule: str
    rule_thickness: float
    cross_rule: str
    cross_thickness: float
    wear: float
    advertisements: float
    tables: float
    pictures: float
    woodcuts: float
    underlines: float
    capitals: float

    @property
    def inner_width(self) -> int:
        """Width between the margins in pixels."""
        return self.width - self.margins[0] - self.margins[2]

    @property
    def column_width(self) -> float:
        """Width of a column in pixels."""
        return _column_width(self.inner_width, self.columns, self.gutter)


def draw_style(rng: np.random.Generator) -> Style:
    """Draw the style of one issue of one newspaper."""
    width, height = int(rng.integers(3000, 3500)), int(rng.integers(4300, 4900))
    margins = tuple(int(each) for each in rng.integers(70, 260, 4))
    columns, gutter = int(rng.choice([3, 4, 5, 6], p=[0.3, 0.3, 0.22, 0.18])), int(rng.integers(26, 64))
    column_width = _column_width(width - margins[0] - margins[2], columns, gutter)
    text, stress = TEXT_FACES[int(rng.integers(len(TEXT_FACES)))]
    chosen = rng.choice(len(HEADLINE_FACES), size=3, replace=False)
    headlines = tuple(HEADLINE_FACES[int(place)] for place in chosen)
    return Style(
        width=width,
        height=height,
        margins=margins,  # type: ignore[arg-type]
        columns=columns,
        gutter=gutter,
        text=text,
        stress=stress,
        headlines=headlines,
        title=headlines[0],
        em=float(np.clip(column_width / rng.uniform(14, 26), 30, 58)),
        leading=float(rng.uniform(0.98, 1.25)),
        column_rule=_pick(rng, _COLUMN_RULES),
        rule_thickness=float(rng.uniform(3.0, 7.0)),
        cross_rule=_pick(rng, _CROSS_RULES),
        cross_thickness=float(rng.uniform(5.0, 14.0)),
        wear=float(rng.beta(1.2, 4.0)),
        advertisements=float(rng.choice([0.0, rng.uniform(0.08, 0.45)])),
        tables=float(rng.uniform(0.05, 0.3)),
        pictures=float(rng.choice([0.0, rng.uniform(0.02, 0.15)])),
        woodcuts=float(rng.uniform(0.0, 0.5)),
        underlines=float(rng.uniform(0.0, 0.1)),
        capitals=float(rng.choice([0.0, rng.uniform(0.1, 0.6)])),
    )


def compose(style: Style, rng: np.random.Generator) -> Sheet:
    """Set and print a page in a style."""
    return _Composer(style, rng).page()


def _column_width(inner_width: float, columns: int, gutter: float) -> float:
    return (inner_width - (columns - 1) * gutter) / columns


def _pick(rng: np.random.Generator, shares: dict[str, float]) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


class _Composer:
    def __init__(self, style: Style, rng: np.random.Generator) -> None:
        self.style, self.rng = style, rng
        self.sheet = Sheet(style.width, style.height, rng, style.wear)
        self.words = vocabulary(rng)

    def page(self) -> Sheet:
        style, rng = self.style, self.rng
        left, top, _, bottom = style.margins
        end = style.height - bottom
        y = self.masthead(top)
        if style.advertisements and rng.random() < 0.6:
            split = end - style.advertisements * (end - y)
            self.section(y, split, style.columns)
            self.cross(left, split, style.inner_width)
            self.advertisements(split + 3 * style.cross_thickness + 24, end)
        elif rng.random() < 0.4:
            split = y + float(rng.uniform(0.5, 0.8)) * (end - y)
            self.section(y, split, style.columns)
            height = self.cross(left, split, style.inner_width)
            columns = style.columns if rng.random() < 0.7 else max(2, style.columns - 1)
            self.section(split + height + 16, end, columns)
        else:
            self.section(y, end, style.columns)
        return self.sheet

    # The head of the page

    def masthead(self, top: float) -> float:
        """Set the newspaper's name and what stands around it, and return where the columns may begin."""
        style, rng = self.style, self.rng
        left, inner = style.margins[0], style.inner_width
        centre = left + inner / 2
        y = top + float(rng.uniform(0, 30))
        if rng.random() < 0.7:
            y += 50
            for x, anchor in ((left, 0.0), (centre, 0.5), (left + inner, 1.0)):
                line = self.sentence(int(rng.integers(2, 5)))
                em = float(rng.uniform(40, 60))
                self.sheet.text(
                    x - anchor * length_of(line, style.headlines[1], em), y, line, style.headlines[1], em
                )
            y += 20
            if rng.random() < 0.4:
                y += (
                    self.sheet.rule((left, y), inner, False, style.rule_thickness, _pick(rng, _CROSS_RULES))
                    + 10
                )
        name = " ".join(word.capitalize() for word in rng.choice(self.words, size=int(rng.integers(1, 4))))
        em = min(
            float(rng.uniform(240, 520)),
            200 * inner * float(rng.uniform(0.55, 0.95)) / length_of(name, style.title, 200),
        )
        y += em * 0.85
        self.sheet.centred(centre, y, name, style.title, em)
        width = length_of(name, style.title, em)
        ears = (inner - width) / 2 - 60
        if ears > 260 and rng.random() < 0.8:
            boxed = rng.random() < 0.3
            for x in (left, left + inner - ears):
                self.small_print(x + 20, y - em * 0.7, ears - 40, y + 30)
                if boxed:
                    self.box(x, y - em * 0.75, x + ears, y + 40, "plain", style.rule_thickness)
        y += em * 0.3
        for _ in range(int(rng.integers(0, 3))):
            em = float(rng.uniform(40, 90))
            y += em
            self.sheet.centred(centre, y, self.sentence(int(rng.integers(2, 7))), style.headlines[1], em)
            if rng.random() < 0.25:
                y += 22
                length = float(rng.uniform(0.05, 0.3)) * inner
                self.sheet.rule(
                    (centre - length / 2, y),
                    length,
                    False,
                    style.rule_thickness,
                    "swelled" if rng.random() < 0.4 else "plain",
                )
        y += float(rng.uniform(20, 45))
        if rng.random() < 0.4:
            # The line with the date stands between two rules.
            y += self.sheet.rule((left, y), inner, False, style.rule_thickness, _pick(rng, _CROSS_RULES))
            em = float(rng.uniform(40, 56))
            y += em * 1.15
            self.sheet.text(left + 20, y, self.sentence(3), style.headlines[2], em)
            last = self.sentence(3)
            self.sheet.text(
                left + inner - 20 - length_of(last, style.headlines[2], em), y, last, style.headlines[2], em
            )
            y += 20
        return y + self.cross(left, y, inner) + float(rng.uniform(8, 26))

    def cross(self, x: float, y: float, length: float) -> float:
        """Print the rule that goes across the page and return its height."""
        return self.sheet.rule((x, y), length, False, self.style.cross_thickness, self.style.cross_rule)

    # Columns

    def section(self, top: float, bottom: float, columns: int) -> None:
        """Fill a part of the page with columns and the rules between them."""
        style, rng = self.style, self.rng
        left = style.margins[0]
        width = _column_width(style.inner_width, columns, style.gutter)
        spans = [(place, 1) for place in range(columns)]
        if columns >= 4 and rng.random() < 0.15:
            # A headline over two columns, under which their rule ends.
            place = int(rng.integers(columns - 1))
            spans = [span for span in spans if span[0] not in (place, place + 1)] + [(place, 2)]
        for place, number in spans:
            x = left + place * (width + style.gutter)
            y = top
            if number == 2:
                broad = 2 * width + style.gutter
                y = self.headline(x, y + 10, broad, bottom, large=1.6)
                if rng.random() < 0.5:
                    y += self.sheet.rule((x, y), broad, False, style.rule_thickness, "plain") + 10
                self.column(x, y, width, bottom)
                self.column(x + width + style.gutter, y, width, bottom)
                self.column_rule(x + width, y, bottom)
            else:
                self.column(x, y, width, bottom)
            if place:
                self.column_rule(x - style.gutter, top, bottom)

    def column_rule(self, x: float, top: float, bottom: float) -> None:
        """Print the rule in the gutter that begins at x."""
        style = self.style
        if style.column_rule == "none":
            return
        thick = style.rule_thickness
        across = {"plain": thick, "double": 1.7 * thick, "thick-thin": 2.3 * thick}[style.column_rule]
        self.sheet.rule((x + (style.gutter - across) / 2, top), bottom - top, True, thick, style.column_rule)

    def column(self, x: float, top: float, width: float, bottom: float) -> None:
        """Fill a column with articles down to its bottom."""
        style, rng = self.style, self.rng
        y = top
        if rng.random() < 0.5:
            y = self.paragraph(x, y, width, bottom, int(rng.integers(2, 14)), indent=False)
        while y < bottom - 3 * style.em:
            if y > top + style.em:
                y = self.end_of_article(x, y, width, bottom)
            if rng.random() < style.advertisements * 0.3 and bottom - y > 500:
                height = float(rng.uniform(250, min(900, bottom - y)))
                self.advertisement(x, y + 8, x + width, y + height - 8)
                y += height
                continue
            y = self.article(x, y, width, bottom)

    def article(self, x: float, y: float, width: float, bottom: float) -> float:
        style, rng = self.style, self.rng
        y = self.headline(x, y, width, bottom)
        for number in range(int(rng.integers(1, 5))):
            lines = int(rng.integers(2, 16))
            if number == 0 and rng.random() < style.capitals:
                y = self.initial(x, y, width, bottom, lines + 3)
            else:
                y = self.paragraph(x, y, width, bottom, lines)
            if rng.random() < style.tables:
                y = self.table(x, y, width, bottom)
            if rng.random() < style.pictures:
                y = self.halftone(x, y, width, bottom)
        return y

    def headline(self, x: float, y: float, width: float, bottom: float, large: float = 1.0) -> float:
        style, rng = self.style, self.rng
        if rng.random() < 0.12:
            return y
        for number in range(int(rng.integers(1, 4))):
            face = style.headlines[int(rng.integers(len(style.headlines)))]
            em = style.em * large * float(rng.uniform(1.0, 2.1 if number == 0 else 1.3))
            text = self.fitting(face, em, width * float(rng.uniform(0.4, 0.97)))
            if y + em * 1.3 > bottom or not text:
                return y
            y += em * 1.1
            self.sheet.centred(x + width / 2, y, text, face, em)
            if rng.random() < style.underlines:
                length = length_of(text, face, em)
                self.sheet.rule(
                    (x + (width - length) / 2, y + em * 0.18),
                    length,
                    False,
                    style.rule_thickness,
                    separates=False,
                )
                y += em * 0.15
            y += em * 0.3
            if number == 0 and rng.random() < 0.12:
                length = width * float(rng.uniform(0.1, 0.25))
                self.sheet.rule((x + (width - length) / 2, y + 6), length, False, style.rule_thickness)
                y += 24
        return y + style.em * 0.15

    def end_of_article(self, x: float, y: float, width: float, bottom: float) -> float:
        """Print what stands between two articles."""
        style, rng = self.style, self.rng
        kind = _pick(rng, _ENDS)
        space = style.em * float(rng.uniform(0.25, 0.9))
        if y + 2 * space + 40 > bottom:
            return bottom
        y += space
        if kind == "cross":
            rule = str(rng.choice(["plain", "double", "thick-thin", "wavy", "plain"]))
            y += self.sheet.rule(
                (x, y), width, False, style.rule_thickness * float(rng.uniform(0.8, 1.6)), rule
            )
        elif kind in ("dash", "double dash", "swelled"):
            length = width * float(rng.uniform(0.1, 0.42))
            rule = {"dash": "plain", "double dash": "double", "swelled": "swelled"}[kind]
            thick = style.rule_thickness * float(rng.uniform(0.8, 1.5)) * (2 if kind == "swelled" else 1)
            y += self.sheet.rule((x + (width - length) / 2, y), length, False, thick, rule)
        elif kind == "ornament":
            y = self.ornament(x + width / 2, y, width)
        return y + space

    def ornament(self, centre: float, y: float, width: float) -> float:
        """Stars, a lozenge between two dashes, or a row of lozenges."""
        rng, em = self.rng, self.style.em
        if rng.random() < 0.4:
            step, number = em * 1.2, int(rng.integers(1, 4))
            for place in range(number):
                self.star(centre + (place - (number - 1) / 2) * step, y + em * 0.35, em * 0.3)
            self.sheet.mark(centre - number * step / 2, y, centre + number * step / 2, y + em * 0.7)
            return y + em * 0.7
        size = em * float(rng.uniform(0.2, 0.35))
        self.sheet.polygon(
            [(centre - size, y + size), (centre, y), (centre + size, y + size), (centre, y + 2 * size)]
        )
        self.sheet.mark(centre - size, y, centre + size, y + 2 * size)
        length, thick = width * float(rng.uniform(0.06, 0.2)), self.style.rule_thickness
        for x in (centre - 2 * size - length, centre + 2 * size):
            self.sheet.rule((x, y + size - thick / 2), length, False, thick, "plain")
        return y + 2 * size

    def star(self, x: float, y: float, radius: float) -> None:
        corners = []
        for place in range(12):
            far = radius if place % 2 == 0 else radius * 0.35
            angle = np.pi * place / 6
            corners.append((x + far * float(np.sin(angle)), y - far * float(np.cos(angle))))
        self.sheet.polygon(corners)

    # Text

    def sentence(self, number: int) -> str:
        return " ".join(str(word) for word in self.rng.choice(self.words, size=number)).capitalize()

    def fitting(self, face: Face, em: float, width: float) -> str:
        """As many words as go into a width."""
        text = ""
        for word in self.rng.choice(self.words, size=8):
            longer = f"{text} {word}".strip()
            if length_of(longer, face, em) > width:
                break
            text = longer
        return text.capitalize()

    def paragraph(
        self,
        x: float,
        y: float,
        width: float,
        bottom: float,
        lines: int,
        indent: bool = True,
        em: float | None = None,
    ) -> float:
        """Set lines of justified text, and return where they end."""
        style, rng = self.style, self.rng
        em = style.em if em is None else em
        pitch, space = em * style.leading, em * 0.28
        start = em if indent else 0.0
        for number in range(lines):
            if y + pitch > bottom:
                return bottom
            y += pitch
            last = number == lines - 1
            self.line(
                x + start,
                y - pitch * 0.22,
                width - start,
                em,
                space,
                width * float(rng.uniform(0.2, 1)) if last else None,
            )
            start = 0.0
        return y

    def line(
        self, x: float, baseline: float, width: float, em: float, space: float, cut: float | None = None
    ) -> None:
        """Set one line, its words spread over the width unless it is cut short."""
        style, rng = self.style, self.rng
        chosen: list[tuple[str, Face, float]] = []
        used, room = 0.0, width if cut is None else min(cut, width)
        for word in rng.choice(self.words, size=40):
            face = style.stress if rng.random() < 0.02 else style.text
            text = str(word) + (str(rng.choice([",", ".", ";", ":"])) if rng.random() < 0.13 else "")
            if rng.random() < 0.02:
                # A dash in a sentence separates no articles.
                text, face = "\u2014", ROMAN
            length = length_of(text, face, em)
            if used + length > room:
                part = self.divided(str(word), face, em, room - used) if cut is None else ""
                if part:
                    chosen.append((part, face, length_of(part, face, em)))
                break
            chosen.append((text, face, length))
            used += length + space
        if not chosen:
            return
        gap = space
        if cut is None and len(chosen) > 1:
            gap = (width - sum(length for _, _, length in chosen)) / (len(chosen) - 1)
        for text, face, length in chosen:
            self.sheet.text(x, baseline, text, face, em)
            x += length + gap

    def divided(self, word: str, face: Face, em: float, room: float) -> str:
        """As much of a word as goes into the room that is left, with a hyphen; nothing if that is too little."""
        for number in range(len(word) - 2, 1, -1):
            part = word[:number] + "-"
            if length_of(part, face, em) <= room:
                return part
        return ""

    def initial(self, x: float, y: float, width: float, bottom: float, lines: int) -> float:
        """A paragraph that begins with a letter of two or three lines."""
        style, rng = self.style, self.rng
        rows = int(rng.integers(2, 4))
        pitch = style.em * style.leading
        if y + rows * pitch > bottom:
            return self.paragraph(x, y, width, bottom, lines)
        face, em = style.headlines[0], rows * pitch * 1.25
        letter = chr(ord("A") + int(rng.integers(26)))
        self.sheet.text(x, y + rows * pitch * 0.93, letter, face, em)
        room = min(length_of(letter, face, em) + style.em * 0.3, width * 0.6)
        y = self.paragraph(x + room, y, width - room, bottom, rows, indent=False)
        return self.paragraph(x, y, width, bottom, max(1, lines - rows), indent=False)

    def small_print(self, x: float, top: float, width: float, bottom: float) -> None:
        em = float(self.rng.uniform(26, 40))
        y = top
        while y + em * 1.1 < bottom:
            y += em * 1.1
            self.sheet.centred(
                x + width / 2, y, self.fitting(self.style.text, em, width), self.style.text, em
            )

    def table(self, x: float, y: float, width: float, bottom: float) -> float:
        """Rows of words and figures, with leaders, and with rules or without."""
        style, rng = self.style, self.rng
        em = style.em * float(rng.uniform(0.7, 0.95))
        rows, columns, pitch = int(rng.integers(3, 9)), int(rng.integers(1, 4)), em * 1.15
        if y + (rows + 2) * pitch > bottom:
            return y
        ruled, summed = rng.random() < 0.35, rng.random() < 0.5
        cell = width * 0.5 / columns
        y += pitch * 0.4
        top = y
        if ruled:
            y += self.sheet.rule((x, y), width, False, style.rule_thickness * 0.8) + 6
        for row in range(rows):
            y += pitch
            label = self.fitting(style.text, em, width * 0.4)
            end = self.sheet.text(x + 8, y - pitch * 0.2, label, style.text, em)
            if rng.random() < 0.7 and not ruled:
                for dot in np.arange(end + em * 0.4, x + width * 0.48, em * float(rng.choice([0.5, 1.5]))):
                    self.sheet.text(float(dot), y - pitch * 0.2, ".", style.text, em)
            for column in range(columns):
                right = x + width * 0.5 + (column + 1) * cell
                figures = f"{int(rng.integers(1, 30000)):,}"
                length = length_of(figures, style.text, em)
                if length < cell - 12:
                    self.sheet.text(right - length - 8, y - pitch * 0.2, figures, style.text, em)
                if summed and row == rows - 2:
                    self.sheet.rule(
                        (right - cell * 0.8, y + 2), cell * 0.8, False, style.rule_thickness * 0.7
                    )
            if ruled and row == 0:
                y += 6 + self.sheet.rule((x, y + 4), width, False, style.rule_thickness * 0.8)
        if ruled:
            y += 8 + self.sheet.rule((x, y + 6), width, False, style.rule_thickness * 0.8)
            for column in range(columns):
                self.sheet.rule(
                    (x + width * 0.5 + column * cell, top), y - top - 4, True, style.rule_thickness * 0.7
                )
        return y + pitch * 0.3

    # Pictures and advertisements

    def halftone(self, x: float, y: float, width: float, bottom: float) -> float:
        """A photograph as dots, with a line of text below it."""
        style, rng = self.style, self.rng
        height = width * float(rng.uniform(0.6, 1.3))
        if y + height + 3 * style.em > bottom:
            return y
        broad = width * float(rng.uniform(0.7, 1.0))
        left = x + (width - broad) / 2
        self.sheet.picture(left, y + 10, halftone(rng, int(height), int(broad)))
        self.sheet.centred(
            x + width / 2,
            y + height + 20 + style.em,
            self.fitting(style.text, style.em * 0.9, broad),
            style.text,
            style.em * 0.9,
        )
        return y + height + 20 + 1.6 * style.em

    def advertisements(self, top: float, bottom: float) -> None:
        """Fill the foot of the page with boxes."""
        style, rng = self.style, self.rng
        left = style.margins[0]
        columns = max(2, style.columns - int(rng.integers(0, 2)))
        width = style.inner_width / columns
        for place in range(columns):
            y = top
            while bottom - y > 220:
                height = float(rng.uniform(200, 700))
                if bottom - y - height < 220:
                    height = bottom - y
                self.advertisement(
                    left + place * width + 8, y + 6, left + (place + 1) * width - 8, y + height - 8
                )
                y += height

    def advertisement(self, left: float, top: float, right: float, bottom: float) -> None:
        style, rng = self.style, self.rng
        kind = str(
            rng.choice(
                ["plain", "double", "thick-thin", "wavy", "dotted", "none"],
                p=[0.35, 0.18, 0.15, 0.08, 0.08, 0.16],
            )
        )
        if kind == "none":
            self.sheet.rule((left, bottom), right - left, False, style.rule_thickness)
        else:
            self.box(left, top, right, bottom, kind, style.rule_thickness * float(rng.uniform(0.8, 2.2)))
        y, inner, space = top + 34.0, right - left - 80, bottom - 40
        if rng.random() < style.woodcuts and bottom - top > 300 and inner > 320:
            size = int(min(inner * 0.45, bottom - top - 90))
            self.sheet.picture(left + 40, y, woodcut(rng, size))
            left, inner = left + size + 20, inner - size - 20
        while y < space:
            face = style.headlines[int(rng.integers(len(style.headlines)))]
            em = float(rng.uniform(34, 70)) if rng.random() < 0.6 else float(rng.uniform(70, 170))
            text = self.fitting(face, em, inner)
            if not text or y + em * 1.2 > space:
                if y + style.em * 3 < space:
                    self.paragraph(
                        left + 40, y, inner, space, int(rng.integers(2, 8)), indent=False, em=style.em * 0.85
                    )
                return
            y += em
            self.sheet.centred(left + 40 + inner / 2, y, text, face, em)
            y += em * 0.3
            if rng.random() < 0.12:
                length = inner * float(rng.uniform(0.1, 0.5))
                self.sheet.rule(
                    (left + 40 + (inner - length) / 2, y + 4), length, False, style.rule_thickness
                )
                y += 26
            if rng.random() < 0.3:
                y = self.paragraph(left + 40, y, inner, space, int(rng.integers(2, 6)), em=style.em * 0.85)

    def box(self, left: float, top: float, right: float, bottom: float, kind: str, thick: float) -> None:
        """A border; all its sides separate."""
        gap = 2 * MARGIN + 3 * thick
        self.sheet.rule((left, top), right - left, False, thick, kind)
        self.sheet.rule((left, bottom - gap), right - left, False, thick, kind)
        self.sheet.rule((left, top), bottom - top - gap, True, thick, kind)
        self.sheet.rule((right - gap, top), bottom - top - gap, True, thick, kind)


def smooth(rng: np.random.Generator, height: int, width: int, cell: float) -> NDArray[np.float32]:
    """Smooth noise between 0 and 1, whose hills are about ``cell`` pixels wide."""
    shape = (max(2, round(height / cell) + 2), max(2, round(width / cell) + 2))
    coarse = Image.fromarray(rng.random(shape).astype(np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)


def halftone(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A picture as a halftone screen of 45 degrees: round dots whose size is the tone."""
    tone = 0.55 * smooth(rng, height, width, 160) + 0.3 * smooth(rng, height, width, 50)
    pitch = float(rng.uniform(8, 14))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    screen = 0.25 * (
        2 + np.cos((x + y) * 2 * np.pi / pitch / 1.4) + np.cos((x - y) * 2 * np.pi / pitch / 1.4)
    )
    return np.where(screen < tone, 255, 0).astype(np.uint8)


def woodcut(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """An engraving: a shape shaded by parallel lines, which are no separators."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    centre, radius = size / 2, size * 0.46
    distance = np.hypot(x - centre, (y - centre) * float(rng.uniform(0.9, 1.4)))
    angle = float(rng.uniform(0, np.pi)) if rng.random() < 0.5 else float(rng.choice([0.0, np.pi / 2]))
    pitch = float(rng.uniform(9, 18))
    phase = (x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / pitch
    shade = smooth(rng, size, size, size / 5)
    lines = 0.5 + 0.5 * np.cos(phase + 3 * shade) < shade
    ring = np.abs(distance - radius * 0.93) < size * 0.02
    return np.where((lines & (distance < radius)) | ring, 255, 0).astype(np.uint8)
