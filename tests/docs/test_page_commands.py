"""The commands of a page are run as they stand there, and what goes wrong is said."""

from __future__ import annotations

from pathlib import Path

from page_commands import blocks_of, complaints, run_page

PAGE = """\
# A page

```sh
mkdir inner
cd inner
```

<!--
```sh
exit 4
```
-->

Between them, something for people only:

```bash
exit 3
```

```sh
echo "here:   $(basename "$PWD")"
echo more
echo "the end"
```

```text
here: inner
the end
```
"""


def complaints_of(folder: Path, text: str, **replaced: str) -> list[str]:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    place = folder / "place"
    place.mkdir()
    return complaints(run_page(page, place, replaced=replaced))


def test_blocks_have_their_language_and_their_line(tmp_path: Path):
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    assert [(block.language, block.line) for block in blocks_of(tmp_path / "page.md")] == [
        ("sh", 3),
        ("bash", 16),
        ("sh", 20),
        ("text", 26),
    ]


def test_blocks_share_one_shell_and_nothing_is_said_when_all_is_well(tmp_path: Path):
    assert complaints_of(tmp_path, PAGE) == []


def test_a_command_that_fails_is_named_with_what_it_printed(tmp_path: Path):
    [complaint] = complaints_of(tmp_path, PAGE.replace("echo more", "echo why >&2\nfalse"))
    assert complaint.startswith("line 20 failed")
    assert "why" in complaint


def test_a_last_block_that_fails_at_its_end_has_failed(tmp_path: Path):
    [complaint] = complaints_of(tmp_path, PAGE.replace('echo "the end"', 'echo "the end"\nfalse'))
    assert "line 20 failed" in complaint


def test_a_line_that_does_not_come_out_is_named(tmp_path: Path):
    [complaint] = complaints_of(tmp_path, PAGE.replace("\nthe end\n", "\nanother end\n"))
    assert "does not print\n  another end" in complaint


def test_lines_have_to_come_out_in_the_order_of_the_page(tmp_path: Path):
    assert complaints_of(tmp_path, PAGE.replace("here: inner\nthe end", "the end\nhere: inner")) != []


def test_what_cannot_be_as_on_the_page_is_replaced(tmp_path: Path):
    assert complaints_of(tmp_path, PAGE.replace("mkdir inner", "sudo mkdir inner"), **{"sudo ": ""}) == []
