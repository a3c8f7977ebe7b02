"""Rendered newspaper pages, and scans read from files."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from descent import cli
from descent.newspaper import PageError, draw_scan, draw_style, load_page, render_page
from descent.newspaper.faces import BLACKLETTER, HEADLINE_FACES, ROMAN, TEXT_FACES, vocabulary
from descent.newspaper.scanner import scan_sheet
from descent.newspaper.sheet import MARGIN, Sheet

REAL_PAGES = Path(__file__).resolve().parents[3] / "shared" / "newspaper"
KINDS = ("plain", "double", "thick-thin", "thin-thick", "triple", "swelled", "wavy", "dotted", "dashed")


@pytest.fixture(scope="module")
def page() -> tuple[np.ndarray, np.ndarray]:
    return render_page(3, 0.25)


def new_sheet(width: int = 600, height: int = 800, wear: float = 0.0) -> Sheet:
    return Sheet(width, height, np.random.default_rng(0), wear)


def gentle(**changes: object):
    """A scan that leaves ink black and paper white, but for what is asked."""
    scan = draw_scan(np.random.default_rng(0))
    calm = {
        "spread": 0.5, "threshold": 0.4, "hardness": 8.0, "unevenness": 0.0, "speckle": 0.0, "paper": 250.0, "ink": 5.0, "texture": 0.0,
        "light": 0.0, "show_through": 0.0, "blur": 0.3, "noise": 0.0, "black": 0.0, "white": 255.0, "sharpening": 0, "skew": 0.0, "warp": 0.0,
        "edges": (0.0,) * 4, "background": 255.0, "sheets": 0, "shadow": 0.0, "folds": 0, "dust": 0, "scratches": 0, "stains": 0, "quality": 95,
    }  # fmt: skip
    return replace(scan, **{**calm, **changes})


# Pages


def test_a_page_and_its_ground_truth_fit_together(page):
    scan, truth = page
    assert scan.shape == truth.shape
    assert scan.dtype == truth.dtype == np.uint8
    assert np.unique(truth).tolist() == [0, 255]
    assert 0.005 < np.mean(truth == 0) < 0.12
    # There is ink in the strips of separators, and more of it than elsewhere.
    assert np.mean(scan[truth == 0]) < np.mean(scan[truth == 255])


def test_a_seed_gives_the_same_page_in_another_process(page):
    code = (
        "import hashlib; from descent.newspaper import render_page; scan, truth = render_page(3, 0.25); "
        "print(hashlib.sha256(scan.tobytes() + truth.tobytes()).hexdigest())"
    )
    here = hashlib.sha256(page[0].tobytes() + page[1].tobytes()).hexdigest()
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert there.strip() == here


def test_another_seed_gives_another_page(page):
    assert not np.array_equal(render_page(4, 0.25)[0], page[0])


def test_a_page_at_another_scale_is_the_same_page(page):
    large = render_page(3, 0.5)[1]
    small = page[1]
    assert large.shape == pytest.approx(np.array(small.shape) * 2, abs=1)
    halved = np.asarray(Image.fromarray(large).resize(small.shape[::-1], Image.Resampling.BOX))
    assert np.mean((halved < 128) == (small < 128)) > 0.97


def test_style_and_scan_can_be_chosen():
    style = replace(draw_style(np.random.default_rng(5)), columns=3, column_rule="none", advertisements=0.0)
    _, without = render_page(5, 0.25, style=style, scan=gentle())
    _, ruled = render_page(5, 0.25, style=replace(style, column_rule="plain"), scan=gentle())
    assert np.sum(ruled == 0) > np.sum(without == 0) + 1000


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan")])
def test_a_scale_that_makes_no_page_is_refused(scale: float):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        render_page(0, scale)


@pytest.mark.parametrize("seed", range(40))
def test_styles_leave_room_for_columns(seed: int):
    style = draw_style(np.random.default_rng(seed))
    assert style.column_width > 9 * style.em


# The sheet


@pytest.mark.parametrize("vertical", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_ink_of_a_rule_lies_within_its_separator(kind: str, vertical: bool):
    sheet = new_sheet()
    thick = sheet.rule((100, 100), 400, vertical, 6, kind)
    ink, marked = np.asarray(sheet.ink) > 0, np.asarray(sheet.separators) > 0
    assert ink.any()
    assert not (ink & ~marked).any()
    along, across = (np.ptp(axis) + 1 for axis in np.nonzero(marked))
    if not vertical:
        along, across = across, along
    assert (along, across) == (
        pytest.approx(400 + 2 * MARGIN, abs=2),
        pytest.approx(thick + 2 * MARGIN, abs=2),
    )


def test_a_worn_rule_has_gaps_and_its_separator_has_none():
    sheet = new_sheet(width=200, height=6000, wear=0.9)
    sheet.rule((100, 0), 6000, True, 5)
    assert not np.asarray(sheet.ink).any(axis=1).all()
    assert np.asarray(sheet.separators).any(axis=1).all()


def test_text_and_underlines_separate_nothing():
    sheet = new_sheet()
    sheet.text(50, 200, "Illinois", ROMAN, 150)
    sheet.rule((50, 220), 300, False, 5, separates=False)
    assert np.asarray(sheet.ink).any()
    assert not np.asarray(sheet.separators).any()


FACES = list(dict.fromkeys([*HEADLINE_FACES, *(face for pair in TEXT_FACES for face in pair)]))


@pytest.mark.parametrize("face", FACES, ids=lambda face: f"{face.file}-{face.letters}")
def test_a_face_has_every_letter(face):
    shapes = set()
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz":
        mask = face.font(60).getmask(face.spelled(letter))
        shape = bytes(mask)
        assert any(shape), letter
        shapes.add((mask.size, shape))
    # A font that lacks letters shows the same box for all of them.
    assert len(shapes) > 45


def test_blackletter_is_spelled_in_letters_of_its_own():
    assert BLACKLETTER.spelled("Ca 1") == "\u212d\U0001d51e 1"


def test_words_are_letters():
    assert all(word.isalpha() for word in vocabulary(np.random.default_rng(0)))


# The scan


@pytest.mark.parametrize(("skew", "warp"), [(0.0, 0.0), (1.5, 0.0), (-1.0, 30.0)])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_the_ground_truth_goes_through_the_same_geometry(skew: float, warp: float, scale: float):
    sheet = new_sheet(1000, 1400)
    sheet.rule((300, 200), 900, True, 6)
    sheet.rule((100, 300), 800, False, 6)
    scan, truth = scan_sheet(sheet, gentle(skew=skew, warp=warp), scale, np.random.default_rng(1))
    dark = scan < 128
    assert dark.sum() > 3000 * scale
    assert not (dark & (truth == 255)).any()
    # The strip is not wider than it has to be.
    assert np.sum(truth == 0) < np.sum(dark) * (6 + 2 * MARGIN) / 6 * 1.5


def test_separators_beside_the_paper_are_not_on_the_scan():
    sheet = new_sheet(1000, 1000)
    sheet.rule((10, 0), 1000, True, 6)
    scan, truth = scan_sheet(
        sheet, gentle(edges=(0.1, 0.0, 0.0, 0.0), background=0.0), 1.0, np.random.default_rng(1)
    )
    assert scan[:, :60].max() < 128 < scan[:, 200:].min()
    assert (truth == 255).all()


def test_folds_dust_and_sheets_leave_the_ground_truth_alone():
    sheet = new_sheet()
    _, truth = scan_sheet(
        sheet,
        gentle(folds=2, dust=50, scratches=5, stains=3, sheets=5, shadow=0.8),
        1.0,
        np.random.default_rng(1),
    )
    assert (truth == 255).all()


# Scans from files


@pytest.fixture
def files(tmp_path: Path) -> Path:
    scan = np.full((40, 60), 200, np.uint8)
    truth = np.full((40, 60), 255, np.uint8)
    scan[10:13], truth[9:14] = 20, 0
    Image.fromarray(scan).save(tmp_path / "img-001.png")
    Image.fromarray(truth).save(tmp_path / "img-001-gt.png")
    return tmp_path


def test_a_page_is_read_with_the_ground_truth_of_its_name(files: Path):
    scan, truth = load_page(files / "img-001.png")
    assert (scan.shape, truth.shape) == ((40, 60), (40, 60))
    assert scan.dtype == truth.dtype == np.uint8
    assert np.nonzero(truth == 0)[0].min() == 9
    assert np.unique(truth).tolist() == [0, 255]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "1", "CMYK", "I;16"])
def test_pictures_of_every_kind_are_read(files: Path, mode: str):
    grey = Image.open(files / "img-001.png")
    other = (
        Image.fromarray(np.asarray(grey).astype(np.uint16) * 257) if mode == "I;16" else grey.convert(mode)
    )
    path = files / ("img-002.tif" if mode == "CMYK" else "img-002.png")
    other.save(path)
    scan, _ = load_page(path, files / "img-001-gt.png")
    assert scan[0, 0] > 150 > 60 > scan[11, 5]


def test_what_is_transparent_is_paper(files: Path):
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(files / "img-002.png")
    scan, _ = load_page(files / "img-002.png", files / "img-001-gt.png")
    assert scan.min() == 255


@pytest.mark.parametrize("labels", [(0, 1), (100, 200), (254, 255)])
def test_the_darker_label_is_the_separator(files: Path, labels: tuple[int, int]):
    truth = np.full((40, 60), labels[1], np.uint8)
    truth[9:14] = labels[0]
    Image.fromarray(truth).save(files / "img-001-gt.png")
    assert np.sum(load_page(files / "img-001.png")[1] == 0) == 5 * 60


def broken(files: Path, what: str) -> None:
    image, truth = files / "img-001.png", files / "img-001-gt.png"
    marks = np.asarray(Image.open(truth)).copy()
    if what == "no image":
        image.unlink()
    elif what == "no truth":
        truth.unlink()
    elif what == "text":
        image.write_text("no picture")
    elif what == "empty":
        image.write_bytes(b"")
    elif what == "cut off":
        truth.write_bytes(truth.read_bytes()[:60])
    elif what == "folder":
        image.unlink()
        image.mkdir()
    elif what == "size":
        Image.fromarray(marks[:, :50]).save(truth)
    elif what == "grey":
        marks[0, 0] = 128
        Image.fromarray(marks).save(truth)
    elif what == "white":
        Image.fromarray(np.full_like(marks, 255)).save(truth)
    elif what == "black":
        Image.fromarray(np.zeros_like(marks)).save(truth)
    else:
        Image.fromarray(255 - marks).save(truth)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("no image", "img-001.png is missing"),
        ("no truth", "img-001-gt.png is missing"),
        ("text", "img-001.png cannot be read as a picture"),
        ("empty", "img-001.png cannot be read as a picture"),
        ("cut off", "img-001-gt.png cannot be read as a picture"),
        ("folder", "img-001.png is missing"),
        ("size", "img-001.png is 60 x 40 pixels, img-001-gt.png is 50 x 40"),
        ("grey", "has 3 labels where there have to be two"),
        ("white", "has no separator"),
        ("black", "has nothing but separators"),
        ("inverted", "is it inverted"),
    ],
)
def test_what_is_wrong_with_a_page_is_said_in_one_sentence(files: Path, what: str, message: str):
    broken(files, what)
    with pytest.raises(PageError, match=message) as error:
        load_page(files / "img-001.png")
    assert "\n" not in str(error.value)


@pytest.mark.skipif(not REAL_PAGES.is_dir(), reason="the real scans are not part of the project")
@pytest.mark.parametrize("year", ["1859", "1908"])
def test_a_real_scan_is_read(year: str):
    scan, truth = load_page(REAL_PAGES / f"page-{year}.jpg")
    assert scan.shape == truth.shape
    assert 0.01 < np.mean(truth == 0) < 0.05


# The commands


def test_rendered_files_can_be_read_as_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["pages", "render", "3", "--scale", "0.25", "--folder", str(tmp_path / "new")]) == 0
    assert "separators" in capsys.readouterr().out
    scan, truth = load_page(tmp_path / "new" / "img-003.jpg")
    assert np.array_equal(truth, render_page(3, 0.25)[1])
    assert np.mean(np.abs(scan.astype(float) - render_page(3, 0.25)[0])) < 10


def test_a_contact_sheet_shows_pages(tmp_path: Path):
    assert (
        cli.main(["pages", "sheet", "--number", "1", "--separators", "--output", str(tmp_path / "sheet.png")])
        == 0
    )
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert (sheet == (213, 94, 0)).all(axis=-1).any() or np.ptp(sheet) > 200


@pytest.mark.parametrize(
    "arguments",
    [
        ["pages", "evaluate", "--scan", "missing.jpg"],
        ["pages", "sheet", "--number", "0"],
        ["pages", "render", "3", "--scale", "0.1", "--folder", "file"],
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert cli.main(arguments) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("descent: ")
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["render", "-1"], ["render", "x"], ["render", "1", "--scale", "2"], []]
)
def test_wrong_usage_ends_with_2(arguments: list[str]):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["pages", *arguments])
    assert stopped.value.code == 2
