"""A folder that a student handed in is read as data: nothing is followed, nothing blocks, everything is bounded."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from intake_course import FILE, submission

from assay.notebook import (
    IntakeLimits,
    MissingNotebook,
    NotebookLimits,
    Unreadable,
    parse_file,
    parse_notebook,
    read_submission,
    write_files,
)

GOOD = json.dumps(submission()).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted" / "ada" / "small"
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(GOOD)
    return folder


def paths(folder: Path, **options: object) -> list[str]:
    return [str(one.path) for one in read_submission(folder, FILE, **options).files]  # type: ignore[arg-type]


def notes(folder: Path, **options: object) -> str:
    return " ".join(read_submission(folder, FILE, **options).notes)  # type: ignore[arg-type]


def test_a_good_submission_is_read_without_a_word(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "points.csv").write_text("1,2\n")
    read = read_submission(folder, FILE)
    assert [cell.source for cell in read.notebook.cells] == [
        "".join(cell["source"]) for cell in submission()["cells"]
    ]
    assert [str(one.path) for one in read.files] == ["data/points.csv"]
    assert read.notes == ()
    assert read.notebook.notes == ()


@pytest.mark.parametrize("name", [FILE, "data.txt", "timestamp.txt"])
def test_a_pipe_is_refused_and_does_not_block(folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    started = time.monotonic()
    if name == FILE:
        with pytest.raises(MissingNotebook, match=r"small\.ipynb is a pipe and no notebook"):
            read_submission(folder, FILE)
    else:
        assert paths(folder) == []
        assert f"Left out, since each is a pipe and no file: {name}." in notes(folder)
    assert time.monotonic() - started < 1


def test_a_link_to_the_master_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "source.ipynb"
    secret.write_bytes(GOOD.replace(b"math.pi", b"hidden"))
    (folder / FILE).unlink()
    (folder / FILE).symlink_to(secret)
    with pytest.raises(MissingNotebook, match="is a symbolic link and no notebook"):
        read_submission(folder, FILE)
    (folder / FILE).unlink()
    (folder / FILE).write_bytes(GOOD)
    (folder / "peek.txt").symlink_to(secret)
    (folder / "above").symlink_to(tmp_path)
    assert paths(folder) == []
    assert "Left out, since each is a symbolic link and no file: above, peek.txt." in notes(folder)


def test_the_folder_itself_may_not_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(Unreadable, match="no folder that can be read"):
        read_submission(tmp_path / "link", FILE)
    with pytest.raises(Unreadable, match="no folder that can be read"):
        read_submission(tmp_path / "nowhere", FILE)


def test_a_link_that_comes_in_between_reading_and_copying_is_not_followed(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "own.txt").write_text("mine")
    (folder / "a.txt").write_text("mine")
    read = read_submission(folder, FILE)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "own.txt").write_text("secret")
    os.rename(folder / "data", folder / "moved")
    (folder / "data").symlink_to(tmp_path / "other")
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(tmp_path / "other" / "own.txt")
    (tmp_path / "copy").mkdir()
    assert write_files(read, tmp_path / "copy") == ["These files could not be copied: a.txt, data/own.txt."]
    assert [path for path in (tmp_path / "copy").rglob("*") if path.is_file()] == []


def test_sockets_devices_and_links_to_devices_are_left_out(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "s"))
        (folder / "zero").symlink_to("/dev/zero")
        with contextlib.suppress(PermissionError):
            os.mknod(folder / "null", 0o600 | 0o020000, os.makedev(1, 3))
        assert paths(folder) == []
    assert "a socket and no file: s." in notes(folder)


def test_a_file_that_grows_is_copied_no_further_than_it_was(folder: Path, tmp_path: Path) -> None:
    (folder / "log.txt").write_bytes(b"1234")
    read = read_submission(folder, FILE)
    (folder / "log.txt").write_bytes(b"1" * 1000)
    (tmp_path / "copy").mkdir()
    assert write_files(read, tmp_path / "copy") == []
    assert (tmp_path / "copy" / "log.txt").read_bytes() == b"1111"


def test_names_that_could_fool_somebody_are_left_out(folder: Path) -> None:
    for name in (b"-rf", b"a\nb", b"\x1b[2J", b"\xff\xfe", "gpj.\u202etxt".encode(), b"x" * 200):
        (Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))).write_bytes(b"")
    (folder / "übung 1.txt").write_text("ok")
    assert paths(folder) == ["übung 1.txt"]
    said = notes(folder)
    assert said.isprintable()
    assert "names hold characters" in said
    assert "names are too long" in said


def test_hidden_files_caches_and_what_the_course_ignores_are_left_out(folder: Path) -> None:
    for name in (".git/config", "__pycache__/x.pyc", ".ipynb_checkpoints/small-checkpoint.ipynb", "x.log"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    assert paths(folder, ignore=["*.log"]) == []
    assert notes(folder, ignore=["*.log"]) == ""
    assert paths(folder) == ["x.log"]


def test_a_hard_link_is_noted(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("x")
    os.link(folder / "a.txt", tmp_path / "b.txt")
    assert paths(folder) == ["a.txt"]
    assert "hard links): a.txt." in notes(folder)


def test_number_size_and_depth_of_files_are_limited(folder: Path) -> None:
    for number in range(12):
        (folder / f"{number:02}.bin").write_bytes(b"x" * 100)
    deep = folder.joinpath(*["d"] * 5)
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("x")
    assert len(paths(folder)) == 13
    # The notebook itself counts as a file, and never as too large a one beside others.
    assert len(paths(folder, limits=IntakeLimits(files=6))) == 5
    assert len(paths(folder, limits=IntakeLimits(total_bytes=300))) == 3
    assert len(paths(folder, limits=IntakeLimits(file_bytes=99))) == 1
    assert "d/d/d" in notes(folder, limits=IntakeLimits(depth=2))
    assert len(paths(folder, limits=IntakeLimits(entries=5))) == 5


def test_a_class_of_names_finds_its_notebook_and_two_equal_copies_are_no_riddle(folder: Path) -> None:
    (folder / FILE).rename(folder / "one.ipynb")
    (folder / "two.ipynb").write_bytes(GOOD)
    assert str(read_submission(folder, FILE).path) == "one.ipynb"
    (folder / "two.ipynb").write_bytes(GOOD.replace(b"math.pi", b"3.14159"))
    with pytest.raises(Unreadable, match=r"holds 2 notebooks but no small\.ipynb"):
        read_submission(folder, FILE)
    with pytest.raises(MissingNotebook):
        read_submission(folder, FILE, others=["one.ipynb", "two.ipynb"])
    assert str(read_submission(folder, FILE, others=["two.ipynb"]).path) == "one.ipynb"


def test_a_notebook_of_something_else_is_not_taken(folder: Path) -> None:
    (folder / FILE).rename(folder / "other.ipynb")
    with pytest.raises(MissingNotebook, match="another notebook"):
        read_submission(folder, FILE, likeness=lambda notebook: 0.0)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\0", "is empty"),
        (b"{", "ends in the middle"),
        (GOOD[:1000], "ends in the middle"),
        (b'{"cells": [}', "invalid JSON in line 1"),
        (b"hello", "other text"),
        (b"[]", "no object"),
        (b"{}", "no cells"),
        (b'{"cells": 3}', "no cells"),
        (b'{"cells": {"0": {}}}', "no cells"),
        (b'{"worksheets": 3}', "no cells"),
        (b"PK\x03\x04...", "ZIP archive"),
        (b"%PDF-1.4", "PDF"),
        (b"\n <!DOCTYPE html>", "web page"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n", "picture"),
        (b'{\n<<<<<<< HEAD\n "a": 1\n=======\n>>>>>>> x\n}', "conflict of git"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"cells": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}", "nested too deeply"),
        (b"import numpy as np\n", "other text"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as raised:
        parse_notebook(data, FILE)
    assert str(raised.value).startswith(FILE)


def parsed(**cell: object) -> dict[str, object]:
    [one] = parse_notebook(json.dumps({"nbformat": 4, "cells": [cell]}).encode()).cells
    return vars(one)


def test_sources_and_types_of_any_kind_become_text_and_a_type() -> None:
    assert parsed(cell_type="code", source=["a\n", "b"])["source"] == "a\nb"
    assert parsed(cell_type="code", source=["a", 3, None, ["b"]])["source"] == "a"
    assert parsed(cell_type="code", source={"a": 1})["source"] == ""
    assert parsed(cell_type="code")["source"] == ""
    assert parsed(cell_type="heading", level=2, source="B")["source"] == "## B"
    assert parsed(cell_type="heading", level=10**15, source="B")["source"] == "# B"
    assert parsed(cell_type=["code"], source="x")["cell_type"] == "raw"
    assert parsed(source="x", outputs=[])["cell_type"] == "code"
    assert parsed(cell_type="code", source="a\0b\x07\ud800c")["source"] == "ab\ufffdc"


def test_only_the_ids_of_the_metadata_are_kept() -> None:
    one = parsed(
        cell_type="code", id="x", metadata={"tags": ["t"], "nbgrader": {"grade_id": "g", "points": 9}}
    )
    assert (one["grade_id"], one["cell_id"]) == ("g", "x")
    assert parsed(cell_type="code", id=3, metadata={"nbgrader": {"grade_id": {"a": 1}}})["grade_id"] == ""
    assert parsed(cell_type="code", metadata={"nbgrader": {"grade_id": "g" * 10_000}})["grade_id"] == ""


def test_outputs_keep_what_can_be_shown_and_are_limited() -> None:
    outputs = [
        {"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]},
        {"output_type": "execute_result", "data": {"text/plain": "7", "application/javascript": "alert(1)"}},
        {"output_type": "display_data", "data": {"application/vnd.x": {"a": 1}}},
        {"output_type": "error", "ename": "E", "evalue": 3, "traceback": ["t", 4]},
        {"output_type": "pyout", "text": "old"},
        {"output_type": "update_display_data"},
        "text",
    ]
    kept = parsed(cell_type="code", source="", outputs=outputs)["outputs"]
    assert isinstance(kept, tuple)
    assert [one["output_type"] for one in kept] == ["stream", "display_data", "error", "display_data"]
    assert kept[1]["data"] == {"text/plain": "7"}
    assert kept[2]["traceback"] == ["t", ""]
    flood = [{"output_type": "stream", "name": "stdout", "text": "x" * 600}] * 5
    data = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": flood}] * 3})
    limits = NotebookLimits(cell_output_bytes=2_000, output_bytes=3_000)
    cells = parse_notebook(data.encode(), limits=limits).cells
    assert [len(cell.outputs) for cell in cells] == [4, 2, 1]
    assert all("left out" in cell.outputs[-1]["text"] for cell in cells)


def test_attachments_are_pictures_of_limited_size() -> None:
    attached = {
        "a.png": {"image/png": "aGVsbG8="},
        "b.svg": {"image/svg+xml": "<svg/>"},
        "c.png": {"image/png": "<script>"},
        "d.png": "text",
        "e.png": {"image/png": ["aGVs", "bG8="]},
    }
    data = json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "attachments": attached}]}).encode()
    read = parse_notebook(data)
    assert read.cells[0].attachments == {
        "a.png": {"image/png": "aGVsbG8="},
        "e.png": {"image/png": "aGVsbG8="},
    }
    assert "3 attached files were left out" in read.notes[0]
    assert parse_notebook(data, limits=NotebookLimits(attachment_bytes=9)).cells[0].attachments.keys() == {
        "a.png"
    }


def test_limits_of_a_notebook_hold_just_over_and_not_just_under() -> None:
    cells = [{"cell_type": "code", "source": "ä" * 10}] * 5
    data = json.dumps({"nbformat": 4, "cells": cells}).encode()
    assert len(parse_notebook(data, limits=NotebookLimits(cells=5, source_bytes=100)).cells) == 5
    with pytest.raises(Unreadable, match="has 5 cells; at most 4"):
        parse_notebook(data, limits=NotebookLimits(cells=4))
    with pytest.raises(Unreadable, match="MB of text"):
        parse_notebook(data, limits=NotebookLimits(source_bytes=99))
    with pytest.raises(Unreadable, match="larger than"):
        parse_notebook(data, limits=NotebookLimits(file_bytes=len(data) - 1))


def test_latin_1_and_utf_16_are_read_with_a_note() -> None:
    text = '{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "größer"}]}'
    for encoding in ("latin-1", "utf-16", "utf-16-le"):
        read = parse_notebook(text.encode(encoding))
        assert read.cells[0].source == "größer"
        assert "not written in UTF-8" in read.notes[0]
    assert parse_notebook(text.encode("utf-8-sig")).notes == ()


def large(path: Path, part: str, count: int) -> Path:
    """A notebook whose only output holds ``part`` so many times, written without being held in memory."""
    with path.open("w") as file:
        file.write(
            '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": "x = 1", "outputs": ['
        )
        file.write('{"output_type": "stream", "name": "stdout", "text": [""')
        for _ in range(count // 10_000):
            file.write(("," + part) * 10_000)
        file.write("]}]}]}")
    return path


MEASURE = """
import sys
from pathlib import Path
from assay.notebook import NotebookLimits, Unreadable, parse_file
path = Path(sys.argv[1])
with path.open("rb") as file:
    try:
        limits = NotebookLimits(parser_memory=int(sys.argv[2]))
        print(len(parse_file(file, path.stat().st_size, "n", limits).cells))
    except Unreadable as error:
        print(error)
