"""Regions are found as nbgrader finds them, and broken ones are refused by name."""

from __future__ import annotations

import pytest

from assay.errors import AssayError
from assay.regions import Kind, drop_delimiters, drop_regions, find_regions, has_region, region_lines

SOURCE = "a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc\n# BEGIN HIDDEN TESTS\nd\n\n# END HIDDEN TESTS"


def test_regions_are_found_with_the_lines_of_their_delimiters() -> None:
    found = [(region.kind, region.first, region.last) for region in find_regions(SOURCE)]
    assert found == [(Kind.SOLUTION, 1, 3), (Kind.HIDDEN_TESTS, 5, 8)]


def test_lines_of_one_kind_are_listed_without_the_others() -> None:
    assert region_lines(SOURCE, Kind.HIDDEN_TESTS) == ["d", ""]
    assert region_lines(SOURCE) == ["b", "d", ""]


def test_regions_are_dropped_with_or_without_their_content() -> None:
    assert drop_regions(SOURCE, Kind.SOLUTION) == "a\nc\n# BEGIN HIDDEN TESTS\nd\n\n# END HIDDEN TESTS"
    assert drop_regions(SOURCE) == "a\nc"
    assert drop_delimiters(SOURCE, Kind.SOLUTION, Kind.HIDDEN_TESTS) == "a\nb\nc\nd\n"


def test_a_region_of_a_kind_is_told_from_another() -> None:
    assert has_region(SOURCE, Kind.SOLUTION)
    assert not has_region(SOURCE, Kind.MARK_SCHEME)


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("BEGIN {0}\na", "never closes"),
        ("BEGIN {0}\nBEGIN {0}\nEND {0}", "inside the region"),
        ("END {0}", "without BEGIN"),
        ("BEGIN {0}\nEND {0}\nEND {0}", "without BEGIN"),
        ("BEGIN {0} END {0}", "two region delimiters in line 1"),
    ],
)
def test_a_broken_region_is_refused_with_the_cell(kind: Kind, source: str, said: str) -> None:
    with pytest.raises(AssayError, match=said) as refused:
        find_regions(source.format(kind.value), "cell 'my_cell'")
    assert str(refused.value).startswith("cell 'my_cell'")


def test_interleaved_regions_are_refused() -> None:
    with pytest.raises(AssayError, match="inside the region"):
        find_regions("BEGIN SOLUTION\nBEGIN HIDDEN TESTS\nEND SOLUTION\nEND HIDDEN TESTS")
    with pytest.raises(AssayError, match="write END SOLUTION there"):
        find_regions("BEGIN SOLUTION\nEND HIDDEN TESTS")
