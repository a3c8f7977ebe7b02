"""Formulas for a page without scripts: TeX becomes MathML here, so that no browser has to load anything to show it.

The TeX may be a student's. What comes of it is written anew from an allow-list of MathML's elements and attributes, and TeX
that is long, deep, or defines macros of its own is shown as it was written.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

MOST_CHARACTERS = 1500
#: Some two seconds' work in the worst case.
MOST_OF_A_PAGE = 40_000
MOST_DEPTH = 24
#: A class that no submission can give an element of its own: cleaned HTML has none.
FORMULA_CLASS = "formula"

ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mspace",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "mpadded",
        "mphantom",
        "menclose",
        "munder",
        "mover",
        "munderover",
        "msub",
        "msup",
        "msubsup",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
        "semantics",
        "annotation",
    ]
)
ATTRIBUTES = frozenset(
    [
        "display",
        "displaystyle",
        "scriptlevel",
        "mathvariant",
        "stretchy",
        "fence",
        "separator",
        "accent",
        "accentunder",
        "largeop",
        "movablelimits",
        "symmetric",
        "form",
        "lspace",
        "rspace",
        "minsize",
        "maxsize",
        "width",
        "height",
        "depth",
        "voffset",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "columnlines",
        "rowlines",
        "notation",
    ]
)

_NUMBERED = ("equation", "equation*", "displaymath", "math")
_VALUE = re.compile(r"[\w.,%+ -]{1,60}")
_OWN_MACROS = re.compile(
    r"\\(?:def|edef|gdef|let|newcommand|renewcommand|providecommand|DeclareMathOperator|newenvironment)(?![A-Za-z])"
)
#: In mistune's order: each is looked for with what stands between its two ends.
_IN_TEXT = re.compile(
    r"(?<!\\)\$\$(?P<display>.+?)(?<!\\)\$\$|(?<![$\\])\$(?P<inline>[^$]+?)(?<![$\\])\$"
    r"|\\begin\{(?P<name>[a-z]*\*?)\}(?P<body>.*?)\\end\{(?P=name)\}",
    re.DOTALL,
)


class Formulas:
    """The formulas of one page, whose number is limited: a student who writes thousands gets the last ones as TeX."""

    def __init__(self) -> None:
        """Begin a page."""
        self.begin()

    def begin(self) -> None:
        """Begin another page."""
        self._left = MOST_OF_A_PAGE

    def formula(self, tex: str, *, display: bool = False) -> str:
        """A formula as HTML: MathML with its TeX beside it, or the TeX as code where it cannot be converted."""
        self._left -= len(tex)
        return _formula(tex.strip(), display) if self._left >= 0 else _as_code(tex)

    def environment(self, name: str, body: str) -> str:
        """What stands between ``\\begin`` and ``\\end``, as HTML."""
        if name in _NUMBERED:
            return self.formula(body, display=name != "math")
        return self.formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def in_text(self, text: str) -> str:
        """Text with formulas between dollars as HTML; what stands around them is no HTML."""
        parts, place = [], 0
        for match in _IN_TEXT.finditer(text):
            parts.append(html.escape(text[place : match.start()]))
            if match["name"] is not None:
                parts.append(self.environment(match["name"], match["body"]))
            else:
                display = match["display"] is not None
                parts.append(self.formula(match["display"] if display else match["inline"], display=display))
            place = match.end()
        return "".join([*parts, html.escape(text[place:])])


@lru_cache(maxsize=4096)
def _formula(tex: str, display: bool) -> str:
    mathml = _mathml(tex, display)
    if mathml is None:
        return _as_code(tex)
    # A wide one is scrolled, which has to be possible by keyboard, too.
    return f'<span class="display" tabindex="0">{mathml}</span>' if display else mathml


def _as_code(tex: str) -> str:
    return f'<code class="tex">{html.escape(tex.strip())}</code>'


def _mathml(tex: str, display: bool) -> str | None:
    """MathML, or None when there is none to be had."""
    if not tex or len(tex) > MOST_CHARACTERS or _OWN_MACROS.search(tex) or _depth(tex) > MOST_DEPTH:
        return None
    kind = "block" if display else "inline"
    try:
        row = Converter(display=kind).convert_to_element(tex)[0]
        shown = _written(row)
    except (Exception, RecursionError):
        # Whatever a student's TeX does to the converter costs its looks only.
        return None
    note = f'<annotation encoding="application/x-tex">{html.escape(tex)}</annotation>'
    return (
        f'<math class="{FORMULA_CLASS}" display="{kind}" xmlns="http://www.w3.org/1998/Math/MathML">'
        f"<semantics>{shown}{note}</semantics></math>"
    )


def _written(element: Element) -> str:
    if element.tag not in ELEMENTS:
        raise ValueError(f"no element of a formula: {element.tag}")
    if element.tag == "msup" and len(element) == 2 and set(_text(element[1].text)) in ({"′"}, {"″"}, {"‴"}):
        # A prime is raised by itself; only fonts made for formulas put up with raising it once more.
        return f'<mrow>{_written(element[0])}<mo lspace="0" rspace="0">{_text(element[1].text)}</mo></mrow>'
    attributes = "".join(
        f' {name}="{html.escape(value)}"'
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and _VALUE.fullmatch(value)
    )
    inner = _text(element.text) + "".join(_written(child) + _text(child.tail) for child in element)
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def _text(text: Any) -> str:
    # The converter writes characters as references; decoded once and written anew, none of them can be a tag.
    return html.escape(html.unescape(str(text))) if text else ""


def _depth(tex: str) -> int:
    """How deeply it nests, counting what needs no braces to nest."""
    deepest = depth = 0
    for token in re.findall(r"\\left|\\right|\\begin|\\end|[{}]", tex):
        depth += 1 if token in ("{", r"\left", r"\begin") else -1
        deepest = max(deepest, depth)
    return deepest
