"""Shows that the attack suite can fail: each check turns red for what it is there to find."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep

import pytest
from assay.cells import grade_id

from attack_checks import Seen, Surroundings, changed, findings, look, look_around, secret_findings
from attack_course import BYSTANDERS, POINTS, RIGHT, Secrets, master, points_of
from attack_files import EXPECTATIONS, GROUPS, SOLUTIONS, Attack, HostileCell, read_attack, read_attacks
from attack_runs import CLASS_SIZE, classes
from attack_world import Visit, World

SECRETS = Secrets()
ATTACK = Attack("sample", "forging", "Tries something.", honest=frozenset({"double"}))
HELD = Seen(points_of(("double",)), seconds=2.0)
NOTHING = Surroundings()


def achieved(
    *, attack: Attack = ATTACK, seen: Seen = HELD, around: Surroundings = NOTHING, usual: float = 2.0
) -> list[str]:
    return findings(attack, seen, around, SECRETS, "the boast", usual_seconds=usual)


def test_an_attack_that_gets_what_it_deserves_has_achieved_nothing() -> None:
    assert achieved() == []


def test_full_marks_for_wrong_answers_are_found() -> None:
    sentences = achieved(seen=replace(HELD, points=dict(POINTS)))
    assert "test_total: got 2 points, deserves 0." in sentences
    assert len(sentences) == len(POINTS) - 1


def test_a_part_of_a_point_for_a_wrong_answer_is_found() -> None:
    assert achieved(seen=replace(HELD, points={**HELD.points, "test_total": 0.1})) != []


def test_points_for_a_cell_that_the_course_has_not_are_found() -> None:
    assert achieved(seen=replace(HELD, points={**HELD.points, "more": 5.0})) != []


def test_points_that_an_honest_answer_lost_are_found_unless_the_attack_is_on_itself() -> None:
    lost = replace(HELD, points=points_of(()))
    assert achieved(seen=lost) == ["test_double: got 0 points, deserves 3."]
    assert achieved(attack=replace(ATTACK, may_lose=frozenset({"double"})), seen=lost) == []
    assert achieved(seen=replace(HELD, points={})) == ["test_double: got 0 points, deserves 3."]


def test_a_submission_that_cannot_be_read_deserves_nothing_and_has_to_be_called_so() -> None:
    attack = replace(ATTACK, honest=frozenset(SOLUTIONS), expect="unreadable")
    unread = Seen({}, statuses=frozenset({"unreadable"}))
    assert achieved(attack=attack, seen=unread) == []
    assert achieved(attack=attack, seen=replace(unread, statuses=frozenset({"failed"}))) != []
    assert achieved(attack=attack, seen=replace(unread, points=dict(POINTS))) != []


def test_an_end_of_another_kind_is_found() -> None:
    attack = replace(ATTACK, expect="timed out")
    assert achieved(attack=attack, seen=replace(HELD, statuses=frozenset({"failed"}))) != []
    assert achieved(attack=attack, seen=replace(HELD, statuses=frozenset({"failed", "timed out"}))) == []


@pytest.mark.parametrize("name", SECRETS.words())
@pytest.mark.parametrize("where", ["private", "public"])
def test_a_secret_in_what_comes_out_is_found(name: str, where: str) -> None:
    text = f"some text before{SECRETS.words()[name]}and after"
    assert len(list(secret_findings(replace(HELD, **{where: text}), SECRETS, "the boast"))) == 1


def test_a_hidden_input_may_be_seen_by_the_instructor_only() -> None:
    assert achieved(seen=replace(HELD, private=f"saw {SECRETS.hidden_input}")) == []
    assert achieved(seen=replace(HELD, public=f"saw {SECRETS.hidden_input}")) != []


def test_a_boast_is_found() -> None:
    assert achieved(seen=replace(HELD, private="the boast")) == ["it did what it must not be able to do."]


@pytest.mark.parametrize(
    "around",
    [
        Surroundings(visits=("tcp",)),
        Surroundings(files=("/tmp/x",)),
        Surroundings(processes=(1,)),
        Surroundings(victim_is_dead=True),
    ],
)
def test_traces_outside_are_found(around: Surroundings) -> None:
    assert len(achieved(around=around)) == 1


def test_time_beyond_the_limits_is_found() -> None:
    assert achieved(seen=replace(HELD, seconds=10.9)) == []
    assert achieved(seen=replace(HELD, seconds=11.1)) != []
    assert achieved(attack=replace(ATTACK, seconds=5.0), seen=replace(HELD, seconds=11.1)) == []


def test_a_changed_a_deleted_and_a_new_file_of_the_course_are_found() -> None:
    before = {"course/source/a": "1", "course/source/b": "2", "home/c": "3"}
    assert changed(before, before) == []
    assert changed(before, {**before, "course/source/a": "9"}) == ["course/source/a"]
    assert changed(before, {**before, "home/c": "9"}) == ["home/c"]
    assert changed(before, {name: before[name] for name in ("course/source/a", "home/c")}) == [
        "course/source/b"
    ]
    assert changed(before, {**before, "course/source/new": "1"}) == ["course/source/new"]


@dataclass(frozen=True)
class Said:
    """The part of an engine's result that is read here."""

    marks: None = None
    failure: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 1.0


