"""The students' kit: what is in it and what is not, and that a student can work with it and nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat
import pytest
from course_copies import ROOT
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from packaging.markers import Marker
from variant_classes import ALL

from assay.cells import is_solution, is_whole_solution, role
from assay.regions import Kind, find_regions, region_lines

sys.path.insert(0, str(ROOT / "tools"))
import student_kit

ASSIGNMENTS = ("gradient_descent", "mnist_mlp", "newspaper_cnn")
#: Shorter lines, such as a closing parenthesis or `return model`, say nothing.
TELLING = 25
PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)\s*(?:;\s*(?P<marker>.*))?$")


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return student_kit.make_kit(tmp_path_factory.mktemp("kit") / "kit.zip")


@pytest.fixture(scope="module")
def content(kit: Path) -> dict[str, bytes]:
    """Every file of the kit, and every file of the wheel in it, by path."""
    found = dict(_members(kit.read_bytes()))
    for name in [name for name in found if name.endswith(".whl")]:
        found.update({f"{name}/{inner}": data for inner, data in _members(found[name])})
    return found


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


def masters() -> Iterator[nbformat.NotebookNode]:
    for path in sorted((ROOT / "source").glob("*/*.ipynb")):
        yield nbformat.read(path, as_version=4)


def kept_from_students(kind: Kind) -> set[str]:
    """The telling lines of all regions of a kind; for solutions of written answers, too."""
    found: set[str] = set()
    for notebook in masters():
        for cell in notebook.cells:
            lines = region_lines(cell.source, kind) if find_regions(cell.source) else []
            if kind is Kind.SOLUTION and is_solution(cell) and is_whole_solution(cell):
                lines = cell.source.splitlines()
            found |= {line.strip() for line in lines if len(line.strip()) >= TELLING}
    return found


def released() -> set[str]:
    """What stands in the released notebooks anyway, such as a line that the solution takes from the task's text."""
    found: set[str] = set()
    for path in (ROOT / "release").glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            found |= {line.strip() for line in cell.source.splitlines()}
    return found


def texts(content: dict[str, bytes]) -> dict[str, str]:
    """What can be read, notebooks as their cells."""
    found = {}
    for name, data in content.items():
        if name.endswith(".ipynb"):
            cells = nbformat.reads(data.decode(), as_version=4).cells
            found[name] = "\n".join(cell.source for cell in cells)
        elif not name.endswith((".jpg", ".png", ".whl")):
            found[name] = data.decode()
    return found


@pytest.mark.parametrize("kind", Kind)
def test_no_line_that_is_kept_from_students_is_in_the_kit(content: dict[str, bytes], kind: Kind):
    secret = kept_from_students(kind) - released()
    assert len(secret) > 20
    found = {
        f"{name}: {line.strip()}"
        for name, text in texts(content).items()
        for line in text.splitlines()
        if line.strip() in secret
    }
    assert found == set()


def test_the_kit_holds_what_students_need_and_nothing_else(content: dict[str, bytes]):
    names = {name.removeprefix(f"{student_kit.NAME}/") for name in content if ".whl/" not in name}
    wheel = "descent_student-0.1.0-py3-none-any.whl"
    release = {path.relative_to(ROOT).as_posix() for path in (ROOT / "release").rglob("*") if path.is_file()}
    assert names == {"README.md", "LICENSE", "requirements.txt", "nbgrader_config.py", wheel} | release
    assert {f"release/{name}/{name}.ipynb" for name in ASSIGNMENTS} <= names


def test_the_wheel_has_the_visible_tests_and_nothing_of_the_grader(content: dict[str, bytes]):
    inside = [name.partition(".whl/")[2] for name in content if ".whl/" in name]
    modules = {name for name in inside if name.startswith("assay/")}
    assert {name for name in modules if not name.startswith("assay/checks/")} == {"assay/__init__.py"}
    assert "assay/checks/claims.py" in modules
    assert "descent/training.py" in inside
    assert "descent/newspaper/detector.py" not in inside
    assert [name for name in inside if "__pycache__" in name or name.endswith(".pyc")] == []


def test_released_notebooks_are_in_it_byte_for_byte(content: dict[str, bytes]):
    for path in (ROOT / "release").rglob("*"):
        if path.is_file():
            assert content[f"{student_kit.NAME}/{path.relative_to(ROOT).as_posix()}"] == path.read_bytes()


