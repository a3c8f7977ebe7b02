"""Which names a cell binds and uses, and who owns a name at a cell: the course's own cells or the student's."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from nbformat import NotebookNode

from assay.cells import grade_id, is_solution, is_test, role

#: What IPython binds in every notebook.
_ALWAYS_THERE = frozenset(vars(builtins)) | {"__name__", "__file__", "__doc__", "get_ipython", "display"}


class Owner(Enum):
    """Whose value of a name counts."""

    COURSE = "course"
    STUDENT = "student"
    #: A test cell took the student's value and bound the name itself: the student's again when it put that back.
    EITHER = "either"


_IN_MAIN = re.compile(r"\b__main__\.([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Needs:
    """What a locked cell or a test cell asks of the student.

    Attributes
    ----------
    fetch
        Names whose value comes from the student kernel.
    expected
        Those of them that the notebook asks the student to bind: without one the answer is missing. A name that is
        missing and not among them is a mistake of the course.
    replaced
        Names of the student's that an earlier test cell has bound as well: the student's unless the grader kernel has them.
    imports
        From names that a cell which the student may edit imports to the import statement: that a module is called
        ``np`` is no answer, and the tests import it themselves.
    stars
        The ``from ... import *`` of such cells, for names that nobody else binds.
    """

    fetch: tuple[str, ...] = ()
    expected: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)
    stars: tuple[str, ...] = ()


@dataclass
class _Scope:
    """What is bound so far, going down the master notebook."""

    owners: dict[str, Owner] = field(default_factory=dict)
    #: The import statement of a name that a cell outside of the course's own imports.
    imports: dict[str, str] = field(default_factory=dict)
    #: Statements of such cells that import everything; what they bind is known only when they run.
    stars: list[str] = field(default_factory=list)
    #: What the functions and classes of the course's own cells use when they are called.
    uses: dict[str, frozenset[str]] = field(default_factory=dict)


def needs_of(master: NotebookNode) -> dict[int, Needs]:
    """What each locked code cell and test cell of a master notebook needs of the student, by its position.

    A name that a cell uses belongs to whoever bound it last above that cell: locked cells, test cells and import
    statements bind for the course, everything else for the student. What nobody binds is asked of the student as well, but for the names that
    Python and IPython bring.
    """
    scope = _Scope()
    needs = {}
    for position, cell in enumerate(master.cells):
        if cell.cell_type != "code":
            continue
        bound, used, uses = _read(cell.source)
        if is_courses_own(cell):
            scope.uses.update(uses)
            asked = sorted(_asked(used, bound, scope))
            imports = {name: scope.imports[name] for name in asked if name in scope.imports}
            fetch = [name for name in asked if name not in imports]
            expected = {name for name in fetch if scope.owners.get(name) is Owner.STUDENT}
            replaced = {name for name in fetch if scope.owners.get(name) is Owner.EITHER}
            stars = tuple(dict.fromkeys(scope.stars)) if set(fetch) - expected - replaced else ()
            needs[position] = Needs(
                tuple(fetch), frozenset(expected), frozenset(replaced), imports=imports, stars=stars
            )
            scope.owners.update(dict.fromkeys(bound - expected - replaced, Owner.COURSE))
            scope.owners.update(dict.fromkeys(bound & (expected | replaced), _of_both(cell)))
        else:
            imported = _imports(cell.source)
            scope.imports.update(imported)
            scope.stars += _star_imports(cell.source)
            bound = bound - set(imported)
            scope.owners.update(dict.fromkeys(imported, Owner.STUDENT))
            scope.owners.update(dict.fromkeys(bound, Owner.STUDENT))
        for name in bound:
            scope.imports.pop(name, None)
    return needs


def is_courses_own(cell: NotebookNode) -> bool:
    """Whether a code cell runs in the grader kernel: a test cell, or a locked cell that is no answer."""
    if cell.cell_type != "code" or not grade_id(cell):
        return False
    return is_test(cell) or (bool(role(cell).get("locked")) and not is_solution(cell))


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level."""
    return _read(source)[0]


def used_names(source: str) -> frozenset[str]:
    """The names that a cell uses, at its top level or in its functions."""
    return _read(source)[1]


def defined_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level, except by imports: they give a name to what exists already."""
    return bound_names(source) - set(_imports(source))


def imported_modules(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that cells import at their top level, in this order; a name imported from a package may be one, too."""
    found: dict[str, None] = {}
    for source in sources:
        for node in _tree(source).body:
            if isinstance(node, ast.Import):
                found.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found[node.module] = None
                found.update(
                    {f"{node.module}.{alias.name}": None for alias in node.names if alias.name != "*"}
                )
    return tuple(found)


