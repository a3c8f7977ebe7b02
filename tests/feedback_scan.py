"""Looks for what a master hides in a page that students read: any few words of a hidden line, and any telling value in one.

A line of a hidden test or a rubric is cut into its words (n-grams of them): a page that holds one of these sequences holds a piece of the line. A literal is
looked for by itself, in all the ways in which a page may write it. What students know anyway is no secret: the released notebook,
and what the student handed in. Neither is what the author wrote for them: a claim's sentence, a reason for points, and a message that holds no number.
"""

from __future__ import annotations

import ast
import html
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from assay.cells import is_solution
from assay.regions import Kind, drop_regions, region_lines

#: Words in a sequence; shorter lines count as a whole from three words on.
LENGTH = 6
SHORTEST = 3
#: Words of a rubric's sentences in a sequence; what is no word of letters does not count, since Markdown and formulas write it in other ways.
PROSE_LENGTH = 6

_WORD = re.compile(r"\w+|[^\w\s]")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.]*\d)")


@dataclass(frozen=True)
class Secrets:
    """What no page may hold: sequences of words of hidden lines and of rubrics, and strings and numbers of hidden tests."""

    sequences: frozenset[tuple[str, ...]]
    prose: frozenset[tuple[str, ...]]
    strings: frozenset[str]
    numbers: frozenset[float]


def secrets_of(master: NotebookNode) -> Secrets:
    """What a master hides and its release does not hold."""
    released = "\n".join(
        drop_regions(cell.source, *(Kind if is_solution(cell) else (Kind.HIDDEN_TESTS, Kind.MARK_SCHEME)))
        for cell in master.cells
    )
    sequences: set[tuple[str, ...]] = set()
    prose: set[tuple[str, ...]] = set()
    strings: set[str] = set()
    numbers: set[float] = set()
    for cell in master.cells:
        code = "\n".join(region_lines(cell.source, Kind.HIDDEN_TESTS))
        spoken = set(_spoken(code))
        sequences.update(_sequences_of_code(code, spoken))
        for value in _literals(code):
            if isinstance(value, str):
                # Words that a sentence has are no value.
                is_said = any(value in text for text in spoken)
                strings.update({value} if len(value) >= 5 and not is_said else ())
            elif _is_telling(value):
                numbers.add(abs(float(value)))
        for line in region_lines(cell.source, Kind.MARK_SCHEME):
            prose.update(_cut(_letters(line), PROSE_LENGTH, PROSE_LENGTH))
    return Secrets(
        frozenset(sequences - _held(_plain_words(released), sequences)),
        frozenset(prose - _held(_letters(released), prose)),
        frozenset(text for text in strings if text not in released),
        frozenset(numbers - set(_numbers(released))),
    )


def leaks(page: str, secrets: Secrets, known: Iterable[str] = ()) -> list[str]:
    """What a page holds of the secrets, a sentence each.

    Parameters
    ----------
    page
        HTML. Its text is looked at with and without the places where tags stand, and so is its source, since a browser's user can read that.
    known
        Further text that the student knows: the submission.
    """
    known = "\n".join(known)
    text = {_unmarked(page, ""), _unmarked(page, " "), html.unescape(page)}
    held: set[tuple[str, ...]] = set()
    for cut, cut_known, hidden in (
        (_words, _plain_words, secrets.sequences),
        (_letters, _letters, secrets.prose),
    ):
        held |= set().union(*(_held(cut(one), hidden) for one in text)) - _held(cut_known(known), hidden)
    own_numbers = set(_numbers(known))
    found = [f"words of a hidden line: {' '.join(sequence)}" for sequence in sorted(held)]
    for string in sorted(secrets.strings):
        if string not in known and any(string in one for one in text):
            found.append(f"a string of a hidden test: {string}")
    # A page's own numbers, those of its looks and of what is in a picture, are none of the text's.
    shown = {number for one in (_unmarked(page, ""), _unmarked(page, " ")) for number in _numbers(one)}
    found += [
        f"a number of a hidden test: {number:g}" for number in sorted(secrets.numbers & shown - own_numbers)
    ]
    return found


