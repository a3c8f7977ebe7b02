"""How a network is tried on a page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

keras = pytest.importorskip("keras")

from descent import cli  # noqa: E402
from descent.newspaper import PageError, detector, overlay, patches  # noqa: E402
from descent.newspaper.detector import Evaluation  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")


@pytest.fixture
def page() -> tuple[np.ndarray, np.ndarray]:
    """A grey page of 4 x 5 patches and a bit; the second row of patches holds a separator."""
    rng = np.random.default_rng(0)
    scan = rng.integers(150, 255, (65, 80)).astype(np.uint8)
    truth = np.full((65, 80), 255, np.uint8)
    scan[20:23], truth[19:24] = 10, 0
    return scan, truth


def dark_rows() -> keras.Model:
    """A network that says separator where a patch is dark on average."""
    model = keras.Sequential(
        [keras.Input((15, 15, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    model.layers[-1].set_weights([np.full((225, 1), -1.0, np.float32), np.array([150.0], np.float32)])
    return model


def test_patches_are_cut_in_rows_and_columns(page):
    tiles, labels = patches.cut(*page)
    assert (tiles.shape, labels.shape) == ((4, 5, 15, 15), (4, 5))
    assert np.allclose(tiles[2, 3], page[0][30:45, 45:60] / 255, atol=1e-6)
    assert labels.tolist() == [[False] * 5, [True] * 5, [False] * 5, [False] * 5]


def test_patches_can_begin_at_another_corner(page):
    tiles, labels = patches.cut(*page, corner=(7, 4))
    assert tiles.shape == (3, 5, 15, 15)
    assert np.allclose(tiles[0, 0], page[0][7:22, 4:19] / 255, atol=1e-6)
    assert labels[:, 0].tolist() == [True, True, False]


def test_a_label_needs_more_than_a_tenth():
    scan, truth = np.zeros((15, 30), np.uint8), np.full((15, 30), 255, np.uint8)
    truth[0, :15], truth[1, :7], truth[0, 15:], truth[1, 15:23] = 0, 0, 0, 0
    # 22 pixels of 225 are less than a tenth, 23 are more.
    assert patches.cut(scan, truth)[1].tolist() == [[False, True]]


def test_a_page_smaller_than_a_patch_is_refused():
    tiny = np.zeros((14, 30), np.uint8)
    with pytest.raises(PageError, match="smaller than one patch"):
        patches.cut(tiny, tiny)


def test_a_network_is_counted_by_the_patches_it_gets_right(page):
    result, found = detector.evaluate(dark_rows(), *page)
    assert result == Evaluation(5, 0, 0, 15)
    assert found.tolist() == patches.cut(*page)[1].tolist()
    assert (result.accuracy, result.balanced_accuracy, result.precision, result.recall) == (1, 1, 1, 1)


def test_the_shares_follow_from_the_counts():
    result = Evaluation(true_positives=6, false_positives=2, false_negatives=4, true_negatives=88)
    assert (result.number, result.accuracy) == (100, 0.94)
    assert (result.precision, result.recall) == (0.75, 0.6)
    assert result.balanced_accuracy == pytest.approx((0.6 + 88 / 90) / 2)


def test_precision_of_nothing_found_is_no_number():
    assert np.isnan(Evaluation(0, 0, 4, 9).precision)


def test_a_network_with_two_outputs_is_refused(page):
    model = keras.Sequential([keras.Input((15, 15, 1)), keras.layers.Flatten(), keras.layers.Dense(2)])
    with pytest.raises(PageError, match="has to give one probability"):
        detector.evaluate(model, *page)


def test_the_overlay_colours_what_was_found_and_missed(page):
    found = np.zeros((4, 5), bool)
    found[1, 0] = found[3, 4] = True
    picture = overlay(*page, found)
    assert picture.shape == (65, 80, 3)
    grey = [np.ptp(picture[y, x].astype(int)) < 3 for y, x in ((5, 5), (30, 40), (64, 79))]
    assert grey == [True, True, True]
    green, red, blue = picture[17, 5], picture[17, 40], picture[50, 70]
    assert green.argmax() == 1
    assert red.argmax() == 0
    assert blue.argmax() == 2


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (np.zeros((5, 4), bool), r"shape \(5, 4\), and the page 4 x 5 patches"),
        (np.zeros((4, 5)), "compare probabilities with 0.5 first"),
    ],
    ids=["turned", "probabilities"],
)
def test_an_overlay_of_something_else_says_what_it_needs(page, found, message):
    with pytest.raises(ValueError, match=message):
        overlay(*page, found)


def test_rendered_patches_are_balanced_and_the_same_for_the_same_seeds():
    tiles, labels = detector._patches_of_page(7)
    assert tiles.shape == (len(labels), 15, 15, 1)
    assert tiles.dtype == labels.dtype == np.uint8
    assert np.mean(labels) == 0.5
    assert len(labels) > 500
    again = detector._patches_of_page(7)[0]
    assert np.array_equal(tiles, again)


@pytest.mark.parametrize("content", [None, "text"])
def test_a_file_without_a_network_is_refused(tmp_path: Path, content: str | None):
    path = tmp_path / "net.keras"
    if content:
        path.write_text(content)
    with pytest.raises(PageError, match=r"net\.keras (is missing|holds no network)"):
        detector.load_detector(path)


def test_the_command_prints_the_shares_and_draws(
    page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    for name, array in zip(("img-001.png", "img-001-gt.png"), page, strict=True):
        Image.fromarray(array).save(name)
    dark_rows().save("net.keras")
    assert cli.main(["pages", "evaluate", "--scan", "img-001.png", "--model", "net.keras"]) == 0
    printed = capsys.readouterr().out
    assert "20 patches, 5 of them with a separator" in printed
    assert "balanced accuracy 1.000" in printed
    assert "recall 1.000" in printed
    assert Image.open("img-001-found.png").size == (80, 65)


def test_the_network_of_the_command_learns_a_rendered_page(monkeypatch: pytest.MonkeyPatch):
    tiles, labels = detector._patches_of_page(8)
    monkeypatch.setattr(detector, "training_patches", lambda seeds, processes: (tiles, labels))
    # Far enough beyond what is asked for below (about 0.87) that another processor's rounding decides nothing.
    model = detector.train_detector(num_pages=1, epochs=5)
    outputs = model.predict(tiles / np.float32(255), verbose=0).reshape(-1)
    assert model.count_params() == 484_353
    assert np.mean((outputs > 0.5) == labels) > 0.75
