"""Layers in words, so that a visible test can say what it expects without showing how it is written in Keras."""

from __future__ import annotations

import keras


def stack(words: str) -> list[keras.layers.Layer]:
    """Make the layers that a sentence names, in its order.

    Parameters
    ----------
    words
        Separated by commas: ``"dense 50"``, ``"conv 64 3x3"`` (``"conv 64 3x3 same"`` with padding), ``"max_pool 2x2"``,
        ``"dropout 0.5"``, ``"batch_norm"``, ``"flatten"``, or the name of an activation of Keras's, as in
        ``"dense 50, batch_norm, relu, dropout 0.2, dense 10, softmax"``.

    Returns
    -------
    list of keras.layers.Layer
        Not built, with Keras's defaults for everything that is not said.

    Raises
    ------
    ValueError
        For a word that is none of these; a mistake of the test.
    """
    return [_layer(part.split()) for part in words.split(",")]


def _layer(words: list[str]) -> keras.layers.Layer:
    try:
        if len(words) == 2 and words[0] == "dense":
            return keras.layers.Dense(int(words[1]))
        if len(words) in (3, 4) and words[0] == "conv":
            return keras.layers.Conv2D(int(words[1]), _size(words[2]), padding="".join(words[3:]) or "valid")
        if len(words) == 2 and words[0] == "max_pool":
            return keras.layers.MaxPooling2D(_size(words[1]))
        if len(words) == 2 and words[0] == "dropout":
            return keras.layers.Dropout(float(words[1]))
        if words == ["batch_norm"]:
            return keras.layers.BatchNormalization()
        if words == ["flatten"]:
            return keras.layers.Flatten()
        if len(words) == 1:
            return keras.layers.Activation(words[0])
    except ValueError:
        pass
    raise ValueError(
        f"{' '.join(words)!r} is no layer: write 'dense 50', 'conv 64 3x3', 'max_pool 2x2', 'dropout 0.5', 'batch_norm', 'flatten' or the "
        "name of an activation."
    )


def _size(words: str) -> tuple[int, int]:
    height, width = words.split("x")
    return int(height), int(width)
