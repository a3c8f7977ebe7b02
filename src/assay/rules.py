"""What an assignment's notebook has to keep to; all that is wrong with it is said at once, a line each."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from nbformat import NotebookNode

from assay.cells import (
    cell_name,
    grade_id,
    is_graded,
    is_locked_text,
    is_solution,
    is_test,
    is_whole_solution,
    role,
)
from assay.errors import AssayError
from assay.regions import Kind, drop_regions, find_regions, has_region

_KEYS = ("schema_version", "grade", "locked", "solution", "task", "grade_id")
_DEFAULT_ID = re.compile(r"cell-[0-9a-f]+")
_POINTS = r"(\d+(?:\.\d+)?)\s+points?\b"


def check_rules(notebook: NotebookNode, name: str, config: Any = None) -> None:
    """Refuse a notebook that breaks a rule.

    Raises
    ------
    AssayError
        With one line for each problem; ``name`` names the text in the message.
    """
    found = problems(notebook, config)
    if found:
        raise AssayError("\n".join([f"{name} cannot be built:", *(f"- {problem}" for problem in found)]))


def problems(notebook: NotebookNode, config: Any = None) -> list[str]:
    """One sentence for each rule that the notebook breaks, in the order of its cells; ``config`` may change the stub."""
    found: list[str] = []
    sound: list[tuple[int, NotebookNode]] = []
    ids: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        name = cell_name(cell, index)
        found += _metadata_problems(cell, name)
        if grade_id(cell):
            if grade_id(cell) in ids:
                found.append(f"{name} has a grade id that another cell has too: rename one of them.")
            ids.add(grade_id(cell))
        try:
            find_regions(cell.source, name)
        except AssayError as error:
            found.append(str(error))
            continue
        sound.append((index, cell))
        found += _region_problems(cell, name)
        if cell.cell_type == "code":
            found += _code_problems(cell, name, config)
    found += _rubric_problems(sound)
    found += _sum_problems(sound)
    return found


def _metadata_problems(cell: NotebookNode, name: str) -> Iterator[str]:
    if "nbgrader" not in cell.metadata:
        return
    metadata = cell.metadata["nbgrader"]
    if not isinstance(metadata, dict):
        yield f"{name} has nbgrader metadata that is no dictionary: write it as nbgrader={{...}}."
        return
    missing = [key for key in _KEYS if key not in metadata]
    if missing:
        yield f"{name} lacks the nbgrader metadata {', '.join(missing)}: add it."
    extra = [key for key in metadata if key not in _KEYS and not (key == "points" and is_graded(cell))]
    if extra:
        reason = " (points belong to graded cells only)" if "points" in extra else ""
        yield f"{name} has the extra nbgrader metadata {', '.join(extra)}{reason}: delete it."
    if metadata.get("schema_version", 3) != 3:
        yield f"{name} has nbgrader metadata of schema version {metadata['schema_version']}: run nbgrader update, or write it as version 3."
    for key in ("grade", "locked", "solution", "task"):
        if not isinstance(metadata.get(key, False), bool):
            yield f"{name} has {key}={metadata[key]!r} in its nbgrader metadata: write true or false."
    yield from _grade_id_problems(metadata.get("grade_id", "x"), name)
    yield from _points_problems(cell, metadata, name)
    yield from _role_problems(cell, metadata, name)


def _grade_id_problems(value: Any, name: str) -> Iterator[str]:
    if not isinstance(value, str) or not re.fullmatch(r"[a-zA-Z0-9_\-]+", value):
        yield f"{name} has the grade id {value!r}: use letters, digits, '_' and '-' only."
    elif _DEFAULT_ID.fullmatch(value):
        yield f"{name} has the default grade id {value!r}: give it a name that says what it is."


def _points_problems(cell: NotebookNode, metadata: dict[str, Any], name: str) -> Iterator[str]:
    if not is_graded(cell):
        return
    points = metadata.get("points")
    if points is None:
        yield f"{name} is graded but has no points: add points to its nbgrader metadata."
    elif isinstance(points, bool) or not isinstance(points, int | float):
        yield f"{name} has the points {points!r}: write a number."
    elif not points > 0:
        yield f"{name} is graded with {points} points: give it more than 0, or do not grade it."


def _role_problems(cell: NotebookNode, metadata: dict[str, Any], name: str) -> Iterator[str]:
    grade, solution, task = (bool(metadata.get(key)) for key in ("grade", "solution", "task"))
    if not (grade or solution or task or metadata.get("locked")):
        yield f"{name} has nbgrader metadata that gives it no role: delete the metadata, or set grade, solution, locked or task."
    if task and (cell.cell_type != "markdown" or grade or solution):
        yield f"{name} is a task, so it has to be a markdown cell that is neither grade nor solution: change one or the other."
    elif cell.cell_type == "markdown" and not task and grade != solution:
        yield f"{name} is a markdown cell with only one of grade and solution: a written answer is both, any other text is neither."
    elif cell.cell_type == "raw" and (grade or solution):
        yield f"{name} is a raw cell, which nbgrader cannot grade: make it a code or markdown cell."


def _region_problems(cell: NotebookNode, name: str) -> Iterator[str]:
    kinds = {region.kind for region in find_regions(cell.source)}
    if Kind.SOLUTION in kinds and not is_solution(cell):
        yield f"{name} has a solution region but is no solution cell: mark it as one, or take the region out."
    if Kind.HIDDEN_TESTS in kinds and not is_test(cell):
        yield f"{name} has a hidden-test region but is no graded test cell: mark it as one, or move the tests to one."
    if Kind.MARK_SCHEME in kinds and not (is_locked_text(cell) or role(cell).get("task")):
        yield f"{name} has a mark scheme but is no locked or task markdown cell: mark it as locked, or move the mark scheme to one."


def _code_problems(cell: NotebookNode, name: str, config: Any) -> Iterator[str]:
    if isinstance(tree := _parsed(cell.source), SyntaxError):
        yield f"{name} does not parse ({_where(tree)}): mend the code."
        return
    if is_test(cell):
        visible = _parsed(drop_regions(cell.source, Kind.HIDDEN_TESTS))
        if isinstance(visible, SyntaxError):
            yield f"{name} does not parse without its hidden tests ({_where(visible)}): move the region's delimiters."
        elif _does_nothing(visible):
            yield f"{name} shows the student no test, as all of it is hidden, a comment or an import: leave at least one test visible."
    if is_solution(cell):
        stub = _parsed(_stub(cell, config))
        if isinstance(stub, SyntaxError):
            yield f"{name} gives students a stub that does not parse ({_where(stub)}): move the delimiters of its solution region."
        elif not _raises_not_implemented(stub):
            yield f"{name} gives students a stub that does not raise NotImplementedError: put the open part into a solution region."


def _rubric_problems(cells: list[tuple[int, NotebookNode]]) -> Iterator[str]:
    rubric = False
    for index, cell in cells:
        if is_locked_text(cell) and has_region(cell.source, Kind.MARK_SCHEME):
            rubric = True
        elif is_graded(cell):
            if cell.cell_type == "markdown" and is_solution(cell) and not rubric:
                yield (
                    f"{cell_name(cell, index)} is a written answer without a rubric: put a locked markdown cell with a "
                    f"{Kind.MARK_SCHEME.begin} region between it and the graded cell before it."
                )
            rubric = False


def _sum_problems(cells: list[tuple[int, NotebookNode]]) -> Iterator[str]:
    """Compare the points of graded cells with what the introduction and the headings say."""
    introduction = next((cell for _, cell in cells if cell.cell_type == "markdown"), None)
    total = sum(_points(cell) for _, cell in cells)
    stated = re.search(_POINTS, drop_regions(introduction.source)) if introduction else None
    if stated is None:
        yield f"The introduction (the first markdown cell) does not say how many points there are: write '{total:g} points' in it."
    elif _differ(float(stated.group(1)), total):
        yield f"The introduction says {stated.group(1)} points, but the graded cells add up to {total:g}: change one of them."
    for position, (_, cell) in enumerate(cells):
        headings = list(_headings(cell))
        for number, (level, title) in enumerate(headings):
            claimed = re.search(rf"\({_POINTS}\)", title)
            if claimed is None:
                continue
            inner = any(deeper <= level for deeper, _ in headings[number + 1 :])
            below = 0.0 if inner else _points(cell) + _points_until(cells[position + 1 :], level)
            if _differ(float(claimed.group(1)), below):
                yield f"The heading {title!r} says {claimed.group(1)} points, but the graded cells under it add up to {below:g}: change one of them."


def _points_until(cells: list[tuple[int, NotebookNode]], level: int) -> float:
    """The points of the cells up to the next heading of this level or above."""
    points = 0.0
    for _, cell in cells:
        if any(other <= level for other, _ in _headings(cell)):
            break
        points += _points(cell)
    return points


def _headings(cell: NotebookNode) -> Iterator[tuple[int, str]]:
    """Level and text of the headings that students see in a markdown cell."""
    if cell.cell_type != "markdown" or is_whole_solution(cell):
        return
    fence = ""
    for line in drop_regions(cell.source).split("\n"):
        if match := re.match(r"\s{0,3}(```+|~~~+)", line):
            if not fence:
                fence = match.group(1)
            elif match.group(1).startswith(fence):
                fence = ""
        elif not fence and (match := re.match(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$", line)):
            yield len(match.group(1)), match.group(2)


def _points(cell: NotebookNode) -> float:
    points = role(cell).get("points", 0)
    usable = is_graded(cell) and isinstance(points, int | float) and not isinstance(points, bool)
    return float(points) if usable else 0.0


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > 1e-9


def _parsed(source: str) -> ast.Module | SyntaxError:
    """The syntax tree of a cell as IPython runs it: magics allowed, and await outside of functions."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: ast.Module = compile(_transformer().transform_cell(source), "<cell>", "exec", flags)
    except SyntaxError as error:
        return error
    except ValueError as error:
        # A null character is a ValueError in older Pythons.
        return SyntaxError(str(error))
    return tree


@cache
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


def _where(error: SyntaxError) -> str:
    return f"line {error.lineno}: {error.msg}" if error.lineno else str(error.msg)


def _does_nothing(tree: ast.Module) -> bool:
    return all(
        isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in tree.body
    )


def _raises_not_implemented(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id == "NotImplementedError":
                return True
    return False


def _stub(cell: NotebookNode, config: Any) -> str:
    """What nbgrader leaves of a solution cell, with the course's own stub if its configuration has one."""
    from nbgrader.preprocessors import ClearSolutions

    clear = ClearSolutions() if config is None else ClearSolutions(config=config)
    cleared, _ = clear.preprocess_cell(deepcopy(cell), {"language": "python"}, 0)
    return cleared.source