def test_the_same_inputs_give_the_same_bytes_wherever_they_lie(kit: Path, tmp_path: Path):
    other = tmp_path / "elsewhere"
    for part in ("release", "src", "tools/student-kit"):
        shutil.copytree(ROOT / part, other / part, copy_function=shutil.copyfile)
    shutil.copyfile(ROOT / "LICENSE", other / "LICENSE")
    assert student_kit.make_kit(tmp_path / "again.zip", other).read_bytes() == kit.read_bytes()


def small_repository(root: Path, source: str) -> Path:
    """Enough of a repository for the kit to be made of; one released notebook with this cell."""
    for part in ("src", "tools/student-kit"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "LICENSE", root / "LICENSE")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    (root / "release" / "a").mkdir(parents=True)
    nbformat.write(notebook, root / "release" / "a" / "a.ipynb")
    return root


def test_a_released_notebook_with_a_hidden_test_is_refused_by_name(tmp_path: Path):
    root = small_repository(
        tmp_path / "course", "### BEGIN HIDDEN TESTS\nassert f(1) == 2\n### END HIDDEN TESTS"
    )
    with pytest.raises(
        student_kit.KitError, match=r"release/a/a\.ipynb holds 'BEGIN HIDDEN TESTS': run make build"
    ):
        student_kit.make_kit(tmp_path / "kit.zip", root)
    assert not (tmp_path / "kit.zip").exists()


def test_a_module_with_a_solution_is_refused(tmp_path: Path):
    root = small_repository(tmp_path / "course", "1 + 1")
    with (root / "src" / "descent" / "curves.py").open("a") as file:
        file.write("\n# ### BEGIN SOLUTION\n")
    with pytest.raises(student_kit.KitError, match=r"descent/curves\.py holds 'BEGIN SOLUTION'"):
        student_kit.make_kit(tmp_path / "kit.zip", root)


