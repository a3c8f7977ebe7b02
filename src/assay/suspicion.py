"""Flags what a submission names and no answer needs, such as frames of its callers or ``/proc``: for a person to look at, never for a mark."""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import packages_distributions
from io import StringIO
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from assay.cells import grade_id
from assay.names import is_courses_own, python_of
from assay.verdict import Status, plain

#: How many flags are kept of one submission, and how much of a line is shown as evidence.
MOST_FLAGS = 20
LINE_LENGTH = 120
#: Larger files are data, whatever they are called.
MOST_BYTES = 5_000_000
#: Strings within strings within strings are code that writes code; deeper than this nobody looks.
DEPTH = 3

FRAMES = "looks at the frames of the code that calls it"
NOTEBOOK = "takes hold of the notebook's own machinery"
OBJECTS = "searches the memory of its process for objects"
MEMORY = "reads or writes memory directly"
TRACING = "watches or changes other code while that runs"
PROCESSES = "starts or ends processes"
SYSTEM = "looks at the system around it"
GRADER = "names files or modules of the grader"
NETWORK = "opens connections"
PATCHING = "changes what names mean for all code of its process"
OPENING = "takes functions and objects apart"
DECIDING = "decides by itself what it is equal to"

#: Names and attributes, wherever they stand; in strings as whole words.
NAMES: Mapping[str, str] = {
    "get_ipython": NOTEBOOK,
    "do_execute": NOTEBOOK,
    "InteractiveShell": NOTEBOOK,
    "IPKernelApp": NOTEBOOK,
    "displayhook": NOTEBOOK,
    "_getframe": FRAMES,
    "currentframe": FRAMES,
    "_current_frames": FRAMES,
    "f_back": FRAMES,
    "f_globals": FRAMES,
    "f_locals": FRAMES,
    "tb_frame": FRAMES,
    "gi_frame": FRAMES,
    "settrace": TRACING,
    "setprofile": TRACING,
    "meta_path": PATCHING,
    "__subclasses__": OBJECTS,
    "__builtins__": PATCHING,
    "__code__": OPENING,
    "__globals__": OPENING,
    "__closure__": OPENING,
}
#: Methods of classes that no answer of a course needs: they are defined, not named.
METHODS: Mapping[str, str] = {
    **dict.fromkeys(
        ("__eq__", "__ne__", "__array_ufunc__", "__array_function__", "__instancecheck__"), DECIDING
    ),
    **dict.fromkeys(("__reduce__", "__reduce_ex__", "__getattribute__"), OPENING),
}
#: Modules: imported, or named by a string that is nothing else.
MODULES: Mapping[str, str] = {
    "gc": OBJECTS,
    "ctypes": MEMORY,
    "mmap": MEMORY,
    "sqlite3": GRADER,
    "nbgrader": GRADER,
    "builtins": PATCHING,
    "ptrace": TRACING,
    "subprocess": PROCESSES,
    "pty": PROCESSES,
    "socket": NETWORK,
    "ipykernel": NOTEBOOK,
    "jupyter_client": NOTEBOOK,
    "zmq": NETWORK,
}
#: Attributes of one module; the same name elsewhere means something else.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "os": {
        **dict.fromkeys(("kill", "killpg", "fork", "forkpty", "abort", "_exit"), PROCESSES),
        **dict.fromkeys(("system", "popen", "posix_spawn", "posix_spawnp"), PROCESSES),
        **dict.fromkeys(("execv", "execve", "execvp", "execvpe", "execl", "execle", "execlp"), PROCESSES),
        **dict.fromkeys(("environ", "environb", "getenv"), SYSTEM),
        **dict.fromkeys(("close", "closerange", "dup2"), SYSTEM),
        **dict.fromkeys(("setuid", "setgid", "chroot", "unshare", "setns", "mknod"), SYSTEM),
    },
    "sys": {"modules": PATCHING},
}
#: In strings.
PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("/proc", re.compile(r"(?<![\w.])/proc(?![\w])"), SYSTEM),
    ("/sys", re.compile(r"(?<![\w.])/sys/"), SYSTEM),
    ("/dev", re.compile(r"(?<![\w.])/dev/(?!null\b|urandom\b)\w"), SYSTEM),
    ("/etc", re.compile(r"(?<![\w.])/etc/\w"), SYSTEM),
    ("gradebook.db", re.compile(r"gradebook\.db"), GRADER),
    ("nbgrader_config", re.compile(r"nbgrader_config"), GRADER),
    ("sqlite3", re.compile(r"\bsqlite3\b"), GRADER),
    ("os.kill", re.compile(r"\bos\.kill"), PROCESSES),
    ("ctypes", re.compile(r"\bctypes\b"), MEMORY),
    ("gc", re.compile(r"\b(?:import gc\b|gc\.\w)"), OBJECTS),
    *((name, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"), why) for name, why in NAMES.items()),
)
_WRITTEN = (
    *PATTERNS,
    *(
        (name, re.compile(rf"^\s*(?:import|from)\s+{name}\b", re.MULTILINE), why)
        for name, why in MODULES.items()
    ),
)
#: What Python itself imports when it starts.
_TAKEN = ("sitecustomize", "usercustomize")
#: What IPython makes of ``%magic`` and ``!command``.
_MAGIC = ("run_line_magic", "run_cell_magic", "system", "getoutput", "getoutputs")
#: Sentences of the grader that say that a submission tried something; see `assay.two_kernels` and `assay.submission`.
_INTERFERED = "The answer interfered with the tests."
_LEFT_OUT = re.compile(r"since each is (?:a |an )?(?:symbolic link|pipe|socket|device)")
_HARD_LINKS = "have a second name elsewhere"
#: Cell magics whose cell is Python.
_PYTHON_MAGICS = ("capture", "prun", "python", "python3", "time", "timeit")


@dataclass(frozen=True)
class Flag:
    """One thing for a person to look at.

    Attributes
    ----------
    what
        The name that was found, or what the run noticed.
    why
        What it is used for, as the end of a sentence that begins with the submission.
    place
        The cell or the file.
    line
        Of the cell or the file, from 1; 0 where there is none.
    evidence
        The line itself: text of the student's, cut, and plain.
    """

    what: str
    why: str
    place: str
    line: int = 0
    evidence: str = ""


def flags_in_notebook(notebook: NotebookNode) -> list[Flag]:
    """What the student's own code cells name; cells that are the course's own are not looked at."""
    found: list[Flag] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and not is_courses_own(cell):
            name = grade_id(cell)
            found += flags_in_source(cell.source, f"cell {number}" + (f" ({name})" if name else ""))
    return found


def flags_in_files(folder: Path, given: Iterable[str] = ()) -> list[Flag]:
    """What Python files name that were handed in beside the notebook.

    Parameters
    ----------
    folder
        Of a graded submission.
    given
        Paths within it that are the course's own files.
    """
    found: list[Flag] = []
    own = set(given)
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if name in own or path.is_symlink() or not path.is_file():
            continue
        place = f"file {plain(name)}"
        top = name.removesuffix(".py").partition("/")[0]
        if top in _modules():
            found.append(Flag(f"{plain(top)}.py", "bears the name of a module that others import", place))
        if path.stat().st_size <= MOST_BYTES:
            found += flags_in_source(path.read_bytes().decode("utf-8", "replace"), place)
    return found


@cache
def _modules() -> frozenset[str]:
    """The names of modules that others import: Python's own, and those of the packages that are installed."""
    return frozenset({*_TAKEN, *sys.stdlib_module_names, *packages_distributions()})


def flags_of_run(noted: Mapping[str, Any]) -> list[Flag]:
    """What the grader noticed itself, from what it has noted in a notebook (see `assay.gradebook.noted_in`)."""
    found = []
    for verdict in noted.get("verdicts", []):
        name = str(verdict.get("grade_id", ""))
        if verdict.get("message") == _INTERFERED:
            found.append(
                Flag("interfered", "broke the rules of the talk between its kernel and the tests", name)
            )
        if verdict.get("status") == Status.GRADER_ERROR.value and "grader's own kernel" in verdict.get(
            "message", ""
        ):
            found.append(Flag("ended the tests", "ended the kernel that the tests run in", name))
    for sentence in noted.get("repairs", []):
        if _LEFT_OUT.search(sentence) or _HARD_LINKS in sentence:
            found.append(
                Flag(
                    "no file",
                    "holds links or devices where files should be",
                    "the folder",
                    0,
                    _shown(sentence),
                )
            )
    return found


def flags_in_source(source: str, place: str) -> list[Flag]:
    """What one cell or file names: by its syntax tree where it parses, by its text where not."""
    lines = source.splitlines()
    found: dict[tuple[str, int], Flag] = {}
    for what, why, line in _found_in(source, 1, DEPTH):
        line = min(max(line, 1), max(len(lines), 1))
        text = _shown(lines[line - 1]) if lines else ""
        found.setdefault((what, line), Flag(what, why, place, line, text))
    return sorted(found.values(), key=lambda flag: (flag.line, flag.what))


_Found = tuple[str, str, int]


def _found_in(source: str, first: int, depth: int) -> Iterator[_Found]:
    tree = _tree(source)
    if tree is None:
        tree = _tree(python_of(source))
    if tree is None:
        for number, line in enumerate(_without_comments(source).splitlines(), start=first):
            yield from _in_text(line, number, _WRITTEN)
        return
    look = _Look(first, depth)
    look.visit(tree)
    yield from look.found


class _Look(ast.NodeVisitor):
    """Goes through a syntax tree and keeps what it names."""

    def __init__(self, first: int, depth: int) -> None:
        self.offset, self.depth = first - 1, depth
        self.found: list[_Found] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._module(alias.name, node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module:
            self._module(node.module, node)
            for alias in node.names:
                self._attribute(node.module, alias.name, node)
                self._name(alias.name, node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in METHODS:
            self._add(node.name, METHODS[node.name], node)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        self._name(node.id, node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._name(node.attr, node)
        if node.attr == "ctypes":
            self._add("ctypes", MEMORY, node)
        if isinstance(node.value, ast.Name):
            self._attribute(node.value.id, node.attr, node)
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        if _is_magic(node):
            self._magic(node)
            return
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, (str, bytes)):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            self._text(text, node.lineno)

    def visit_Expr(self, node: ast.Expr) -> None:
        # Docstrings are prose: what they name, nobody runs.
        if not (isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)):
            self.generic_visit(node)

    def _add(self, what: str, why: str, node: ast.expr | ast.stmt) -> None:
        self.found.append((what, why, node.lineno + self.offset))

    def _name(self, name: str, node: ast.expr | ast.stmt) -> None:
        if name in NAMES:
            self._add(name, NAMES[name], node)

    def _module(self, module: str, node: ast.stmt) -> None:
        top = module.partition(".")[0]
        if top in MODULES:
            self._add(top, MODULES[top], node)
        if top == "assay" and not re.match(r"assay(\.checks)?$", module):
            self._add(module, GRADER, node)

    def _attribute(self, module: str, name: str, node: ast.expr | ast.stmt) -> None:
        why = ATTRIBUTES.get(module, {}).get(name)
        if why:
            self._add(f"{module}.{name}", why, node)

    def _text(self, text: str, line: int) -> None:
        line += self.offset
        if text in MODULES:
            self.found.append((text, MODULES[text], line))
        if self.depth and "\n" in text and (tree := _tree(text)) is not None and _is_code(tree):
            self.found += [(what, why, line) for what, why, _ in _found_in(text, 1, self.depth - 1)]
        else:
            self.found += _in_text(text, line, PATTERNS)

    def _magic(self, node: ast.Call) -> None:
        """A ``%magic`` is no attack by itself; what it is given may be."""
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        words = [text for text in texts if isinstance(text, str)]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "run_cell_magic" and len(words) == 3:
            body, first = words.pop(), node.lineno + self.offset + 1
            if words[0] in _PYTHON_MAGICS:
                self.found += _found_in(body, first, self.depth - 1) if self.depth else []
            else:
                for number, line in enumerate(body.splitlines(), start=first):
                    self.found += _in_text(line, number, _WRITTEN)
        for text in words:
            self.found += _in_text(text, node.lineno + self.offset, PATTERNS)


def _in_text(text: str, line: int, patterns: Iterable[tuple[str, re.Pattern[str], str]]) -> list[_Found]:
    return [(what, why, line) for what, pattern, why in patterns if pattern.search(text)]


def _is_magic(node: ast.Call) -> bool:
    """Whether a call is what IPython writes for a magic or a command: on constants only."""
    function = node.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr in _MAGIC
        and isinstance(function.value, ast.Call)
        and isinstance(function.value.func, ast.Name)
        and function.value.func.id == "get_ipython"
        and all(isinstance(argument, ast.Constant) for argument in node.args)
    )


def _is_code(tree: ast.Module) -> bool:
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in tree.body)


def _tree(source: str) -> ast.Module | None:
    parse: Callable[[str], ast.Module] = ast.parse
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_comments(source: str) -> str:
    """A source that does not parse, without its comments as far as Python's tokens can be told."""
    lines = source.splitlines()
    try:
        for token in tokenize.generate_tokens(StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError, ValueError, IndexError, RecursionError):
        pass
    return "\n".join(lines)


def _shown(text: str) -> str:
    text = plain(text).strip()
    return text if len(text) <= LINE_LENGTH else text[: LINE_LENGTH - 3] + "..."