def test_a_real_world_notices_files_processes_visitors_secrets_and_the_dead(tmp_path: Path) -> None:
    attack = replace(ATTACK, cells=((HostileCell("double", False, "@pid@ @mark@ @boast@"),),))
    with World([attack]) as world:
        assert look_around(world, attack) == NOTHING
        mark = world.marks[attack.name]
        submitted = (world.course.folder(attack.students[0]) / "tiny.ipynb").read_text()
        assert mark in submitted
        assert world.boast(attack) not in submitted
        assert eval(world.placeholders(attack)["boast"]) == world.boast(attack)

        (world.home / "new.txt").write_text(f"{mark}\n")
        child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)", mark])
        world.victims[attack.name].kill()
        world.victims[attack.name].wait()
        with socket.create_connection(("127.0.0.1", world.port)) as guest:
            guest.sendall(mark.encode())
            assert guest.recv(100).decode() == world.secrets.network
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as guest:
            guest.sendto(mark.encode(), ("127.0.0.1", world.udp))
            assert guest.recv(100).decode() == world.secrets.network
        for address in (world.unix, f"\0{world.abstract}"):
            with socket.socket(socket.AF_UNIX) as guest:
                guest.connect(address)
                guest.sendall(mark.encode())
                guest.recv(100)
        sleep(0.5)
        (world.course.root / "source" / "tiny" / "numbers.csv").write_text("0\n")
        graded = world.course.root / "autograded" / attack.students[0] / "tiny"
        graded.mkdir(parents=True)
        (graded / "loot.txt").write_text(world.secrets.home)
        around = look_around(world, attack)
        seen = look(world, attack.students[0], Said(failure="unreadable: no notebook."))
        after = changed(world.before, world.snapshot())
        child.kill()
        child.wait()
        left = world.folder
    assert around.files == (str(left / "home" / "new.txt"),)
    assert around.processes == (child.pid,)
    assert sorted(around.visits) == ["abstract", "tcp", "udp", "unix"]
    assert around.victim_is_dead
    assert after == ["course/source/tiny/numbers.csv"]
    assert world.secrets.home in seen.private
    assert "unreadable: no notebook." in seen.private
    assert not left.exists()


def test_the_environment_of_the_grading_process_holds_a_secret_and_is_put_back() -> None:
    with World([ATTACK]) as world:
        # The course's configuration, read by now, puts this environment's programs on the PATH.
        before = dict(os.environ)
        with world.environment():
            assert world.secrets.environment in os.environ.values()
            assert os.environ["HOME"] == str(world.home)
        assert dict(os.environ) == before


def test_visitors_have_a_door_and_words() -> None:
    assert Visit("tcp", b"x").door == "tcp"


