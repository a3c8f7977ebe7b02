"""Ways in which good submissions come damaged: each takes a notebook and gives the files that a student hands in instead.

``DAMAGES`` lists them by name. A recoverable one must cost nothing: the damaged submission earns what its undamaged twin
earns. A hopeless one must be that student's "unreadable" and nothing worse.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat

Notebook = dict[str, Any]
Folder = dict[str, bytes]
STUB = "YOUR ANSWER HERE"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass(frozen=True)
class Damage:
    """One way; ``apply(notebook, rng, name)`` may change the notebook that it is given."""

    name: str
    recoverable: bool
    apply: Callable[[Notebook, random.Random, str], Folder]


DAMAGES: dict[str, Damage] = {}


def damaged(name: str, notebook: Notebook, rng: random.Random, file_name: str) -> Folder:
    """The files of a submission of ``notebook`` (its JSON object) damaged in the way ``name``.

    Parameters
    ----------
    file_name
        What the notebook should be called, with its suffix.
    """
    return DAMAGES[name].apply(copy.deepcopy(notebook), rng, file_name)


def _way(*, recoverable: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function; one that returns None has changed the notebook, which is then written as it should be."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def apply(notebook: Notebook, rng: random.Random, name: str) -> Folder:
            folder = function(notebook, rng, name)
            return folder if folder is not None else {name: as_bytes(notebook)}

        DAMAGES[function.__name__] = Damage(function.__name__, recoverable, apply)
        return function

    return register


recoverable, hopeless = _way(recoverable=True), _way(recoverable=False)


def as_bytes(notebook: Any) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def role(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader", {})
    return found if isinstance(found, dict) else {}


def is_solution(cell: dict[str, Any]) -> bool:
    return bool(role(cell).get("solution"))


def is_test(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and bool(role(cell).get("grade")) and not is_solution(cell)


def is_answer(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "markdown" and is_solution(cell)


def is_answered(cell: dict[str, Any]) -> bool:
    return source(cell).strip() not in ("", STUB)


def is_locked(cell: dict[str, Any]) -> bool:
    return bool(role(cell)) and not is_solution(cell)


def solutions(notebook: Notebook) -> list[int]:
    """Places of the code cells that a student writes."""
    return [
        n for n, cell in enumerate(notebook["cells"]) if is_solution(cell) and cell["cell_type"] == "code"
    ]


def tests(notebook: Notebook) -> list[int]:
    return [n for n, cell in enumerate(notebook["cells"]) if is_test(cell)]


def answers(notebook: Notebook) -> list[int]:
    return [n for n, cell in enumerate(notebook["cells"]) if is_answer(cell)]


def tests_of(notebook: Notebook, solution: int) -> list[int]:
    """Places of the tests that stand between a solution and the next one."""
    later = [n for n in solutions(notebook) if n > solution] or [len(notebook["cells"])]
    return [n for n in tests(notebook) if solution < n < later[0]]


def tested(notebook: Notebook) -> list[int]:
    return [n for n in solutions(notebook) if tests_of(notebook, n)]


def new_cell(cell_type: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": cell_type, "metadata": {}, "source": text}
    if cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}
    return cell


def retype(cell: dict[str, Any], cell_type: str) -> None:
    cell["cell_type"] = cell_type
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)
    if cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}


# Metadata


@recoverable
def lost_nbgrader_metadata(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        cell["metadata"].pop("nbgrader", None)


@recoverable
def through_colab(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "P"},
    }
    notebook["nbformat_minor"] = 0
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {"id": f"{rng.getrandbits(48):012x}"}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"outputId": "0", "colab": {"base_uri": "https://localhost:8080/"}}


@recoverable
def through_an_editor_that_makes_new_ids(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        cell["id"] = f"{rng.getrandbits(32):08x}"
        cell["metadata"] = {"vscode": {"languageId": "python"}} if cell["cell_type"] == "code" else {}


@recoverable
def some_cells_lost_their_metadata(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in rng.sample(notebook["cells"], len(notebook["cells"]) // 2):
        cell["metadata"] = {}
        cell["id"] = f"{rng.getrandbits(32):08x}"


@recoverable
def metadata_of_wrong_types(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["metadata"] = []
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = [None, [], "text", {"nbgrader": 3}, {"nbgrader": {"grade_id": ["x"]}}][number % 5]


@recoverable
def changed_roles(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        if role(cell):
            role(cell).update(points=99, solution=False, locked=False, schema_version=1, task=True)


@recoverable
def grade_ids_of_another_release(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        if role(cell):
            role(cell)["grade_id"] = "old_" + role(cell)["grade_id"]


@recoverable
def wrong_kernelspec(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    notebook["metadata"]["language_info"] = {"name": "R"}


@recoverable
def tags_that_skip_cells(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell"]


# Copies, deletions, order


@recoverable
def copied_solution(notebook: Notebook, rng: random.Random, name: str) -> None:
    number = rng.choice(solutions(notebook))
    twin = copy.deepcopy(notebook["cells"][number])
    twin["id"] = "a-copy"
    notebook["cells"].insert(number + 1, twin)


@recoverable
def copied_tests(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in reversed(tests(notebook)):
        twin = copy.deepcopy(notebook["cells"][number])
        twin["id"] = f"copy-{number}"
        notebook["cells"].insert(number + 1, twin)


@recoverable
def everything_twice(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["cells"] += copy.deepcopy(notebook["cells"])


@recoverable
def deleted_test(notebook: Notebook, rng: random.Random, name: str) -> None:
    del notebook["cells"][rng.choice(tests(notebook))]


@recoverable
def deleted_all_tests(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if not is_test(cell)]


@recoverable
def deleted_all_locked_cells(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if not is_locked(cell)]


@recoverable
def nothing_left_but_answers(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if is_solution(cell)]


@recoverable
def tests_before_what_they_test(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    number = rng.choice(tested(notebook))
    moved = [cells[n] for n in tests_of(notebook, number)]
    notebook["cells"] = [
        *cells[:number],
        *moved,
        *(cell for cell in cells[number:] if not any(cell is one for one in moved)),
    ]


@recoverable
def all_tests_first(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["cells"].sort(key=lambda cell: not is_test(cell))


@recoverable
def first_locked_code_last(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    number = next(n for n, cell in enumerate(cells) if is_locked(cell) and cell["cell_type"] == "code")
    cells.append(cells.pop(number))


@recoverable
def answer_moved_to_the_end(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    cells.append(cells.pop(rng.choice(answers(notebook))))


@recoverable
def last_solution_moved_to_the_end(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    cells.append(cells.pop(solutions(notebook)[-1]))


# Split, merged, retyped


@recoverable
def split_solution(notebook: Notebook, rng: random.Random, name: str) -> None:
    """As JupyterLab splits: the first half keeps the metadata."""
    for number in reversed(solutions(notebook)):
        cell = notebook["cells"][number]
        lines = source(cell).split("\n")
        starts = [n for n, line in enumerate(lines) if n and line.startswith(("def ", "class ", "@"))]
        starts = [n for n in starts if not lines[n - 1].startswith("@")] or [len(lines)]
        place = rng.choice(starts)
        cell["source"] = "\n".join(lines[:place])
        rest = new_cell("code", "\n".join(lines[place:]) or "# nothing more")
        rest["id"] = f"half-{number}"
        notebook["cells"].insert(number + 1, rest)


@recoverable
def split_solution_and_deleted_tests(notebook: Notebook, rng: random.Random, name: str) -> None:
    split_solution(notebook, rng, name)
    deleted_all_tests(notebook, rng, name)


@recoverable
def split_answers(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in reversed(answers(notebook)):
        cell = notebook["cells"][number]
        words = source(cell).split(" ")
        if len(words) < 2 or not is_answered(cell):
            continue
        cell["source"] = " ".join(words[: len(words) // 2])
        rest = new_cell("markdown", " ".join(words[len(words) // 2 :]))
        rest["id"] = f"rest-{number}"
        notebook["cells"].insert(number + 1, rest)


@recoverable
def tests_merged_into_solutions(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    for number in reversed(tested(notebook)):
        if number + 1 < len(cells) and is_test(cells[number + 1]):
            cells[number]["source"] = source(cells[number]) + "\n\n" + source(cells.pop(number + 1))


@recoverable
def solutions_merged_into_tests(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    for number in reversed(tested(notebook)):
        if number + 1 < len(cells) and is_test(cells[number + 1]):
            cells[number + 1]["source"] = source(cells[number]) + "\n\n" + source(cells[number + 1])
            del cells[number]


@recoverable
def answers_merged_into_questions(notebook: Notebook, rng: random.Random, name: str) -> None:
    cells = notebook["cells"]
    for number in reversed(answers(notebook)):
        before = cells[number - 1]
        if is_locked(before) and before["cell_type"] == "markdown":
            before["source"] = source(before) + "\n\n" + source(cells.pop(number))


@recoverable
def solutions_as_markdown(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in solutions(notebook):
        retype(notebook["cells"][number], "markdown")


@recoverable
def solutions_as_raw_without_metadata(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in tested(notebook):
        cell = notebook["cells"][number]
        retype(cell, "raw")
        cell["metadata"], cell["id"] = {}, f"raw-{number}"


@recoverable
def tests_as_raw(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in tests(notebook):
        retype(notebook["cells"][number], "raw")


@recoverable
def answers_as_code(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in answers(notebook):
        retype(notebook["cells"][number], "code")


@recoverable
def solution_written_into_a_new_cell(notebook: Notebook, rng: random.Random, name: str) -> None:
    """The student deleted the cell and wrote another."""
    number = rng.choice(tested(notebook))
    cell = new_cell("code", source(notebook["cells"][number]))
    cell["id"] = "of-my-own"
    notebook["cells"][number] = cell


@recoverable
def answers_below_their_cells(notebook: Notebook, rng: random.Random, name: str) -> None:
    """The student left the cell as it was and wrote below."""
    for number in reversed(answers(notebook)):
        cell = new_cell("markdown", source(notebook["cells"][number]))
        cell["id"] = f"below-{number}"
        notebook["cells"][number]["source"] = STUB
        notebook["cells"].insert(number + 1, cell)


@recoverable
def weakened_tests(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in tests(notebook):
        notebook["cells"][number]["source"] = "assert True"


# The file


@recoverable
def format_3(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    old = nbformat.convert(nbformat.reads(json.dumps(notebook), as_version=4), 3)
    return {name: as_bytes(old)}


@recoverable
def format_4_4(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)


@recoverable
def format_from_the_future(notebook: Notebook, rng: random.Random, name: str) -> None:
    notebook["nbformat"], notebook["nbformat_minor"] = 5, 0


@recoverable
def large_outputs(notebook: Notebook, rng: random.Random, name: str) -> None:
    lines = [f"epoch {number}: loss {rng.random()}\n" for number in range(30_000)]
    for number in (solutions(notebook) + tests(notebook))[:3]:
        notebook["cells"][number]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]


@recoverable
def attached_files(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in answers(notebook):
        notebook["cells"][number]["attachments"] = {
            "plot.png": {"image/png": PNG},
            "plot.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"},
        }


@recoverable
def byte_order_mark(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b"\xef\xbb\xbf" + as_bytes(notebook)}


@recoverable
def utf_16(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook).decode().encode("utf-16")}


@recoverable
def text_behind_the_end(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook) + b'"cells": []}\n}'}


@recoverable
def zeros_behind_the_end(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook) + b"\0" * 4096}


@recoverable
def numbers_that_are_none(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    notebook["metadata"]["loss"] = float("nan")
    text = as_bytes(notebook).decode()
    return {name: text.replace('"metadata": {', '"metadata": {"big": ' + "9" * 5000 + ",", 1).encode()}


@recoverable
def keys_twice(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook).replace(b'"cells": [', b'"cells": [], "cells": [', 1)}


@recoverable
def strange_characters(notebook: Notebook, rng: random.Random, name: str) -> None:
    for number in solutions(notebook):
        notebook["cells"][number]["source"] = source(notebook["cells"][number]) + "\n# \0 \ud800 \x07 \u202e"


@recoverable
def windows_line_ends(notebook: Notebook, rng: random.Random, name: str) -> None:
    for cell in notebook["cells"]:
        cell["source"] = source(cell).replace("\n", "\r\n")


@recoverable
def things_among_the_cells(notebook: Notebook, rng: random.Random, name: str) -> None:
    for thing in (None, 7, "cell", [], {}, {"cell_type": "unknown", "source": 5}):
        notebook["cells"].insert(rng.randrange(len(notebook["cells"])), thing)


@recoverable
def called_untitled(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {"Untitled.ipynb": as_bytes(notebook)}


@recoverable
def called_as_a_download(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    stem = name.removesuffix(".ipynb")
    return {
        rng.choice([f"{stem}(1).ipynb", f"{stem} (copy).ipynb", f"{stem}-Copy1.ipynb"]): as_bytes(notebook)
    }


@recoverable
def called_in_capitals(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name.upper(): as_bytes(notebook)}


@recoverable
def called_text(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {f"{name}.txt": as_bytes(notebook)}


@recoverable
def in_a_folder_of_its_own(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {f"homework/{name}": as_bytes(notebook), "__MACOSX/homework/._x.ipynb": b"\0\5\26\7"}


@recoverable
def beside_another_notebook(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    other = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [new_cell("code", "1 + 1")]}
    return {"Untitled.ipynb": as_bytes(notebook), "scratch.ipynb": as_bytes(other)}


@recoverable
def garbled_timestamp(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook), "timestamp.txt": b"2026-99-99 yesterday\n"}


@recoverable
def odd_file_names(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    odd = {"-rf": b"", "a\nb.txt": b"", "x" * 200: b"", "b\x1b[31m.txt": b""}
    return {name: as_bytes(notebook), "data.csv": b"1,2\n", **odd}


# Hopeless


@hopeless
def empty_file(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b""}


@hopeless
def cut_off(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    data = as_bytes(notebook)
    return {name: data[: rng.randrange(len(data) // 4, len(data) * 3 // 4)]}


@hopeless
def conflict_of_git(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    lines = as_bytes(notebook).decode().split("\n")
    lines[5:5] = ["<<<<<<< HEAD", '   "x": 1,', "=======", '   "x": 2,', ">>>>>>> main"]
    return {name: "\n".join(lines).encode()}


@hopeless
def zip_archive(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b"PK\x03\x04" + rng.randbytes(500)}


@hopeless
def pdf(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b"%PDF-1.7\n" + rng.randbytes(500)}


@hopeless
def web_page(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b"<!DOCTYPE html>\n<html><body>Sign in</body></html>"}


@hopeless
def program_instead(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name.replace(".ipynb", ".py"): b"print(1)\n"}


@hopeless
def a_list(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: as_bytes(notebook["cells"])}


@hopeless
def no_cells(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    del notebook["cells"]
    return {name: as_bytes(notebook)}


@hopeless
def a_million_lists(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {name: b"[" * 1_000_000 + b"]" * 1_000_000}


@hopeless
def nothing(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    return {"readme.txt": b"I forgot it\n"}


@hopeless
def two_rivals(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    other = copy.deepcopy(notebook)
    other["cells"][solutions(other)[0]]["source"] = "1"
    return {"first.ipynb": as_bytes(notebook), "second.ipynb": as_bytes(other)}


@hopeless
def too_many_cells(notebook: Notebook, rng: random.Random, name: str) -> Folder:
    notebook["cells"] += [new_cell("code", "") for _ in range(100_000)]
    return {name: json.dumps(notebook).encode()}
