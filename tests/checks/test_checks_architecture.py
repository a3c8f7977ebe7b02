"""What `checks.architecture` and `checks.parameter_count` say of networks of Keras's own classes, in every style."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")
tensorflow = pytest.importorskip("tensorflow")

from assay import checks  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


def plain(activation="sigmoid", output="softmax", sizes=(7, 4, 3)):
    """The layers that a task asks for."""
    return [*(L.Dense(units, activation) for units in sizes[:-1]), L.Dense(sizes[-1], output)]


def normalised(activation="relu", output="softmax", sizes=(7, 4, 3)):
    layers = []
    for units in sizes[:-1]:
        layers += [L.Dense(units), L.BatchNormalization(), L.Activation(activation)]
    return [*layers, L.Dense(sizes[-1], output)]


def chain(*layers):
    return keras.Sequential(list(layers))


def functional(*layers, shape=(5,)):
    inputs = tensor = keras.Input(shape)
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(inputs, tensor)


class FromSequential(keras.Sequential):
    def __init__(self, sizes):
        super().__init__()
        for units in sizes[:-1]:
            self.add(L.Dense(units, "sigmoid"))
        self.add(L.Dense(sizes[-1], "softmax"))


class FromFunctional(keras.Model):
    def __init__(self):
        inputs = keras.Input((5,))
        super().__init__(inputs, L.Dense(3, "softmax")(L.Dense(4, "sigmoid")(L.Dense(7, "sigmoid")(inputs))))


def with_operations():
    inputs = keras.Input((5,))
    hidden = keras.ops.sigmoid(L.Dense(7)(inputs))
    hidden = keras.ops.sigmoid(L.Dense(4)(hidden))
    return keras.Model(inputs, keras.ops.softmax(L.Dense(3)(hidden)))


STYLES = {
    "unbuilt": lambda: chain(*plain()),
    "with an Input": lambda: chain(keras.Input((5,)), *plain()),
    "with an InputLayer": lambda: chain(L.InputLayer(shape=(5,)), *plain()),
    "functional": lambda: functional(*plain()),
    "subclass of Sequential": lambda: FromSequential((7, 4, 3)),
    "subclass of a functional model": FromFunctional,
    "operations as activations": with_operations,
    "activation layers": lambda: chain(
        L.Dense(7), L.Activation("sigmoid"), L.Dense(4), L.Activation("sigmoid"), L.Dense(3), L.Softmax()
    ),
    "activations as functions": lambda: chain(
        L.Dense(7, keras.activations.sigmoid),
        L.Dense(4, keras.ops.sigmoid),
        L.Dense(3, keras.activations.softmax),
    ),
    "activations of TensorFlow's": lambda: chain(
        L.Dense(7, tensorflow.nn.sigmoid), L.Dense(4, tensorflow.sigmoid), L.Dense(3, tensorflow.nn.softmax)
    ),
    "activations as layer objects": lambda: chain(
        L.Dense(7, L.Activation("sigmoid")), L.Dense(4, L.Activation("sigmoid")), L.Dense(3, L.Softmax())
    ),
    "an activation of one's own": lambda: chain(
        L.Dense(7, lambda x: 1 / (1 + tensorflow.exp(-x))), L.Dense(4, "sigmoid"), L.Dense(3, "softmax")
    ),
    "nested": lambda: chain(
        keras.Input((5,)), chain(*plain()[:2]), functional(L.Dense(3, "softmax"), shape=(4,))
    ),
    "Flatten of images": lambda: chain(keras.Input((28, 28)), L.Flatten(), *plain()),
    "Flatten of flat input": lambda: chain(keras.Input((5,)), L.Flatten(), *plain()),
    "Flatten of unknown input": lambda: chain(L.Flatten(), *plain()),
    "Rescaling first": lambda: chain(L.Rescaling(1 / 255), *plain()),
    "what changes nothing": lambda: chain(
        L.Rescaling(1.0), *plain()[:2], L.Dropout(0.0), L.Dense(3, "softmax"), L.Activation("linear")
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_same_network_in_any_style_is_right(style):
    checks.architecture(STYLES[style](), plain())


@pytest.mark.parametrize("style", STYLES)
def test_another_network_in_any_style_is_wrong(style):
    message = fails(checks.architecture, STYLES[style](), plain(sizes=(7, 5, 3)))
    assert message == "model: hidden layer 2 has 4 units, expected 5"


def test_a_compiled_and_trained_model_is_right():
    model = chain(keras.Input((5,)), *plain())
    model.compile("adam", "mse")
    checks.architecture(model, plain())


def test_the_expected_network_may_be_a_model():
    checks.architecture(chain(*plain()), functional(*plain()))


@pytest.mark.parametrize(
    "layer", [L.ReLU(), L.Activation("relu"), L.Activation(tensorflow.nn.relu)], ids=["ReLU", "name", "tf"]
)
def test_a_relu_layer_is_a_relu_activation(layer):
    checks.architecture(chain(L.Dense(4), layer, L.Dense(2)), [L.Dense(4, "relu"), L.Dense(2)])


def test_a_relu_that_is_cut_off_is_another_activation():
    got = chain(L.Dense(4), L.ReLU(max_value=1.0), L.Dense(2))
    assert "activation is (ReLU" in fails(checks.architecture, got, [L.Dense(4, "relu"), L.Dense(2)])


def test_no_bias_before_batch_normalisation_is_right():
    got = chain(L.Dense(7, use_bias=False), L.BatchNormalization(), L.ReLU(), L.Dense(3, "softmax"))
    checks.architecture(got, normalised(sizes=(7, 3)))


def test_a_bias_before_batch_normalisation_is_right_where_none_is_expected():
    expected = [L.Dense(7, use_bias=False), L.BatchNormalization(), L.ReLU(), L.Dense(3, "softmax")]
    checks.architecture(chain(*normalised(sizes=(7, 3))), expected)


def test_a_missing_bias_elsewhere_is_wrong():
    got = chain(L.Dense(7, "sigmoid", use_bias=False), *plain()[1:])
    assert fails(checks.architecture, got, plain()) == "model: hidden layer 1 has no bias, expected one"


def test_dropout_before_or_after_a_relu_is_one_and_the_same():
    got = chain(L.Dense(4), L.Dropout(0.5), L.ReLU(), L.Dense(2))
    checks.architecture(got, [L.Dense(4, "relu"), L.Dropout(0.5), L.Dense(2)])


def test_dropout_before_a_sigmoid_is_named():
    got = chain(L.Dense(4), L.Dropout(0.5), L.Activation("sigmoid"), L.Dense(2))
    message = fails(checks.architecture, got, [L.Dense(4, "sigmoid"), L.Dropout(0.5), L.Dense(2)])
    assert (
        message == "model: Dropout(0.5) stands before the activation of hidden layer 1: it belongs after it"
    )


WRONG = {
    "sigmoid at the output": (
        lambda: chain(*plain(output="sigmoid")),
        "model: the output layer's activation is sigmoid, expected softmax",
    ),
    "no activation at the output": (
        lambda: chain(*plain(output=None)),
        "model: the output layer has no activation, expected softmax",
    ),
    "another hidden activation": (
        lambda: chain(L.Dense(7, "relu"), *plain()[1:]),
        "model: hidden layer 1's activation is relu, expected sigmoid",
    ),
    "two activations": (
        lambda: chain(L.Dense(7, "sigmoid"), L.ReLU(), *plain()[1:]),
        "model: hidden layer 1 has the activations sigmoid and relu, expected sigmoid",
    ),
    "the output size as a hidden layer": (
        lambda: chain(*plain(sizes=(7, 4, 3, 3))),
        "model: got 4 layers with weights (7, 4, 3, 3 units), expected 3 (7, 4, 3 units) "
        "(the last size is that of the output layer, which is no hidden layer)",
    ),
    "no output layer": (
        lambda: chain(*plain()[:2]),
        "model: got 2 layers with weights (7, 4 units), expected 3 (7, 4, 3 units) (the output layer is missing)",
    ),
    "the output layer alone": (
        lambda: chain(*plain()[2:]),
        "model: got 1 layer with weights (3 units), expected 3 (7, 4, 3 units) (the hidden layers are missing)",
    ),
    "one size for all": (
        lambda: chain(*plain(sizes=(7, 7, 3))),
        "model: hidden layer 2 has 7 units, expected 4",
    ),
    "dropout too many": (
        lambda: chain(*plain()[:2], L.Dropout(0.5), L.Dense(3, "softmax")),
        "model: one layer too many: Dropout(0.5) after hidden layer 2",
    ),
    "dropout at the input": (
        lambda: chain(L.Dropout(0.2), *plain()),
        "model: one layer too many: Dropout(0.2) before hidden layer 1",
    ),
    "batch normalisation too many": (
        lambda: chain(L.Dense(7, "sigmoid"), L.BatchNormalization(), *plain()[1:]),
        "model: one layer too many: batch normalisation after hidden layer 1",
    ),
    "another kind of layer": (
        lambda: chain(keras.Input((5, 2)), L.Conv1D(7, 2, activation="sigmoid"), L.Flatten(), *plain()[1:]),
        "model: hidden layer 1 is a Conv1D layer, expected Dense",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_difference_is_named(mistake):
    build, message = WRONG[mistake]
    assert fails(checks.architecture, build(), plain()).splitlines()[0] == message


def test_three_layers_by_hand_are_right_only_for_three_sizes():
    by_hand = chain(*plain())
    checks.architecture(by_hand, plain())
    message = fails(checks.architecture, by_hand, plain(sizes=(7, 4, 6, 3)))
    assert "got 3 layers with weights (7, 4, 3 units), expected 4 (7, 4, 6, 3 units)" in message


def test_every_difference_is_named():
    got = chain(L.Dense(7, "relu"), L.Dense(5, "sigmoid"), L.Dense(3))
    assert fails(checks.architecture, got, plain()).splitlines() == [
        "model: hidden layer 2 has 5 units, expected 4",
        "model: hidden layer 1's activation is relu, expected sigmoid",
        "model: the output layer has no activation, expected softmax",
    ]


def test_batch_normalisation_after_the_activation_is_named():
    got = chain(L.Dense(7, "relu"), L.BatchNormalization(), L.Dense(3, "softmax"))
    message = fails(checks.architecture, got, normalised(sizes=(7, 3)))
    assert (
        message == "model: batch normalisation after the activation of hidden layer 1: it belongs before it"
    )


def test_batch_normalisation_in_one_block_only_is_named():
    got = chain(*normalised()[:3], *plain("relu")[1:])
    message = fails(checks.architecture, got, normalised())
    assert message == "model: no batch normalisation before the activation of hidden layer 2"


def test_no_batch_normalisation_at_all_is_named_for_each_layer():
    assert fails(checks.architecture, chain(*plain("relu")), normalised()).splitlines() == [
        "model: no batch normalisation before the activation of hidden layer 1",
        "model: no batch normalisation before the activation of hidden layer 2",
    ]


def test_another_rate_of_dropout_is_named():
    got = chain(L.Dense(4, "relu"), L.Dropout(0.2), L.Dense(2))
    message = fails(checks.architecture, got, [L.Dense(4, "relu"), L.Dropout(0.5), L.Dense(2)])
    assert message == "model: the dropout after hidden layer 1 has rate 0.2, expected 0.5"


def test_missing_dropout_is_named():
    message = fails(
        checks.architecture, chain(*plain()), [*plain()[:2], L.Dropout(0.5), L.Dense(3, "softmax")]
    )
    assert message == "model: no Dropout(0.5) after hidden layer 2"


def test_one_layer_at_two_places_is_named():
    layer = L.Dense(5, "sigmoid")
    message = fails(
        checks.architecture, functional(layer, layer, L.Dense(3, "softmax")), plain(sizes=(5, 5, 3))
    )
    assert (
        message == "model: hidden layer 1 and hidden layer 2 are one and the same layer (make one for each)"
    )


def test_a_network_that_branches_is_no_chain():
    inputs = keras.Input((5,))
    model = keras.Model(inputs, L.Add()([L.Dense(3)(inputs), L.Dense(3)(inputs)]))
    assert "got a network that branches" in fails(checks.architecture, model, plain())


def test_preparation_of_the_input_is_compared_on_demand():
    got = chain(L.Rescaling(1 / 255), *plain())
    message = fails(checks.architecture, got, plain(), compare_input=True)
    assert message == "model: one layer too many: Rescaling before hidden layer 1"


def test_a_network_for_inputs_of_another_shape_is_named():
    # The dense layer behind the pooling has as many weights either way.
    swapped = chain(keras.Input((8, 12, 1)), L.Conv2D(4, 3), L.Flatten(), L.Dense(1))
    message = fails(checks.architecture, swapped, "conv 4 3x3, flatten, dense 1", input_shape=(12, 8, 1))
    assert message == "model: it takes examples of shape 8 x 12 x 1, expected 12 x 8 x 1"
    checks.architecture(swapped, "conv 4 3x3, flatten, dense 1", input_shape=(8, 12, 1))


def test_a_network_that_flattens_by_itself_may_be_built_for_either_shape():
    either = chain(keras.Input((4, 3)), L.Flatten(), L.Dense(2))
    checks.architecture(either, "dense 2", input_shape=(12,))


def test_convolutions_are_compared_by_filters_and_settings():
    def network(filters=4, padding="same"):
        return chain(
            keras.Input((8, 8, 1)),
            L.Conv2D(filters, 3, padding=padding, activation="relu"),
            L.MaxPooling2D(),
            L.Flatten(),
            L.Dense(1),
        )

    checks.architecture(network(), network())
    assert "hidden layer 1 has 5 filters, expected 4" in fails(checks.architecture, network(5), network())
    assert "hidden layer 1 has padding 'valid', expected 'same'" in fails(
        checks.architecture, network(4, "valid"), network()
    )


class Wrapper:
    def __init__(self):
        self.model = chain(*plain())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "model: got None (is there a return?)"),
        (Wrapper(), "model: got a Wrapper, expected a Keras model"),
        (
            plain(),
            "model: got a list, expected a Keras model (a list of layers becomes a model with keras.Sequential)",
        ),
        ((1, 2), "model: got a tuple, expected a Keras model (return the model alone)"),
        (
            keras.callbacks.History(),
            "model: got a History, expected a Keras model (fit returns a History; return the model itself)",
        ),
        (keras.Sequential, "model: got a class or a function, expected a Keras model (is it called?)"),
        (L.Dense(3), "model: got a Dense, expected a Keras model"),
    ],
    ids=["None", "wrapper", "list", "tuple", "History", "class", "layer"],
)
def test_what_is_no_model_is_named(answer, message):
    assert fails(checks.architecture, answer, plain()) == message


def test_an_ellipsis_is_an_open_answer():
    with pytest.raises(NotImplementedError):
        checks.architecture(..., plain())


def test_an_empty_model_is_wrong():
    assert "got 0 layers with weights (none)" in fails(checks.architecture, keras.Sequential(), plain())


def test_a_mistake_of_the_test_is_no_mistake_of_the_answer():
    with pytest.raises(TypeError, match="expected has to be a list"):
        checks.architecture(chain(*plain()), [3])


# parameter_count


def test_parameters_are_counted():
    checks.parameter_count(chain(keras.Input((5,)), *plain()), 5 * 7 + 7 + 7 * 4 + 4 + 4 * 3 + 3)


def test_an_unbuilt_model_is_counted_on_a_copy():
    model = chain(*plain())
    checks.parameter_count(model, 89, input_shape=(5,))
    assert not model.built


def test_an_unbuilt_model_without_a_shape_cannot_be_graded():
    from assay.bridge.remote import Ungradable

    with pytest.raises(Ungradable, match="input_shape"):
        checks.parameter_count(chain(*plain()), 89)


def test_trainable_and_other_parameters_are_told_apart():
    model = functional(*normalised())
    checks.parameter_count(model, 89 + 44, 89 + 22, 22)
    assert "got 22 parameters that are not trainable, expected 0" in fails(
        checks.parameter_count, model, non_trainable=0
    )


def test_several_counts_may_be_right():
    model = functional(L.Dense(7, use_bias=False), L.BatchNormalization(), L.ReLU(), L.Dense(3))
    checks.parameter_count(model, {94, 87})


def test_missing_biases_are_recognised():
    model = functional(*(L.Dense(units, "relu", use_bias=False) for units in (7, 4)), L.Dense(3))
    message = fails(checks.parameter_count, model, 89)
    assert (
        message == "model: got 78 parameters, expected 89 (as many fewer as the biases of the hidden layers)"
    )


def test_missing_batch_normalisation_is_recognised():
    message = fails(checks.parameter_count, functional(*plain()), 89 + 44)
    assert message.endswith("(as many fewer as batch normalisation in all hidden layers would have)")


def test_a_layer_too_many_is_recognised():
    message = fails(checks.parameter_count, functional(*plain(sizes=(7, 4, 3, 3))), 89)
    assert message.endswith("(as many more as the output layer has)")


def test_frozen_layers_are_not_trainable():
    model = functional(*plain())
    model.layers[1].trainable = False
    checks.parameter_count(model, trainable=89 - 42, non_trainable=np.int64(42))