def reached_tests(
    master: NotebookNode, answers: Mapping[str, str], also: Collection[str] = frozenset()
) -> set[str]:
    """The test cells whose outcome can depend on some answers, and those whose names such a cell uses.

    Parameters
    ----------
    master
        The notebook of the course.
    answers
        From the grade id of a solution cell to a source that takes the place of the master's.
    also
        Names that are changed in another way.

    Returns
    -------
    set of str
        Grade ids.
    """
    touched = set(also)
    reached: set[str] = set()
    uses: dict[str, frozenset[str]] = {}
    makers: dict[str, str] = {}
    for cell in master.cells:
        name = grade_id(cell)
        if cell.cell_type != "code" or not name:
            continue
        bound, used, _ = _read(cell.source)
        if name in answers:
            own, _, _ = _read(answers[name])
            touched |= bound | own
        elif used & touched:
            touched |= bound
            if is_test(cell):
                reached.add(name)
        if is_test(cell):
            uses[name] = used
            makers.update(dict.fromkeys(bound, name))
    waiting = list(reached)
    while waiting:
        needed = {makers[used] for used in uses[waiting.pop()] if used in makers} - reached
        reached |= needed
        waiting += needed
    return reached


def _of_both(cell: NotebookNode) -> Owner:
    """Whose a name of the student's is after a cell of the course has bound it: a locked cell gives the value that counts from then on."""
    return Owner.EITHER if is_test(cell) else Owner.COURSE


def _asked(used: frozenset[str], bound: frozenset[str], scope: _Scope) -> Iterator[str]:
    seen: set[str] = set()
    waiting = sorted(used)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        owner = scope.owners.get(name)
        if owner in (Owner.STUDENT, Owner.EITHER) or (
            owner is None and name not in bound and name not in _ALWAYS_THERE
        ):
            yield name
        if owner is Owner.COURSE or name in bound:
            waiting += scope.uses.get(name, ())


def _read(source: str) -> tuple[frozenset[str], frozenset[str], dict[str, frozenset[str]]]:
    """The names that a cell binds, those it uses, and what each of its functions and classes uses."""
    code = python_of(source)
    try:
        tree, table = ast.parse(code), symtable.symtable(code, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(), frozenset(), {}
    bound = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    # unittest.mock is told by such a text what to replace.
    used |= set(_IN_MAIN.findall(code))
    uses: dict[str, frozenset[str]] = {}
    for child in table.get_children():
        inside = frozenset(_globals(child))
        uses[child.get_name()] = uses.get(child.get_name(), frozenset()) | inside
        bound |= set(_assigned_globals(child))
    # A decorator such as the claim's calls the function at once, so that what it uses is used by the cell itself.
    used |= {name for names in uses.values() for name in names}
    bound -= set(_deleted(tree))
    return frozenset(bound), frozenset(used), uses


def _tree(source: str) -> ast.Module:
    """A cell's statements; none when it cannot be read."""
    try:
        return ast.parse(python_of(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _imports(source: str) -> dict[str, str]:
    """The import statement of each name that a cell imports at its top level and binds in no other way."""
    tree = _tree(source)
    found: dict[str, str] = {}
    for node in tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or (
            isinstance(node, ast.ImportFrom) and node.level
        ):
            continue
        for alias in node.names:
            name = (alias.asname or alias.name).partition(".")[0]
            if name == "*":
                continue
            one = (
                ast.ImportFrom(node.module, [alias], 0)
                if isinstance(node, ast.ImportFrom)
                else ast.Import([alias])
            )
            found[name] = "\n".join(filter(None, (found.get(name), ast.unparse(one))))
    others = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    rebound, _, _ = _read(ast.unparse(ast.Module(others, [])))
    return {name: statement for name, statement in found.items() if name not in rebound}


def _star_imports(source: str) -> list[str]:
    """The statements at a cell's top level that import all names of a module."""
    return [
        ast.unparse(node)
        for node in _tree(source).body
        if isinstance(node, ast.ImportFrom) and not node.level and node.names[0].name == "*"
    ]


def _deleted(tree: ast.AST) -> Iterator[str]:
    """The names that a cell deletes at its top level; a function deletes names of its own."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            yield node.id
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _deleted(node)


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()
    )
    for child in table.get_children():
        yield from _globals(child)


def _assigned_globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_declared_global() and symbol.is_assigned()
    )
    for child in table.get_children():
        yield from _assigned_globals(child)


def python_of(source: str) -> str:
    """A cell's source with IPython's magics written as calls, which is what Python's parser understands."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except Exception:
        return source
