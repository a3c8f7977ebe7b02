"""Grades attackers together with honest bystanders and says what each has achieved."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from attack_checks import Seen, class_findings, findings, look, look_around
from attack_course import ASSIGNMENT, BYSTANDERS, AttackCourse
from attack_files import GROUPS, Attack, read_attacks
from attack_world import World

CLASS_SIZE = 10
#: Grades everybody in a world; what the engine says of each by student, as far as it says anything.
Engine = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class ClassRun:
    """What came of one class: by attack, and for all of them together."""

    by_attack: dict[str, list[str]]
    for_all: list[str]
    seen: dict[str, Seen]


def classes(*groups: str) -> dict[str, list[Attack]]:
    """The attacks in classes of about ten, by a name made of their group and a number, or of their batch."""
    attacks = read_attacks(*groups)
    found: dict[str, list[Attack]] = {}
    for group in groups or GROUPS:
        members = [attack for attack in attacks if (attack.group, attack.batch) == (group, "numpy")]
        for start in range(0, len(members), CLASS_SIZE):
            found[f"{group}-{start // CLASS_SIZE + 1}"] = members[start : start + CLASS_SIZE]
    for batch in sorted({attack.batch for attack in attacks} - {"numpy"}):
        found[batch] = [attack for attack in attacks if attack.batch == batch]
    return found


def run_class(attacks: list[Attack], engine: Engine, *, plain: bool = False) -> ClassRun:
    """Grade a class in a world of its own, and look at everything before the world is taken down."""
    with World(attacks, plain=plain) as world:
        with world.environment():
            results = engine(world)
        around = {attack.name: look_around(world, attack) for attack in attacks}
        students = [*BYSTANDERS, *(attack.students[-1] for attack in attacks)]
        seen = {student: look(world, student, results.get(student)) for student in students}
        usual = [seen[student].seconds for student in BYSTANDERS]
        usual_seconds = median(seconds or 0.0 for seconds in usual)
        by_attack = {
            attack.name: findings(
                attack,
                seen[attack.students[-1]],
                around[attack.name],
                world.secrets,
                world.boast(attack),
                usual_seconds=usual_seconds,
            )
            for attack in attacks
        }
        for_all = class_findings(world, seen)
        for_all += [
            f"{path.name} was left in the folder for temporary files." for path in world.temporary.iterdir()
        ]
    return ClassRun(by_attack, for_all, seen)


def with_assay(world: World) -> dict[str, Any]:
    """Grade with the engine of this package."""
    from assay.engine import grade

    return {result.student: result for result in grade(world.course.course, ASSIGNMENT)}


def with_plain_nbgrader(world: World, *, seconds: float = 90.0) -> dict[str, Any]:
    """Grade with nbgrader's converters and its own settings, in a process that is ended when it takes too long."""
    for step in (_plain_release, _plain_autograde):
        process = multiprocessing.get_context("fork").Process(target=step, args=(world.course,))
        process.start()
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
        if step is _plain_release:
            # The release is made now, and by the grader.
            world.before = world.snapshot()
    return {}


def _plain_release(course: AttackCourse) -> None:
    from nbgrader.converters import GenerateAssignment

    _convert(course, GenerateAssignment)


def _plain_autograde(course: AttackCourse) -> None:
    from nbgrader.converters import Autograde

    _convert(course, Autograde)


def _convert(course: AttackCourse, kind: Any) -> None:
    from nbgrader.coursedir import CourseDirectory

    os.chdir(course.root)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    config = course.course.config()
    kind(coursedir=CourseDirectory(config=config, assignment_id=ASSIGNMENT), config=config).start()
