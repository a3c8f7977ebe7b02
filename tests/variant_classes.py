"""Variants handed in together, several of different cells by one student, so that a few dozen kernels are enough."""

from __future__ import annotations

import os
from functools import cache

from course_copies import ROOT

from assay.course import Course
from assay.names import defined_names, used_names
from assay.variants import Variant

COURSE = Course.at(ROOT)
#: Whether the tests that take long are run as well (make test-all).
ALL = bool(os.environ.get("ASSAY_TEST_ALL"))
#: Assignments whose tests train networks: what is tested twice is tested in the sandbox by make test, and the other way by make test-all.
TRAINING = frozenset({"mnist_mlp", "newspaper_cnn"})
#: The assignments whose tests are quick, or all of them.
QUICK = [assignment for assignment in COURSE.assignments() if ALL or assignment not in TRAINING]


def hand_ins(variants: list[Variant]) -> list[list[Variant]]:
    """Distribute variants over as few students as possible, each with variants of different cells.

    Right and wrong ones stay apart, and so do variants of which one uses a function that the other replaces: it counts on the course's own.
    """
    students: list[list[Variant]] = []
    for variant in variants:
        for handed_in in students:
            if all(
                set(variant.cells).isdisjoint(other.cells)
                and bool(variant.fails) == bool(other.fails)
                and _defined(variant).isdisjoint(_used(other))
                and _defined(other).isdisjoint(_used(variant))
                for other in handed_in
            ):
                handed_in.append(variant)
                break
        else:
            students.append([variant])
    return students


def answers_of(variants: list[Variant]) -> dict[str, str]:
    """What a student hands in who has these variants: the sources of the cells that they replace."""
    return {name: source for variant in variants for name, source in variant.cells.items()}


def _defined(variant: Variant) -> set[str]:
    return set().union(*(_names(source)[0] for source in variant.cells.values()))


def _used(variant: Variant) -> set[str]:
    """The names that its cells use and do not define themselves."""
    return set().union(*(_names(source)[1] for source in variant.cells.values()))


@cache
def _names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    defined = defined_names(source)
    return defined, used_names(source) - defined
