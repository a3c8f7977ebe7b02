"""A network that finds separators, trained on rendered pages, and how well it or another one does on a page."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from descent.newspaper import render_page
from descent.newspaper.patches import PATCH, cut, labels_of, tiles_of
from descent.newspaper.scans import PageError

#: Real pages are handy at half the size of a scan, and so are these.
SCALE = 0.5
#: Rendered pages that the network is trained on have these seeds; the exercise and its tests use smaller ones.
FIRST_SEED = 1_000_000
#: Patches of a page with a separator that are trained on, from each of three grids.
_MOST_OF_A_PAGE = 400
_GRIDS = ((0, 0), (7, 4), (3, 11))


@dataclass(frozen=True)
class Evaluation:
    """How a network did on the patches of a page.

    Attributes
    ----------
    true_positives, false_positives, false_negatives, true_negatives
        Numbers of patches; positive is a patch with a separator.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def accuracy(self) -> float:
        """Share of the patches that are right."""
        return (self.true_positives + self.true_negatives) / self.number

    @property
    def number(self) -> int:
        """Of all patches."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def recall(self) -> float:
        """Share of the patches with a separator that are found; NaN if there is none."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def precision(self) -> float:
        """Share of the patches found that have a separator; NaN if none is found."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def balanced_accuracy(self) -> float:
        """Mean of the shares of both kinds of patches that are right: the accuracy if there were as many of each."""
        return (self.recall + _share(self.true_negatives, self.true_negatives + self.false_positives)) / 2


def evaluate(
    model: Any, scan: NDArray[np.uint8], ground_truth: NDArray[np.uint8]
) -> tuple[Evaluation, NDArray[np.bool_]]:
    """Let a network say of each patch of a page whether it has a separator.

    Parameters
    ----------
    model
        A Keras model from patches of shape (number, 15, 15, 1), values between 0 and 1, to one probability each.
    scan, ground_truth
        As `descent.newspaper.render_page` and `load_page` give them.

    Returns
    -------
    evaluation
    found
        Of shape (rows, columns): which patches the network takes for separators.
    """
    patches, labels = cut(scan, ground_truth)
    outputs = np.asarray(model.predict(patches.reshape(-1, PATCH, PATCH, 1), batch_size=1024, verbose=0))
    if outputs.size != labels.size:
        raise PageError(
            f"The network gives {outputs.shape[1:]} for each patch and has to give one probability: evaluate the one that get_net builds."
        )
    found = outputs.reshape(labels.shape) > 0.5
    return (
        Evaluation(
            int(np.sum(found & labels)),
            int(np.sum(found & ~labels)),
            int(np.sum(~found & labels)),
            int(np.sum(~found & ~labels)),
        ),
        found,
    )


def training_patches(
    seeds: Iterable[int], processes: int | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Patches of rendered pages, as many with a separator as without.

    Returns
    -------
    patches, labels
        Of shapes (number, 15, 15, 1) and (number,), dtype uint8, in the order of the seeds.
    """
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_patches_of_page, seeds))
    return np.concatenate([each for each, _ in parts]), np.concatenate([each for _, each in parts])


def _patches_of_page(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    scan, truth = render_page(seed, SCALE)
    rng = np.random.default_rng(seed)
    patches, labels = [], []
    for corner in _GRIDS:
        tiles, positive = tiles_of(scan, corner), labels_of(truth, corner)
        for label in (1, 0):
            places = np.argwhere(positive == bool(label))
            number = min(_MOST_OF_A_PAGE, int(positive.sum()), len(places))
            chosen = rng.permutation(places)[:number]
            patches.append(tiles[tuple(chosen.T)])
            labels.append(np.full(number, label, np.uint8))
    return np.concatenate(patches)[..., None], np.concatenate(labels)


def train_detector(num_pages: int = 60, epochs: int = 6, processes: int | None = None) -> Any:
    """Train a network on rendered pages only.

    It has two convolutions, a pooling and two dense layers, written as convolutions over a patch, and a dropout of a tenth.

    Returns
    -------
    keras.Model
        From patches (number, 15, 15, 1) to (number, 1, 1, 1).
    """
    import keras

    patches, labels = training_patches(range(FIRST_SEED, FIRST_SEED + num_pages), processes)
    layers = keras.layers
    keras.utils.set_random_seed(0)
    order = np.random.default_rng(0).permutation(len(patches))
    inputs = keras.Input((PATCH, PATCH, 1))
    x = layers.Conv2D(64, 3, activation="relu")(inputs)
    x = layers.Conv2D(128, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(128, x.shape[1], activation="relu")(x)
    x = layers.Dropout(0.1)(x)
    model = keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        patches[order].astype(np.float32) / 255,
        labels[order].astype(np.float32).reshape(-1, 1, 1, 1),
        batch_size=128,
        epochs=epochs,
        verbose=2,
    )
    return model


def load_detector(path: Path) -> Any:
    """Load a network that was saved by Keras.

    Raises
    ------
    PageError
        The file is missing or holds no network.
    """
    import keras

    if not path.is_file():
        raise PageError(f"{path} is missing: save a network with model.save({path.name!r}).")
    try:
        return keras.models.load_model(path, compile=False)
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise PageError(f"{path} holds no network that Keras can load ({reason}).") from None


def scaled(
    scan: NDArray[np.uint8], ground_truth: NDArray[np.uint8], scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A page at another size."""
    size = (max(1, round(scan.shape[1] * scale)), max(1, round(scan.shape[0] * scale)))
    small = Image.fromarray(scan).resize(size, Image.Resampling.BOX)
    truth = Image.fromarray(ground_truth).resize(size, Image.Resampling.NEAREST)
    return np.asarray(small).copy(), np.asarray(truth).copy()


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
