"""Sentences that the pages quote are those that the programs say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from page_commands import ROOT

PAGES = {"docs/author.md": 5, "docs/instructor.md": 10}


def quoted(page: Path) -> list[str]:
    """What stands as code in the first column of the tables of what goes wrong."""
    section = re.split(r"^## .*goes wrong$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[-1]
    return [
        text
        for line in re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
        for text in re.findall(r"`([^`]+)`", line)
    ]


def said() -> str:
    """Every string in the grader's code, one after the other; what an f-string puts in is a mark of its own."""
    parts = []
    for path in sorted((ROOT / "src/assay").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts.append(
                    "".join(
                        str(each.value) if isinstance(each, ast.Constant) else "..." for each in node.values
                    )
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                parts.append(node.value)
    return "\n".join(parts)


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_says_that_assay_says_is_in_assays_code(page: str):
    everything = said()
    sentences = quoted(ROOT / page)
    assert len(sentences) >= PAGES[page]
    # An example's name stands on the page where the code has any name.
    unknown = [
        sentence
        for sentence in sentences
        for part in re.split(r"\.\.\.|source/gradient_descent|source/slope\.py|nbgrader_config\.py", sentence)
        if part.strip() and part.strip() not in everything
    ]
    assert unknown == []
