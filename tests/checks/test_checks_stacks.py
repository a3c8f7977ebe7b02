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


def test_convolutions_and_poolings_have_sizes():
    first, second, pool = stack("conv 64 3x3, conv 8 5x1 same, max_pool 2x3")
    assert (first.filters, first.kernel_size, first.padding) == (64, (3, 3), "valid")
    assert (second.filters, second.kernel_size, second.padding) == (8, (5, 1), "same")
    assert (type(pool).__name__, pool.pool_size) == ("MaxPooling2D", (2, 3))


@pytest.mark.parametrize(
    "words",
    [
        "dense",
        "dense many",
        "dropout 2",
        "conv 3",
        "conv 3 3",
        "conv 3 3x3x3",
        "conv 3 3x3 half",
        "max_pool",
        "",
        "dense 5 relu",
    ],
)
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


CONVOLUTIONS = "conv 6 3x3, relu, conv 12 3x3, relu, max_pool 2x2, flatten, dense 5, relu, dense 1, sigmoid"


def convolutional(filters=6, kernel=3, padding="valid", pool=2, activation="relu"):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((9, 9, 1)),
            layers.Conv2D(filters, kernel, activation=activation, padding=padding),
            layers.Conv2D(12, 3),
            layers.ReLU(),
            layers.MaxPooling2D(pool),
            layers.Flatten(),
            layers.Dense(5, "relu"),
            layers.Dense(1, "sigmoid"),
        ]
    )


def test_a_convolutional_network_may_be_expected_in_words():
    checks.architecture(convolutional(), CONVOLUTIONS, input_shape=(9, 9, 1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"filters": 4}, "hidden layer 1 has 4 filters, expected 6"),
        ({"kernel": 5}, "hidden layer 1 has kernel size 5 x 5, expected 3 x 3"),
        ({"padding": "same"}, "hidden layer 1 has padding 'same', expected 'valid'"),
        ({"pool": 3}, "MaxPooling2D after hidden layer 2 has pool size 3 x 3, expected 2 x 2"),
        ({"activation": "tanh"}, "hidden layer 1's activation is tanh, expected relu"),
    ],
)
def test_a_convolution_that_differs_is_named(changes, message):
    with pytest.raises(checks.ClaimFailed, match=message):
        checks.architecture(convolutional(**changes), CONVOLUTIONS, input_shape=(9, 9, 1))


def test_pooling_before_a_relu_is_a_relu_before_pooling():
    layers = keras.layers
    early = [
        keras.Input((8, 8, 1)),
        layers.Conv2D(3, 3),
        layers.MaxPooling2D(),
        layers.ReLU(),
        layers.Flatten(),
        layers.Dense(1),
    ]
    checks.architecture(keras.Sequential(early), "conv 3 3x3, relu, max_pool 2x2, flatten, dense 1")


def test_pooling_before_batch_normalisation_is_another_network():
    layers = keras.layers
    early = [
        keras.Input((8, 8, 1)),
        layers.Conv2D(3, 3),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]
    model = keras.Sequential([*early, layers.Flatten(), layers.Dense(1)])
    with pytest.raises(checks.ClaimFailed):
        checks.architecture(model, "conv 3 3x3, batch_norm, relu, max_pool 2x2, flatten, dense 1")