# Unlike ru_maxrss, this begins anew with the program.
[peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.parametrize(
    ("part", "count", "memory", "says"),
    [
        (
            '"epoch 1: loss 0.123456789, accuracy 0.987654321\\n"',
            2_000_000,
            NotebookLimits.parser_memory,
            "1",
        ),
        ("{}", 5_000_000, 300_000_000, "n takes too much memory"),
    ],
)
def test_a_hundred_megabytes_cost_this_process_little(
    tmp_path: Path, part: str, count: int, memory: int, says: str
) -> None:
    path = large(tmp_path / "large.ipynb", part, count)
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(memory)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer, megabytes = run.stdout.strip().splitlines()
    assert answer.startswith(says)
    assert int(megabytes) < 100


def test_a_large_file_reads_as_a_small_one_does(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(GOOD)
    with path.open("rb") as file:
        here = parse_file(file, len(GOOD), FILE)
    with path.open("rb") as file:
        assert parse_file(file, len(GOOD), FILE, NotebookLimits(parsed_here=10)) == here
    path.write_bytes(b"[" * 2_000_000)
    with path.open("rb") as file, pytest.raises(Unreadable, match="nested too deeply"):
        parse_file(file, 2_000_000, FILE)
    with path.open("rb") as file, pytest.raises(Unreadable, match="larger than 200 MB"):
        parse_file(file, 200_000_001, FILE)
