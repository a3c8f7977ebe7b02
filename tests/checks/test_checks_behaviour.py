"""What `checks.batch_norm` and `checks.dropout` say of networks of Keras's own classes."""

import pytest

keras = pytest.importorskip("keras")

from assay import checks  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


def normalised(activation="relu", after=False, blocks=(True, True), output=False, **settings):
    layers = [keras.Input((6,))]
    for units, is_normalised in zip((8, 5), blocks, strict=True):
        norm = [L.BatchNormalization(**settings)] if is_normalised else []
        function = [L.Activation(activation)]
        layers += [L.Dense(units), *(function + norm if after else norm + function)]
    return keras.Sequential([*layers, L.Dense(3), *([L.BatchNormalization()] if output else []), L.Softmax()])


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_batch_normalisation_before_the_activation_is_right(activation):
    checks.batch_norm(normalised(activation))


def test_an_unbuilt_network_is_looked_at_as_a_copy():
    model = keras.Sequential([L.Dense(4), L.BatchNormalization(), L.ReLU(), L.Dense(2)])
    checks.batch_norm(model, input_shape=(3,))
    assert not model.built


def test_normalisation_without_scale_and_centre_is_right():
    checks.batch_norm(normalised(scale=False, center=False))


def test_convolutions_are_normalised_by_channel():
    layers = [
        keras.Input((8, 8, 1)),
        L.Conv2D(4, 3),
        L.BatchNormalization(),
        L.ReLU(),
        L.Flatten(),
        L.Dense(1),
    ]
    checks.batch_norm(keras.Sequential(layers))


def test_normalisation_after_the_activation_is_named():
    message = fails(checks.batch_norm, normalised(after=True))
    assert (
        message == "model: batch normalisation after the activation of hidden layer 1: it belongs before it"
    )


def test_the_place_is_up_to_the_task():
    checks.batch_norm(normalised(after=True), before_activation=False)
    checks.batch_norm(normalised(after=True), before_activation=None)
    assert "before the activation" in fails(checks.batch_norm, normalised(), before_activation=False)


def test_a_layer_without_normalisation_is_named():
    message = fails(checks.batch_norm, normalised(blocks=(True, False)))
    assert message == "model: no batch normalisation before the activation of hidden layer 2"


def test_the_output_layer_is_up_to_the_task():
    checks.batch_norm(normalised(output=True))
    assert "after the output layer" in fails(checks.batch_norm, normalised(output=True), output_layer=False)
    assert "of the output layer" in fails(checks.batch_norm, normalised(), output_layer=True)


def test_the_momentum_is_compared_where_one_is_asked_for():
    checks.batch_norm(normalised(momentum=0.9), momentum=0.9)
    message = fails(checks.batch_norm, normalised(), momentum=0.9)
    assert message == "model: the batch normalisation of hidden layer 1 has momentum 0.99, expected 0.9"


def test_frozen_normalisation_does_not_use_the_batch():
    model = normalised()
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            layer.trainable = False
    message = fails(checks.batch_norm, model)
    assert message.startswith(
        "model: in training mode, batch normalisation does not use mean and variance of the batch"
    )
    assert "is it frozen?" in message


def test_normalisation_of_another_axis_is_no_batch_normalisation():
    inputs = keras.Input((6,))
    normalised_by_example = L.LayerNormalization()(L.Dense(5)(inputs))
    model = keras.Model(inputs, L.Dense(2)(L.ReLU()(normalised_by_example)))
    assert (
        fails(checks.batch_norm, model)
        == "model: no batch normalisation before the activation of hidden layer 1"
    )


# dropout


def dropping(rates=(0.5, 0.5), input_rate=0.0, output_rate=0.0, kind=L.Dropout, shape=((6,),)):
    layers = [*map(keras.Input, shape), *([L.Dropout(input_rate)] if input_rate else [])]
    for units, rate in zip((12, 9), rates, strict=True):
        layers += [L.Dense(units, "relu"), *([kind(rate)] if rate else [])]
    return keras.Sequential(
        [*layers, L.Dense(3, "softmax"), *([L.Dropout(output_rate)] if output_rate else [])]
    )


def test_dropout_after_each_hidden_layer_is_right():
    checks.dropout(dropping(), 0.5)


def test_each_hidden_layer_may_have_its_rate():
    checks.dropout(dropping((0.3, 0.6)), [0.3, 0.6])
    checks.dropout(dropping((0.0, 0.6)), [0.0, 0.6])


def test_a_rate_of_zero_asks_for_none():
    checks.dropout(dropping((0.0, 0.0)), 0.0)
    assert "one layer too many: Dropout(0.5) after hidden layer 1" in fails(checks.dropout, dropping(), 0.0)


def test_dropout_of_the_input_is_right_where_it_is_asked_for():
    checks.dropout(dropping(input_rate=0.2), 0.5, input_rate=0.2)


def test_an_unbuilt_network_drops_as_a_copy():
    model = dropping(shape=())
    checks.dropout(model, 0.5, input_shape=(6,))
    assert not model.built


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rates": (0.5, 0.0)}, "model: no Dropout(0.5) after hidden layer 2"),
        ({"rates": (0.5, 0.3)}, "model: the dropout after hidden layer 2 has rate 0.3, expected 0.5"),
        ({"input_rate": 0.2}, "model: one layer too many: Dropout(0.2) before hidden layer 1"),
        ({"output_rate": 0.2}, "model: one layer too many: Dropout(0.2) after the output layer"),
        (
            {"kind": L.GaussianDropout},
            "model: got GaussianDropout after hidden layer 1, expected Dropout(0.5)",
        ),
    ],
)
def test_a_difference_is_named(settings, message):
    assert fails(checks.dropout, dropping(**settings), 0.5).splitlines()[0] == message


def test_the_share_that_is_kept_is_not_the_rate():
    assert "not the one that is kept" in fails(checks.dropout, dropping((0.8, 0.8)), 0.2)


def test_dropout_before_a_sigmoid_is_named():
    layers = [keras.Input((6,)), L.Dense(5), L.Dropout(0.5), L.Activation("sigmoid"), L.Dense(2)]
    assert "stands before the activation of hidden layer 1" in fails(
        checks.dropout, keras.Sequential(layers), 0.5
    )


def test_another_number_of_hidden_layers_is_named():
    assert fails(checks.dropout, dropping(), [0.5]) == "model: got 2 hidden layers, expected 1"