def test_a_repository_without_a_release_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(student_kit.KitError, match="holds no notebook: run make build first"):
        student_kit.make_kit(tmp_path / "kit.zip", tmp_path)
    (tmp_path / "file").write_text("")
    assert student_kit.main([str(tmp_path / "file" / "kit.zip")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("student-kit: ")
    assert "Traceback" not in said


# In a fresh environment


@dataclass(frozen=True)
class Desk:
    """A student's: the unpacked kit and a virtual environment in which its wheel is installed."""

    folder: Path
    python: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment["PATH"] = f"{self.python.parent}{os.pathsep}{environment['PATH']}"
        return subprocess.run(
            [self.python, *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def desk(kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """With everything from the registry under ASSAY_TEST_ALL; else the lock's packages are those of this environment."""
    place = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(place)
    folder = place / student_kit.NAME
    venv.create(place / "venv", with_pip=True)
    desk = Desk(folder, place / "venv" / "bin" / "python")
    if ALL:
        done = desk.run("-m", "pip", "install", "--quiet", "-r", "requirements.txt")
    else:
        (site,) = (place / "venv").glob("lib/python*/site-packages")
        # Of a folder that is named in such a file Python reads no such files: the grader of this environment stays out.
        (site / "of-the-tests.pth").write_text(f"{Path(nbformat.__file__).parents[1]}\n")
        (wheel,) = folder.glob("*.whl")
        done = desk.run("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel.name)
    assert done.returncode == 0, done.stderr
    return desk


group = pytest.mark.xdist_group("student-kit")


@group
def test_what_is_installed_is_the_kits_own_and_not_the_grader(desk: Desk):
    program = (
        "import assay.checks, descent, importlib.util as u; print(assay.__file__); print(descent.__file__)\n"
        "print([name for name in ('assay.engine', 'assay.kernels', 'assay.build') if u.find_spec(name)])"
    )
    done = desk.run("-c", program)
    assert done.returncode == 0, done.stderr
    *files, grader = done.stdout.splitlines()
    assert all(Path(file).is_relative_to(desk.python.parents[1]) for file in files)
    assert grader == "[]"


@pytest.mark.skipif(ALL, reason="the lock itself was installed")
def test_the_lock_is_what_this_environment_has(content: dict[str, bytes]):
    """So that what the tests below find holds for a student who installs the lock."""
    lock = content[f"{student_kit.NAME}/requirements.txt"].decode()
    checked, differing = 0, {}
    for line in lock.splitlines():
        match = PINNED.match(line.removesuffix("\\").strip())
        if match is None or (match["marker"] and not Marker(match["marker"]).evaluate()):
            continue
        checked += 1
        if metadata.version(match["name"]) != match["version"]:
            differing[match["name"]] = match["version"]
    assert checked > 100
    assert differing == {}


@group
def test_the_last_line_of_the_lock_is_the_wheel_with_its_hash(desk: Desk):
    (wheel,) = desk.folder.glob("*.whl")
    text = (desk.folder / "requirements.txt").read_text()
    own = text[text.index(f"./{wheel.name}") :]
    assert own.count("\n") == 2
    wrong = re.sub("(?<=sha256:).", lambda first: "1" if first[0] == "0" else "0", own)
    codes = []
    for line in (own, wrong):
        (desk.folder / "own.txt").write_text(line)
        words = "install --quiet --no-index --no-deps --dry-run --force-reinstall -r own.txt"
        codes.append(desk.run("-m", "pip", *words.split()).returncode)
    assert codes == [0, 1]


def executed(desk: Desk, answers: dict[str, str]) -> nbformat.NotebookNode:
    """The released gradient_descent with some answers, run to its end by a kernel of the student's environment."""
    folder = desk.folder / "release" / "gradient_descent"
    notebook = nbformat.read(folder / "gradient_descent.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(role(cell).get("grade_id", ""), cell.source)
    manager: Any = KernelManager()
    manager.kernel_spec.argv = [str(desk.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    before = dict(os.environ)
    try:
        os.environ.pop("PYTHONPATH", None)
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=120,
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return notebook


def solutions(count: int) -> dict[str, str]:
    """The first answers that are code, as the sample class's best student gave them."""
    path = ROOT / "submitted" / "student01" / "gradient_descent" / "gradient_descent.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    code = {
        role(cell)["grade_id"]: cell.source
        for cell in cells
        if cell.cell_type == "code" and is_solution(cell)
    }
    return dict(list(code.items())[:count])


def failing(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What the test cells raised, by grade id; empty for those that passed."""
    return {
        role(cell)["grade_id"]: "".join(
            out.get("evalue", "") for out in cell.outputs if out.output_type == "error"
        )
        for cell in notebook.cells
        if role(cell).get("grade") and cell.cell_type == "code" and not is_solution(cell)
    }


@group
@pytest.mark.slow
def test_a_student_opens_a_notebook_runs_it_and_sees_the_tests_of_two_answers_pass(desk: Desk):
    empty = executed(desk, {})
    counts = [
        cell.execution_count for cell in empty.cells if cell.cell_type == "code" and cell.source.strip()
    ]
    assert None not in counts
    before = failing(empty)
    assert all(before.values())
    errors = {
        out.ename for cell in empty.cells for out in cell.get("outputs", []) if out.output_type == "error"
    }
    assert "ModuleNotFoundError" not in errors
    two = solutions(2)
    after = failing(executed(desk, two))
    passed = {name for name, message in after.items() if not message}
    assert len(two) == 2
    assert len(passed) >= 2
    assert passed < set(before)


@group
@pytest.mark.slow
def test_validate_waits_as_long_as_the_kit_says_and_names_the_tests_that_fail(desk: Desk):
    program = "from nbgrader.apps import NbGrader; app = NbGrader(); app.load_config_file(); print(app.config.Execute.timeout)"
    done = desk.run("-c", program)
    assert done.stdout.strip() == "300", done.stderr
    done = desk.run("-m", "nbgrader", "validate", "release/gradient_descent/gradient_descent.ipynb")
    assert done.returncode == 0, done.stderr
    assert "You did not provide a response" in done.stdout


def test_the_guide_names_what_is_there(content: dict[str, bytes]):
    guide = content[f"{student_kit.NAME}/README.md"].decode()
    names = {name.removeprefix(f"{student_kit.NAME}/") for name in content if ".whl/" not in name}
    for name in re.findall(r"[\w./-]+-py3-none-any\.whl", guide):
        assert name.rpartition("/")[2] in names
    assert "requirements.txt" in guide
    for name in ASSIGNMENTS:
        assert f"`{name}`" in guide
    for line in re.findall(r"%cd (\S+)", guide):
        assert any(inside.startswith(line.partition(f"{student_kit.NAME}/")[2] + "/") for inside in names)
    assert json.loads(content[f"{student_kit.NAME}/release/gradient_descent/gradient_descent.ipynb"])


@group
def test_what_is_left_out_of_the_wheel_is_said_in_a_sentence(desk: Desk):
    page = str(desk.folder / "release" / "newspaper_cnn" / "data" / "img-103")
    done = desk.run(
        *(
            "-m",
            "descent.cli",
            "pages",
            "evaluate",
            "--scan",
            f"{page}.jpg",
            "--ground-truth",
            f"{page}-gt.png",
        )
    )
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == "descent: The detector is not part of the students' kit: run this where the course is made."
    )
