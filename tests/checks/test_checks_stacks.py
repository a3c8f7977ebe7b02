"""Layers in words."""

from __future__ import annotations

import keras
import pytest

from assay import checks
from assay.checks.stacks import stack

pytestmark = pytest.mark.xdist_group("tensorflow")


def test_words_make_layers_in_their_order():
    layers = stack("flatten, dense 50, batch_norm, relu, dropout 0.2, dense 10, softmax")
    kinds = [type(layer).__name__ for layer in layers]
    assert kinds == ["Flatten", "Dense", "BatchNormalization", "Activation", "Dropout", "Dense", "Activation"]
    assert (layers[1].units, layers[4].rate, layers[6].activation) == (50, 0.2, keras.activations.softmax)


@pytest.mark.parametrize("words", ["dense", "dense many", "dropout 2", "conv 3", "", "dense 5 relu"])
def test_other_words_are_refused_with_those_that_there_are(words):
    with pytest.raises(ValueError, match=f"{words!r} is no layer: write 'dense 50'"):
        stack(words)


def test_an_architecture_may_be_expected_in_words():
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, "relu"), keras.layers.Dense(2, "softmax")]
    )
    checks.architecture(model, "dense 3, relu, dense 2, softmax", input_shape=(4,))
    with pytest.raises(checks.ClaimFailed, match="hidden layer 1 has 3 units, expected 4"):
        checks.architecture(model, "dense 4, relu, dense 2, softmax", input_shape=(4,))
