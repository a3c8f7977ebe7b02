"""Grades every hostile submission in a class with honest ones: it gains nothing, learns nothing and harms nobody."""

from __future__ import annotations

from functools import cache

import pytest

from attack_files import Attack
from attack_runs import ClassRun, classes, run_class, with_assay

pytestmark = pytest.mark.slow

CLASSES = classes()


@cache
def graded(name: str) -> ClassRun:
    return run_class(CLASSES[name], with_assay)


def each_attack() -> list[object]:
    return [
        pytest.param(name, attack, id=f"{attack.group}-{attack.name}", marks=pytest.mark.xdist_group(name))
        for name, attacks in CLASSES.items()
        for attack in attacks
    ]


@pytest.mark.parametrize(("name", "attack"), each_attack())
def test_an_attack_achieves_nothing(name: str, attack: Attack) -> None:
    achieved = graded(name).by_attack[attack.name]
    assert achieved == [], f"{attack.what} It achieved this:\n" + "\n".join(achieved)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in CLASSES]
)
def test_a_class_with_attackers_is_graded_right_and_nothing_around_it_changes(name: str) -> None:
    assert graded(name).for_all == []