def test_there_are_enough_attacks_in_every_group_and_each_says_what_it_tries() -> None:
    attacks = read_attacks()
    assert len(attacks) >= 100
    assert len({attack.name for attack in attacks}) == len(attacks)
    for group in GROUPS:
        assert sum(attack.group == group for attack in attacks) >= 10
    for attack in attacks:
        assert attack.what.endswith("."), attack.name
        assert attack.expect in ("", *EXPECTATIONS)
        assert attack.prepare or any(attack.cells), attack.name


def test_every_attack_is_in_one_class_of_bearable_size() -> None:
    members = [attack.name for attacks in classes().values() for attack in attacks]
    assert sorted(members) == sorted(attack.name for attack in read_attacks())
    assert all(len(attacks) <= CLASS_SIZE for attacks in classes().values())


def test_the_master_has_a_test_for_every_solution_and_secrets_in_each() -> None:
    cells = {grade_id(cell): cell.source for cell in master(SECRETS).cells}
    assert set(POINTS) == {f"test_{name}" for name in SOLUTIONS} == {f"test_{name}" for name in RIGHT}
    for name in SOLUTIONS:
        assert SECRETS.solution in cells[name]
        hidden = cells[f"test_{name}"].partition("### BEGIN HIDDEN TESTS")
        assert SECRETS.hidden_test in hidden[2]
        assert SECRETS.hidden_test not in hidden[0]
    assert {"ada", "bob", "zoe"} == set(BYSTANDERS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# group: forging\n# %% double\n1", "does not say in a docstring"),
        ('"""X."""\n# group: stealing\n# %% double\n1', "stands in forging"),
        ('"""X."""\n# group: forging\n# expekt: died\n# %% double\n1', "headers that nobody reads"),
        ('"""X."""\n# group: forging\n# expect: dead\n# %% double\n1', "expects 'dead'"),
        ('"""X."""\n# group: forging\n# honest: dubble\n# %% double\n1', "solutions that the course has not"),
    ],
)
def test_a_misspelt_attack_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "forging" / "one.py"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_attack(path)


def test_the_cells_of_an_attack_are_put_where_it_says(tmp_path: Path) -> None:
    path = tmp_path / "forging" / "one.py"
    path.parent.mkdir()
    path.write_text(
        '"""X."""\n# group: forging\n# %% + first\n%%bash\nls\n# %% double\na\n# %% +\nb\n# %% +\nc\n# %% + end\nd\n'
        "# %%% second\n# %% total\ne\n"
    )
    attack = read_attack(path)
    assert attack.students == ["mallory_one", "mallory_one_second"]
    with World([attack]) as world:
        text = (world.course.folder("mallory_one") / "tiny.ipynb").read_text()
        second = (world.course.folder("mallory_one_second") / "tiny.ipynb").read_text()
    import json

    cells = [(cell["id"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    assert cells[0] == ("extra-0", "%%bash\nls")
    place = [name for name, _ in cells].index("double")
    assert [source for _, source in cells[place : place + 3]] == ["a", "b", "c"]
    assert cells[-1][1] == "d"
    assert [cell["source"] for cell in json.loads(second)["cells"] if cell["id"] == "total"] == ["e"]


def test_no_attack_names_an_address_beyond_the_loopback() -> None:
    allowed = ("127.0.0.1", "127.1", "::ffff:127.0.0.1")
    for attack in read_attacks("escaping"):
        for cells in attack.cells:
            for cell in cells:
                for line in cell.source.splitlines():
                    if (
                        "connect(" in line
                        or "sendto(" in line
                        or "create_connection(" in line
                        or "/dev/tcp" in line
                    ):
                        assert (
                            any(host in line for host in allowed)
                            or "host" in line
                            or "path" in line
                            or "@abstract@" in line
                        ), line


def test_the_text_of_an_attack_before_its_cells_is_python() -> None:
    for group in GROUPS:
        for path in (Path(__file__).parent / group).glob("*.py"):
            head = path.read_text(encoding="utf-8").partition("\n# %% ")[0]
            assert ast.get_docstring(ast.parse(head)), path.name
