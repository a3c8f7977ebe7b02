"""Every wall of every tier, by the same tries that `assay doctor` makes."""

import argparse
import json
import os

import pytest
import sandboxed

from assay import doctor
from assay.kernels import Isolation, choose, isolation, walls, warm

pytestmark = pytest.mark.slow

_REPORT = """
import json, sys
from dataclasses import asdict
from assay import doctor
from assay.kernels import choose
findings = doctor.examine(sys.argv[1], forked=sys.argv[2] == "True")
print(json.dumps([choose(sys.argv[1]).sentence, [asdict(finding) for finding in findings]]))
"""
WAYS = pytest.mark.parametrize(
    ("name", "forked"),
    [("bubblewrap", False), ("landlock", False), pytest.param("bubblewrap", True, id="bubblewrap-forked")],
)


@WAYS
def test_every_promised_wall_holds(name, forked):
    tier = sandboxed.tier(name)
    assert warm.can_fork(tier) or not forked
    findings = doctor.examine(name, forked=forked)
    assert len(findings) > 25
    assert not [finding for finding in findings if finding.promised and not finding.held]


@WAYS
def test_every_promised_wall_holds_for_an_ordinary_user(name, forked):
    with sandboxed.ordinary_user() as (command, home):
        done = sandboxed.as_nobody([*command, "-I", "-c", _REPORT, name, str(forked)], home)
    assert done.returncode == 0, done.stderr
    sentence, findings = json.loads(done.stdout)
    assert sentence
    assert len(findings) > 25
    assert not [finding for finding in findings if finding["got"]]


def test_without_walls_the_same_tries_succeed():
    held = {finding.wall for finding in doctor.examine("none") if finding.held}
    # What is clean without any wall too: environment, descriptors, the end of a kernel, the watch over its files; and an
    # ordinary user has no say over accounts.
    own = set() if os.geteuid() == 0 else {"accounts"}
    assert held == {"environment", "open files of the grader", "nothing left over", "scratch space"} | own


def test_doctor_prints_each_wall_and_says_in_its_exit_code_when_one_is_broken(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "200")
    rows = [doctor.Finding("a wall", "a try", "")]
    monkeypatch.setattr(doctor, "examine", lambda wanted, forked=False: rows)
    parser = argparse.ArgumentParser()
    doctor.add_command(parser.add_subparsers())
    options = parser.parse_args(["doctor", "--isolation", "none"])
    assert options.run(options) == 0
    assert "a wall" in capsys.readouterr().out
    rows.append(doctor.Finding("open door", "a try", "all it wanted"))
    assert options.run(options) == 1
    assert "NO: all it wanted" in capsys.readouterr().out
    rows[-1] = doctor.Finding("open door", "a try", "all it wanted", promised=False)
    assert options.run(options) == 0


@pytest.mark.parametrize(("fails", "says"), [(3, "a secret"), (9, "the probe failed: BlockingIOError: busy")])
def test_a_probe_that_finds_no_process_left_is_tried_again(monkeypatch, fails, says):
    answers = iter(["the probe failed: BlockingIOError: busy"] * fails + ["a secret"])
    monkeypatch.setattr(doctor, "_call_once", lambda *_: next(answers))
    monkeypatch.setattr(doctor, "_PAUSE", 0.0)
    assert doctor.call(None, "read_file") == says


def test_a_tier_that_does_not_exist_is_refused_with_the_names_of_those_that_do():
    with pytest.raises(Exception, match="bubblewrap, landlock, none"):
        choose("prison")


def test_grading_stops_with_advice_when_no_tier_works(monkeypatch):
    monkeypatch.setattr(isolation, "attempt", lambda tier: (None, "it is broken"))
    with pytest.raises(Exception, match=r"bubblewrap: it is broken; landlock: it is broken.*assay doctor"):
        choose()


def test_nothing_is_isolated_unless_it_is_asked_for_by_name(monkeypatch):
    assert choose("none").isolation is Isolation.NONE
    assert choose().isolation is not Isolation.NONE


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("without_namespaces", [False, True])
def test_the_filter_ends_in_a_decision_on_every_path(column, without_namespaces):
    program = walls._program(column, 1, without_namespaces)
    assert len(program) < 4096
    for number, (code, yes, no, _) in enumerate(program):
        assert 0 <= yes < 256
        assert 0 <= no < 256
        if code in (walls._EQUAL, walls._AT_LEAST, walls._HAS):
            assert number + 1 + max(yes, no) < len(program)
    assert program[-1][0] == walls._RETURN


@pytest.mark.parametrize("column", [0, 1])
def test_the_filter_decides_by_the_numbers_of_its_architecture(column):
    program = walls._program(column, 77, False)
    refused, allowed = 0x00050001, 0x7FFF0000
    for name, numbers in walls._REFUSED.items():
        if numbers[column] is not None:
            assert _decision(program, numbers[column]) == refused, name
    read = (0, 63)[column]
    assert _decision(program, read) == allowed
    assert _decision(program, read, architecture=78) == refused
    clone, socket = walls._CLONE[column], walls._SOCKET[column]
    assert _decision(program, clone, [0x01000000]) == allowed
    assert _decision(program, clone, [0x10000000]) == refused
    assert _decision(program, socket, [1, 2, 0]) == allowed
    assert _decision(program, socket, [2, 1 | 0o2000000, 6]) == allowed
    assert _decision(program, socket, [2, 1, 262]) == refused
    assert _decision(program, socket, [2, 2, 0]) == refused
    assert _decision(program, socket, [40, 1, 0]) == refused


def _decision(program, number, arguments=(), architecture=77):
    """What a filter says of a system call: an interpreter of the few instructions it uses."""
    data = {0: number, 4: architecture}
    data.update({16 + 8 * index: value for index, value in enumerate(arguments)})
    value, place = 0, 0
    while True:
        code, yes, no, constant = program[place]
        place += 1
        if code == walls._LOAD:
            value = data.get(constant, 0)
        elif code == walls._AND:
            value &= constant
        elif code == walls._RETURN:
            return constant
        elif code == walls._EQUAL:
            place += yes if value == constant else no
        elif code == walls._AT_LEAST:
            place += yes if value >= constant else no
        elif code == walls._HAS:
            place += yes if value & constant else no
        else:
            raise AssertionError(code)
