"""Looks over the masters of an nbgrader course for what means something else when a submission and its tests run in two kernels."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from assay.cells import grade_id, is_graded, is_solution, is_test, role
from assay.errors import AssayError
from assay.names import bound_names, imported_modules, is_courses_own, needs_of
from assay.regions import find_regions

_MAGIC = re.compile(r"^\s*(?:[%!]|\w[\w.]*\s*=\s*[%!])|\bget_ipython\b", re.MULTILINE)
_AUTOTEST = re.compile(r"^\s*#+\s*(?:HASHED )?AUTOTEST\b", re.MULTILINE)
_SOURCE = frozenset({"getsource", "getsourcelines", "getsourcefile", "__code__", "dis"})
_FIGURES = frozenset({"gca", "gcf", "get_fignums", "plotchecker", "get_axes"})
_PRINTED = frozenset({"redirect_stdout", "redirect_stderr", "capture_output", "capsys"})
_HISTORY = frozenset({"In", "Out", "_ih", "_oh", "_i", "_ii", "__"})
_AT_RUN_TIME = frozenset({"globals", "locals", "vars", "dir", "eval", "exec"})
NAMED = 6


@dataclass(frozen=True)
class Overview:
    """What the masters of a course hold.

    Attributes
    ----------
    holds
        A sentence for each notebook.
    remarks
        A sentence for each thing that a person should look at before grading.
    refusals
        Sentences on what would be graded wrongly.
    """

    assignments: tuple[str, ...]
    holds: tuple[str, ...]
    remarks: tuple[str, ...]
    refusals: tuple[str, ...]


def look_over(root: Path) -> Overview:
    """Look over ``source/<assignment>/<notebook>.ipynb`` of a course."""
    holds: list[str] = []
    remarks: list[str] = []
    refusals: list[str] = []
    paths = sorted(root.glob("source/[!.]*/*.ipynb"))
    for path in paths:
        name = f"{path.parent.name}/{path.stem}"
        try:
            notebook = nbformat.read(path, as_version=4)
            held = _held(notebook)
            found = list(remarks_on(notebook, path.parent))
            wrong = list(_refusals(notebook))
        except Exception as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            remarks.append(f"{name} cannot be read ({reason}): mend it before it is graded.")
            continue
        holds.append(f"{name}: {held}.")
        remarks += [f"{name}: {sentence}" for sentence in found]
        refusals += [f"{name}: {sentence}" for sentence in wrong]
    if not paths:
        remarks.append("There is no assignment yet in source/<assignment>/<notebook>.ipynb.")
    assignments = dict.fromkeys(path.parent.name for path in paths)
    return Overview(tuple(assignments), tuple(holds), tuple(remarks), tuple(refusals))


def remarks_on(notebook: NotebookNode, folder: Path) -> Iterator[str]:
    """One sentence for each thing in a master that behaves differently in two kernels, or costs somebody marks in both.

    Parameters
    ----------
    folder
        Where the notebook lies: modules beside it can be imported.
    """
    yield from _language(notebook)
    yield from _missing_modules(notebook, folder)
    yield from _names(notebook)
    cells = [cell for cell in notebook.cells if is_courses_own(cell)]
    for found, sentence in _LOOKS:
        names = [grade_id(cell) for cell in cells if found(cell)]
        if names:
            yield f"{_listed(names)} {sentence}"


def _held(notebook: NotebookNode) -> str:
    tests = [cell for cell in notebook.cells if is_test(cell)]
    others = [cell for cell in notebook.cells if is_graded(cell) and not is_test(cell)]
    return f"{_counted(tests, 'test')} for the machine, {_counted(others, 'cell')} for a person"


def _counted(cells: list[NotebookNode], what: str) -> str:
    points = sum(float(role(cell).get("points") or 0) for cell in cells)
    return f"{len(cells)} {what}{'' if len(cells) == 1 else 's'} ({points:g} points)"


def _refusals(notebook: NotebookNode) -> Iterator[str]:
    automatic = [
        grade_id(cell)
        for cell in notebook.cells
        if cell.cell_type == "code" and _AUTOTEST.search(cell.source)
    ]
    if automatic:
        yield (
            f"{_listed(automatic)} has tests that nbgrader is to make (AUTOTEST): assay runs the cell as it stands in source/, where "
            "that line is a comment, and everybody would pass. Write the test out."
        )
    for cell in notebook.cells:
        try:
            find_regions(cell.source, f"cell {grade_id(cell)!r}")
        except AssayError as error:
            yield str(error)


def _language(notebook: NotebookNode) -> Iterator[str]:
    about = notebook.metadata.get("kernelspec", {})
    language = str(
        about.get("language") or notebook.metadata.get("language_info", {}).get("name") or "python"
    )
    if language.lower() not in ("python", "python3", "ipython"):
        yield f"its language is {language}; assay runs Python only."


def _missing_modules(notebook: NotebookNode, folder: Path) -> Iterator[str]:
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    tops = dict.fromkeys(module.partition(".")[0] for module in imported_modules(sources))
    missing = [
        name
        for name in tops
        if not (folder / f"{name}.py").is_file() and not (folder / name).is_dir() and _is_missing(name)
    ]
    if missing:
        yield f"it imports {_listed(missing)}, which this environment lacks: install it beside assay."


def _is_missing(module: str) -> bool:
    try:
        return find_spec(module) is None
    except (ImportError, ValueError):
        return True


def _names(notebook: NotebookNode) -> Iterator[str]:
    """What tests ask of the student, and from where."""
    needs = needs_of(notebook)
    unlocked: dict[str, list[str]] = {}
    binder: dict[str, NotebookNode] = {}
    unknown: dict[str, list[str]] = {}
    replaced: dict[str, list[str]] = {}
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if position in needs:
            need = needs[position]
            for name in need.expected:
                if name in binder and not is_solution(binder[name]):
                    unlocked.setdefault(name, []).append(grade_id(cell))
            if is_test(cell):
                for name in set(need.fetch) - need.expected - need.replaced:
                    if not need.stars:
                        unknown.setdefault(name, []).append(grade_id(cell))
                for name in need.expected & bound_names(cell.source) - _defined(cell):
                    replaced.setdefault(name, []).append(grade_id(cell))
        else:
            binder.update(dict.fromkeys(bound_names(cell.source), cell))
    for name, cells in sorted(unlocked.items()):
        yield (
            f"{_listed(cells)} takes {name} from a cell that students can change: lock that cell (or it is whatever a student "
            "makes of it)."
        )
    for name, cells in sorted(unknown.items()):
        yield f"{_listed(cells)} uses {name}, which no cell of the notebook binds: such a test goes to a person."
    for name, cells in sorted(replaced.items()):
        yield (
            f"{_listed(cells)} gives {name}, a name of the student's, another value: data in its place is not seen by the "
            "student's functions (a function is, and that it was deleted)."
        )


def _defined(cell: NotebookNode) -> set[str]:
    return {
        node.name for node in _tree(cell).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _tree(cell: NotebookNode) -> ast.Module:
    try:
        return ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _words(cell: NotebookNode) -> set[str]:
    """Every name, attribute and imported name of a cell."""
    found = set()
    for node in ast.walk(_tree(cell)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
    return found


def _has(words: Collection[str]) -> Callable[[NotebookNode], bool]:
    return lambda cell: not _words(cell).isdisjoint(words)


def _calls(names: Collection[str]) -> Callable[[NotebookNode], bool]:
    return lambda cell: any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for node in ast.walk(_tree(cell))
    )


def _uses_names(names: Collection[str]) -> Callable[[NotebookNode], bool]:
    return lambda cell: any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(_tree(cell)))


def _captures(cell: NotebookNode) -> bool:
    return not _words(cell).isdisjoint(_PRINTED) or bool(
        re.search(r"\bsys\.stdout\b|^%%capture", cell.source, re.MULTILINE)
    )


def _last_line(cell: NotebookNode) -> ast.expr | None:
    """The value that a test cell ends in, unless it is no test's business or a number that stands there as one."""
    body = _tree(cell).body
    last = body[-1] if body and is_test(cell) else None
    return last.value if isinstance(last, ast.Expr) else None


