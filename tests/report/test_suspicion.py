"""What is flagged for a person: nothing of honest answers, and of the attacks those that name what they use."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from course_cells import cell
from course_copies import ROOT
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory

from assay.course import Course
from assay.intake import stage
from assay.suspicion import (
    Flag,
    flags_in_files,
    flags_in_notebook,
    flags_in_source,
    flags_of_run,
)
from assay.untrusted import Unreadable

sys.path.append(str(ROOT / "tests" / "attacks"))

from attack_course import ASSIGNMENT, AttackCourse, Secrets
from attack_files import GROUPS, read_attacks

#: The attacks whose submissions hold nothing that is looked for. They are of three kinds: ordinary Python that is wrong on purpose
#: (answers that lie, never end or fill memory), which no list of names tells from a mistake; repairs, which stand in the report under
#: that name; and paths, which an honest notebook names as well. None of them gains anything: see test_attacks.py.
NOT_FLAGGED = {
    "forging": """answers_in_front_only answers_too_late arguments_changed awards_itself_points caller_ends_here
        data_changed_in_a_test data_replaced data_rewritten difference_of_nothing easier_master empty_answers equal_numbers
        exception_names hooks_in_a_file imports_replaced iteration_ended metadata_of_the_grader
        names_before_their_tests nan_and_infinity setup_replaced skipped_tests strange_arrays
        swallowing_context tests_as_text tests_deleted tests_first tests_replaced""",
    "stealing": """home inputs_by_messages inputs_by_output inputs_by_tracebacks inputs_in_a_later_task linked_notebook neighbours
        source_tree""",
    "breaking": """broken_cells callback_recursion copied_cells cyclic_answers deep_recursion disk endless_call endless_cell
        endless_generator every_cell_is_endless everything_reset foreign_kernel giant_answers giant_arrays giant_integer giant_pictures
        hostile_exceptions huge_file huge_outputs keras_giants link_callbacks long_line many_files many_submitted_files
        memory memory_files million_callbacks neighbours_work nested_notebook old_format output_flood pipe_for_the_notebook
        strange_names strange_text threads waits_for_input work_folder_gone wrong_timestamp""",
    "escaping": "files_of_the_next rights_of_the_folders writes_outside",
}
NUM_ATTACKS = 177
#: Staging them takes seconds each, for what they are full of; their cells are looked at all the same.
LARGE = {"huge_outputs", "many_submitted_files", "stderr_flood"}


def what(source: str) -> list[str]:
    return [flag.what for flag in flags_in_source(source, "cell 1")]


def test_no_answer_with_known_marks_is_flagged() -> None:
    """Right ones and wrong ones: none of them tries anything."""
    files = sorted((ROOT / "tests" / "variants").glob("*/*.py"))
    assert len(files) > 500
    assert [(path.name, flags) for path in files if (flags := what(path.read_text(encoding="utf-8")))] == []


def test_nobody_of_the_sample_class_is_flagged_and_no_solved_notebook() -> None:
    notebooks = sorted(
        [
            *ROOT.glob("submitted/*/*/*.ipynb"),
            *ROOT.glob("solutions/*/*.ipynb"),
            *ROOT.glob("release/*/*.ipynb"),
        ]
    )
    assert len(notebooks) == 3 * 8 + 3 + 3
    assert [path for path in notebooks if flags_in_notebook(nbformat.read(path, as_version=4))] == []


def flagged_attacks(folder: Path, batch: str) -> dict[str, list[str]]:
    """What is flagged of each attack of a batch, as the report would see it; nothing is run."""
    world = AttackCourse(folder, Secrets(), batch=batch)
    world.put_secret_into_gradebook()
    course = CourseDirectory(config=world.course.config(), assignment_id=ASSIGNMENT)
    words = dict.fromkeys(("port", "udp", "pid"), "1") | {
        "course": str(world.root),
        "home": str(folder / "home"),
        "tmp": str(folder / "tmp"),
        "unix": str(folder / "door"),
        "abstract": "door",
        "mark": "mark",
        "boast": '("a" + "b")',
        "python": sys.executable,
    }
    found: dict[str, list[str]] = {}
    for attack in read_attacks():
        if attack.batch != batch:
            continue
        flags: list[Flag] = []
        if attack.name in LARGE:
            flags = [
                flag
                for cells in attack.cells
                for one in cells
                for flag in flags_in_source(one.source, one.place)
            ]
        else:
            world.submit(attack, words)
        for student in attack.students if attack.name not in LARGE else ():
            target = folder / "staged" / student
            try:
                stage(course, student, target)
            except Unreadable:
                # The report says why it could not be read.
                continue
            notebook = nbformat.read(target / f"{ASSIGNMENT}.ipynb", as_version=4)
            flags += flags_in_notebook(notebook) + flags_of_run(notebook.metadata["assay"])
            flags += flags_in_files(target, ["numbers.csv"])
        found[attack.name] = [flag.what for flag in flags]
    return found


def test_of_the_attacks_exactly_those_are_flagged_that_name_what_they_use(tmp_path: Path) -> None:
    """The lists are exact, so that a change to what is looked for shows what it gains and what it loses."""
    found = flagged_attacks(tmp_path / "numpy", "numpy") | flagged_attacks(tmp_path / "keras", "keras")
    groups = {attack.name: attack.group for attack in read_attacks()}
    missed = {
        group: {name for name in found if groups[name] == group and not found[name]} for group in GROUPS
    }
    assert missed == {group: set(names.split()) for group, names in NOT_FLAGGED.items()}
    assert len(found) == NUM_ATTACKS
    num_flagged = sum(bool(flags) for flags in found.values())
    said = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    assert f"of the {NUM_ATTACKS} hostile submissions in `tests/attacks/`, {num_flagged} are." in said


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("get_ipython().ast_transformers.append(Remover())", "get_ipython"),
        ("import sys\nsys._getframe(1)", "_getframe"),
        ("import gc\nfound = gc.get_objects()", "gc"),
        ("from gc import get_objects", "gc"),
        ("import ctypes.util", "ctypes"),
        ("numbers.ctypes.data_as(kind)", "ctypes"),
        ("open('/proc/self/maps')", "/proc"),
        ("open(f'/proc/{number}/mem')", "/proc"),
        ("open(b'/proc/self/mem')", "/proc"),
        ("import sqlite3", "sqlite3"),
        ("import os\nos.kill(1, 9)", "os.kill"),
        ("from os import kill", "os.kill"),
        ("sys.settrace(watch)", "settrace"),
        ("kernel.do_execute = other", "do_execute"),
        ("__import__('gc').get_objects()", "gc"),
        ("getattr(sys, '_getframe')", "_getframe"),
        ("exec('''import gc\ngc.collect()''')", "gc"),
        ("!cat /proc/self/environ", "/proc"),
        ("%%bash\ncat /proc/self/environ", "/proc"),
        ("%%time\nimport gc", "gc"),
        ("def f(:\n    sys._getframe(1)", "_getframe"),
        ("class Equal:\n    def __eq__(self, other):\n        return True", "__eq__"),
        ("from assay.bridge import agent", "assay.bridge"),
    ],
)
def test_what_is_looked_for_is_found_however_it_is_written(source: str, named: str) -> None:
    assert named in what(source)


@pytest.mark.parametrize(
    "source",
    [
        "# get_ipython, _getframe, gc and /proc in a comment",
        '"""A docstring may speak of gc, ctypes and /proc/self."""\nx = 1',
        "def f():\n    '''It needs no get_ipython().'''\n    return 1",
        "%matplotlib inline\n%timeit f(3)\n!pip install numpy\nfiles = !ls",
        "gc = gradient_check(f)\ngc + 1",
        "path = '/processed/data.csv'",
        "url = 'https://example.org/proc/1'",
        "text = 'a process, a procedure, mygc, gc'",
        "from assay import checks\nimport assay.checks",
        "import os\nos.path.join('a', 'b')\nos.makedirs('a')",
        "game.kill()",
        "def g(:\n    x = 1  # gc and /proc/self",
        "",
    ],
)
def test_what_honest_answers_write_is_not_flagged(source: str) -> None:
    assert what(source) == []


def test_the_evidence_is_the_cell_and_the_line() -> None:
    notebook = new_notebook(
        cells=[
            new_markdown_cell("gc /proc"),
            cell("given", "get_ipython()", locked=True),
            cell("test", "import ctypes", grade=True, locked=True, points=1),
            cell("answer", "x = 1\n\nimport gc  # to look around", solution=True),
            new_code_cell("import sqlite3"),
        ]
    )
    reason = "searches the memory of its process for objects"
    flags = flags_in_notebook(notebook)
    assert flags[0] == Flag("gc", reason, "cell 4 (answer)", 3, "import gc  # to look around")
    assert [(flag.place, flag.line) for flag in flags[1:]] == [("cell 5", 1)]


def test_evidence_is_short_and_holds_no_control_characters() -> None:
    (flag,) = flags_in_source(f"import gc; x = '\x1b[31m\u202e{'y' * 500}'", "cell 1")
    assert len(flag.evidence) == 120
    assert flag.evidence.isprintable()


def test_files_beside_the_notebook_are_looked_at_but_for_those_of_the_course(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import ctypes", encoding="utf-8")
    (tmp_path / "given.py").write_text("import ctypes", encoding="utf-8")
    (tmp_path / "numpy.py").write_text("x = 1", encoding="utf-8")
    (tmp_path / "linked.py").symlink_to(tmp_path / "helper.py")
    (tmp_path / "broken.py").write_bytes(b"\xff\xfe\nimport gc\n")
    flags = flags_in_files(tmp_path, ["given.py"])
    assert [(flag.place, flag.what) for flag in flags] == [
        ("file broken.py", "gc"),
        ("file helper.py", "ctypes"),
        ("file numpy.py", "numpy.py"),
    ]


@pytest.mark.parametrize(
    "source", ["(" * 100_000, "x = " + "[" * 5000 + "]" * 5000, "\0", "\ud800", "'" * 7, "\\"]
)
def test_no_source_stops_the_report(source: str) -> None:
    assert flags_in_source(source, "cell 1") == []


def test_what_the_grader_noticed_is_flagged() -> None:
    noted = {
        "verdicts": [
            {"grade_id": "test", "status": "failed", "message": "The answer interfered with the tests."}
        ],
        "repairs": [
            "Left out, since each is a symbolic link and no file: data.csv.",
            "The cell x was missing; it was put back.",
        ],
    }
    assert [flag.what for flag in flags_of_run(noted)] == ["interfered", "no file"]


def test_the_sentences_that_are_looked_for_are_those_of_the_grader() -> None:
    """They are written elsewhere; a change there must not silence a flag."""
    source = Path(Course.at(ROOT).root / "src" / "assay")
    assert '"The answer interfered with the tests."' in (source / "two_kernels.py").read_text(
        encoding="utf-8"
    )
    assert "ended the grader's own kernel" in (source / "two_kernels.py").read_text(encoding="utf-8")
    assert "since each is {kind} and no file" in (source / "submission.py").read_text(encoding="utf-8")
    assert "have a second name elsewhere (hard links)" in (source / "submission.py").read_text(
        encoding="utf-8"
    )
