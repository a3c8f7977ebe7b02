"""The delimited regions of a cell: solutions, hidden tests and mark schemes, read as nbgrader reads them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assay.errors import AssayError


class Kind(Enum):
    """What a region holds; the value is the word in its delimiter lines."""

    SOLUTION = "SOLUTION"
    HIDDEN_TESTS = "HIDDEN TESTS"
    MARK_SCHEME = "MARK SCHEME"

    @property
    def begin(self) -> str:
        """The words that open a region wherever they stand in a line."""
        return f"BEGIN {self.value}"

    @property
    def end(self) -> str:
        """The words that close a region wherever they stand in a line."""
        return f"END {self.value}"


@dataclass(frozen=True)
class Region:
    """One region; ``first`` and ``last`` are the line numbers, from 0, of its two delimiter lines."""

    kind: Kind
    first: int
    last: int


def find_regions(source: str, cell: str = "the cell") -> list[Region]:
    """All regions of a cell's source in their order.

    Raises
    ------
    AssayError
        When a region is unclosed, nested, interleaved with another or closed without having been opened; ``cell``
        names the cell in the message.
    """
    regions: list[Region] = []
    opened: tuple[Kind, int] | None = None
    for number, line in enumerate(source.split("\n")):
        begins = [kind for kind in Kind if kind.begin in line]
        ends = [kind for kind in Kind if kind.end in line]
        if len(begins) + len(ends) > 1:
            raise AssayError(
                f"{cell} has two region delimiters in line {number + 1}: give each a line of its own."
            )
        if begins:
            if opened is not None:
                raise AssayError(
                    f"{cell} opens a region with {begins[0].begin} in line {number + 1} inside the region that "
                    f"{opened[0].begin} opened in line {opened[1] + 1}: close the first with {opened[0].end} before."
                )
            opened = (begins[0], number)
        elif ends:
            if opened is None:
                raise AssayError(
                    f"{cell} has {ends[0].end} in line {number + 1} without {ends[0].begin} before it: "
                    "add the missing line or delete this one."
                )
            if opened[0] is not ends[0]:
                raise AssayError(
                    f"{cell} closes the region that {opened[0].begin} opened in line {opened[1] + 1} with "
                    f"{ends[0].end} in line {number + 1}: write {opened[0].end} there."
                )
            regions.append(Region(opened[0], opened[1], number))
            opened = None
    if opened is not None:
        raise AssayError(
            f"{cell} never closes the region that {opened[0].begin} opened in line {opened[1] + 1}: add a line with {opened[0].end}."
        )
    return regions


def has_region(source: str, *kinds: Kind) -> bool:
    """Whether the source holds a region of one of ``kinds`` (of any kind when none is named)."""
    return any(region.kind in (kinds or Kind) for region in find_regions(source))


def region_lines(source: str, *kinds: Kind) -> list[str]:
    """The lines between the delimiters of the regions of ``kinds`` (of all kinds when none is named)."""
    lines = source.split("\n")
    return [
        line
        for region in find_regions(source)
        if region.kind in (kinds or Kind)
        for line in lines[region.first + 1 : region.last]
    ]


def drop_regions(source: str, *kinds: Kind) -> str:
    """The source without the regions of ``kinds`` (of all kinds when none is named) and without their delimiters."""
    dropped = {
        number
        for region in find_regions(source)
        if region.kind in (kinds or Kind)
        for number in range(region.first, region.last + 1)
    }
    return _without_lines(source, dropped)


def drop_delimiters(source: str, *kinds: Kind) -> str:
    """The source with the content of the regions of ``kinds``, but without their two delimiter lines."""
    dropped = {
        number
        for region in find_regions(source)
        if region.kind in (kinds or Kind)
        for number in (region.first, region.last)
    }
    return _without_lines(source, dropped)


def _without_lines(source: str, dropped: set[int]) -> str:
    return "\n".join(line for number, line in enumerate(source.split("\n")) if number not in dropped)