def _ends_in_a_comparison(cell: NotebookNode) -> bool:
    return isinstance(_last_line(cell), (ast.Compare, ast.BoolOp))


def _ends_in_a_value(cell: NotebookNode) -> bool:
    last = _last_line(cell)
    if isinstance(last, ast.Call):
        name = last.func.attr if isinstance(last.func, ast.Attribute) else getattr(last.func, "id", "")
        return name != "print" and not name.startswith(("assert", "award", "check"))
    return isinstance(last, (ast.Name, ast.BinOp, ast.Subscript, ast.Attribute, ast.IfExp))


#: What to look for in the cells that run in the grader's kernel, and what to say of those where it is.
_LOOKS: tuple[tuple[Callable[[NotebookNode], bool], str], ...] = (
    (
        lambda cell: bool(_MAGIC.search(cell.source)),
        "uses a magic or get_ipython: it runs in the grader's kernel and sees nothing of the student's.",
    ),
    (_has(_SOURCE), "reads the source of a function: a test gets what an answer does, and not its text."),
    (
        _captures,
        "catches what is printed: a student's function prints in its own kernel, where the test does not see it.",
    ),
    (
        _has(_FIGURES),
        "looks at a figure: a student's figures are in their own kernel; let the function return its axes or data.",
    ),
    (
        _calls(_AT_RUN_TIME),
        "looks names up while it runs: only names that stand in the cell itself come from the student.",
    ),
    (
        _uses_names(_HISTORY),
        "looks at what was typed before: the grader's kernel has no history of the student's.",
    ),
    (_calls({"open"}), "opens a file: what a student's code writes is not there for a test to read."),
    (_calls({"input"}), "asks for input: nobody answers while it is graded."),
    (_ends_in_a_comparison, "ends in a comparison, which nobody fails: write assert before it."),
    (
        _ends_in_a_value,
        "ends in a value: when that is a number it is taken for the points, as plain nbgrader does.",
    ),
)


def _listed(names: list[str]) -> str:
    names = list(dict.fromkeys(name or "a cell without a name" for name in names))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