def text_of_submission(notebook: NotebookNode) -> str:
    """All that a submission holds as text."""
    parts = [cell.source for cell in notebook.cells]
    parts += [json.dumps(cell.get("outputs", [])) for cell in notebook.cells if cell.cell_type == "code"]
    return "\n".join(parts)


def _unmarked(page: str, between: str) -> str:
    without = re.sub(r"<style.*?</style>|<img [^>]*>", between, page, flags=re.DOTALL)
    # A formula is there twice, as MathML and as TeX: each is text of its own.
    return html.unescape(re.sub(r"<[^>]+>", between, without))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _plain_words(text: str) -> list[str]:
    """The words of Markdown as it is written, and as a page shows it."""
    return [*_words(text), *_words(re.sub(r"[`*$]", "", text))]


def _letters(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", text)


def _cut(words: list[str], length: int, shortest: int) -> Iterator[tuple[str, ...]]:
    if shortest <= len(words) < length:
        yield tuple(words)
    for start in range(len(words) - length + 1):
        yield tuple(words[start : start + length])


def _held(words: list[str], sequences: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Those of the sequences that a text of these words holds."""
    lengths: dict[str, set[int]] = {}
    for sequence in sequences:
        lengths.setdefault(sequence[0], set()).add(len(sequence))
    found = {
        tuple(words[place : place + length])
        for place, word in enumerate(words)
        for length in lengths.get(word, ())
    }
    return found & set(sequences)


def _sequences_of_code(code: str, spoken: set[str]) -> Iterator[tuple[str, ...]]:
    """The sequences in the lines of hidden code, without what its author wrote for students."""
    for line in _without_spoken(code, spoken).split("\n"):
        words = _words(line)
        # "@checks.claim" and the name that follows "def" say nothing of what is tested.
        if line.strip().startswith(("@", "def ")) or not any(re.search(r"\w", word) for word in words):
            continue
        yield from filter(_says_something, _cut(words, LENGTH, SHORTEST))


def _says_something(sequence: tuple[str, ...]) -> bool:
    """Whether there is more in it than brackets, commas and digits: ``[1, 0, 0`` is an index on any page."""
    return any(re.search(r"[^\W\d_]|\d\d", word) for word in sequence)


def _without_spoken(code: str, spoken: set[str]) -> str:
    lines = code.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, IndentationError):
        return code
    for token in reversed(tokens):
        if token.type == tokenize.STRING and _value(token.string) in spoken:
            (first, begin), (last, end) = token.start, token.end
            tail = lines[last - 1][end:]
            lines[first - 1 : last] = [lines[first - 1][:begin] + "\n" + tail]
    return "\n".join(lines)


def _value(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def _spoken(code: str) -> Iterator[str]:
    """The strings that an author wrote for students to read."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "claim" in ast.dump(ast.Module(node.decorator_list, [])):
            sentence = ast.get_docstring(node, clean=False) or ""
            yield sentence
            for call in ast.walk(node):
                if isinstance(call, ast.Call):
                    for text in _words_for_students(call):
                        if not set(re.findall(r"\d+", text)) - set(re.findall(r"\d+", sentence)):
                            yield text
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "award":
            yield from (part.value for part in node.args[1:2] if isinstance(part, ast.Constant))


def _words_for_students(call: ast.Call) -> Iterator[str]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    parts = [keyword.value for keyword in call.keywords if keyword.arg in ("hint", "message")]
    if name in ("holds", "fail"):
        parts += call.args[-1:]
    yield from (
        part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _literals(code: str) -> Iterator[object]:
    try:
        tree = ast.parse(code)
    except SyntaxError:
        yield from _NUMBER.findall(code)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and not isinstance(node.value, (bool, bytes, type(None))):
            yield node.value


def _is_telling(value: object) -> bool:
    """Whether a number is one that nothing else on a page would hold by chance: four digits that count, or more."""
    digits = re.sub(r"[eE].*|\D", "", repr(value)).strip("0")
    return isinstance(value, (int, float)) and len(digits) >= 4


def _numbers(text: str) -> Iterator[float]:
    for found in _NUMBER.findall(text):
        try:
            yield abs(float(found))
        except ValueError:
            continue
