"""Checks of models of a student's own class, which mean the same in one kernel and in two.

Each test runs on real objects, as when a student validates, and on handles, as in the grader's kernel.
"""

import contextlib
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bridge"))
from bridge_students import student

keras = pytest.importorskip("keras")

from assay import checks  # noqa: E402
from assay.bridge.remote import Handle, Ungradable  # noqa: E402
from assay.bridge.seeds import carry_seeds  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers

ANSWERS = """
import keras, numpy as np, tensorflow as tf
L = keras.layers

class Attributes(keras.Model):
    def __init__(self, activation="sigmoid", output="softmax", units=4):
        super().__init__()
        self.first, self.second, self.last = L.Dense(7, activation), L.Dense(units), L.Dense(3, output)
        self.function = keras.activations.get(activation)
    def call(self, x):
        return self.last(self.function(self.second(self.first(x))))

class Listed(keras.Model):
    # The output layer is declared first, one activation layer serves all.
    def __init__(self, sizes=(7, 4, 3), activation="sigmoid", initializer="glorot_uniform", regularizer=None):
        super().__init__()
        self.last = L.Dense(sizes[-1], kernel_initializer=initializer, kernel_regularizer=regularizer)
        self.hidden = [L.Dense(n, kernel_initializer=initializer, kernel_regularizer=regularizer) for n in sizes[:-1]]
        self.function = L.Activation(activation)
    def call(self, x):
        for layer in self.hidden:
            x = self.function(layer(x))
        return tf.nn.softmax(self.last(x))

class Around(keras.Model):
    def __init__(self):
        super().__init__()
        self.network = keras.Sequential([L.Dense(7, "sigmoid"), L.Dense(4), L.Activation("sigmoid"), L.Dense(3, "softmax")])
    def call(self, x, training=None):
        return self.network(x, training=training)

class FromSequential(keras.Sequential):
    def __init__(self, sizes):
        super().__init__()
        for n in sizes[:-1]:
            self.add(L.Dense(n, "sigmoid"))
        self.add(L.Dense(sizes[-1], "softmax"))

class Scratch(L.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))
        self.b = self.add_weight(shape=(self.units,), initializer="zeros")
    def call(self, x):
        return keras.ops.sigmoid(keras.ops.matmul(x, self.w) + self.b)

class Reversed(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [L.Dense(3, "softmax"), L.Dense(4, "sigmoid"), L.Dense(7, "sigmoid")]
    def call(self, x):
        for block in self.blocks[::-1]:
            x = block(x)
        return x

def with_lambda():
    return keras.Sequential([L.Dense(7), L.Lambda(lambda x: keras.ops.sigmoid(x)), L.Dense(4, "sigmoid"), L.Dense(3, "softmax")])

def own_function(x):
    return 1 / (1 + tf.exp(-x))

def with_own_function():
    return keras.Sequential([L.Dense(7, own_function), L.Dense(4, "sigmoid"), L.Dense(3, "softmax")])

def from_scratch():
    return keras.Sequential([Scratch(7), Scratch(4), L.Dense(3, "softmax")])

def small(**settings):
    return Listed(**settings)

def attributes(**settings):
    return Attributes(**settings)

def around(): return Around()
def from_sequential(sizes): return FromSequential(sizes)
def backwards(): return Reversed()

class Normalised(keras.Model):
    def __init__(self, after=False, used=(True, True), frozen=False):
        super().__init__()
        self.hidden = [L.Dense(7), L.Dense(4, use_bias=False)]
        self.norms = [L.BatchNormalization(), L.BatchNormalization()]
        self.last = L.Dense(3, "softmax")
        self.after, self.used, self.frozen = after, used, frozen
    def call(self, x, training=False):
        training = False if self.frozen else training
        for layer, norm, used in zip(self.hidden, self.norms, self.used):
            x = layer(x)
            if self.after:
                x = tf.nn.relu(x)
            if used:
                x = norm(x, training=training)
            if not self.after:
                x = tf.nn.relu(x)
        return self.last(x)

def normalised(**settings):
    return Normalised(**settings)

class Block(L.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense, self.norm = L.Dense(units), L.BatchNormalization()
    def call(self, x, training=None):
        return keras.ops.relu(self.norm(self.dense(x), training=training))

def blocks():
    return keras.Sequential([Block(7), Block(4), L.Dense(3, "softmax")])

class Dropping(keras.Model):
    def __init__(self, rate=0.5, places=(0, 1), at_input=False, always=False):
        super().__init__()
        self.hidden = [L.Dense(20, "relu"), L.Dense(15, "relu")]
        self.drop = L.Dropout(rate)
        self.last = L.Dense(3, "softmax")
        self.places, self.at_input, self.always = places, at_input, always
    def call(self, x, training=False):
        training = training or self.always
        if self.at_input:
            x = self.drop(x, training=training)
        for place, layer in enumerate(self.hidden):
            x = layer(x)
            if place in self.places:
                x = self.drop(x, training=training)
        return self.last(x)

def dropping(**settings):
    return Dropping(**settings)

class Skipping(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = L.Dense(7, "relu"), L.Dense(7, "relu"), L.Dense(3, "softmax")
    def call(self, x):
        x = self.first(x)
        return self.last(x + self.second(x))

def skipping():
    return Skipping()

class Wrapper:
    def __init__(self):
        self.model = with_lambda()

def wrapper(): return Wrapper()

def compiled():
    model = Listed()
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

class OwnSGD(keras.optimizers.SGD):
    pass

def own_optimizer(): return OwnSGD(0.1)

kept = Listed()
kept(np.zeros((1, 5), "float32"))
"""
SHAPE = (5,)


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


@pytest.fixture(scope="module", params=["one kernel", "two kernels"])
def answers(request):
    """Gives what the student's code defines, by name."""
    with contextlib.ExitStack() as stack:
        if request.param == "one kernel":
            names: dict = {}
            exec(ANSWERS, names)
            yield names.__getitem__
        else:
            remote = stack.enter_context(student(ANSWERS, seconds=300))
            stack.enter_context(carry_seeds(remote))
            yield remote.fetch


def plain():
    return [L.Dense(7, "sigmoid"), L.Dense(4, "sigmoid"), L.Dense(3, "softmax")]


def with_norms():
    return [
        *(layer for units in (7, 4) for layer in (L.Dense(units), L.BatchNormalization(), L.ReLU())),
        L.Dense(3, "softmax"),
    ]


def with_dropout(rate=0.5):
    return [
        *(layer for units in (20, 15) for layer in (L.Dense(units, "relu"), L.Dropout(rate))),
        L.Dense(3, "softmax"),
    ]


STYLES = ["small", "attributes", "around", "backwards", "with_lambda", "with_own_function", "from_scratch"]


@pytest.mark.parametrize("style", STYLES)
def test_the_same_network_in_any_style_is_right(answers, style):
    checks.architecture(answers(style)(), plain(), input_shape=SHAPE)


@pytest.mark.parametrize("style", ["small", "attributes", "around", "from_scratch"])
def test_another_size_is_named_in_any_style(answers, style):
    expected = [L.Dense(7, "sigmoid"), L.Dense(5, "sigmoid"), L.Dense(3, "softmax")]
    message = fails(checks.architecture, answers(style)(), expected, input_shape=SHAPE)
    assert message == "model: hidden layer 2 has 4 units, expected 5"


@pytest.mark.parametrize("style", ["small", "around", "backwards", "with_lambda"])
def test_another_activation_is_named_in_any_style(answers, style):
    expected = [L.Dense(7, "sigmoid"), L.Dense(4, "relu"), L.Dense(3, "softmax")]
    message = fails(checks.architecture, answers(style)(), expected, input_shape=SHAPE)
    assert message == "model: hidden layer 2's activation is sigmoid, expected relu"


def test_what_comes_by_handle_is_a_handle(request, answers):
    is_remote = "two" in request.node.callspec.id
    assert isinstance(answers("small")(), Handle) is is_remote


def test_a_subclass_of_sequential_is_right(answers):
    checks.architecture(answers("from_sequential")([7, 4, 3]), plain(), input_shape=SHAPE)
    message = fails(checks.architecture, answers("from_sequential")([7, 4, 3, 3]), plain(), input_shape=SHAPE)
    assert "the last size is that of the output layer" in message


def test_a_sigmoid_at_the_output_is_named(answers):
    message = fails(checks.architecture, answers("attributes")(output="sigmoid"), plain(), input_shape=SHAPE)
    assert message == "model: the output layer's activation is sigmoid, expected softmax"


def test_zero_kernels_hide_no_activation(answers):
    model = answers("small")(initializer="zeros", activation="relu")
    message = fails(checks.architecture, model, plain(), input_shape=SHAPE)
    assert message.startswith("model: hidden layer 1's activation is relu, expected sigmoid")


def test_a_model_that_was_called_before_needs_no_shape(answers):
    checks.architecture(answers("kept"), plain())


def test_a_model_that_was_never_called_needs_a_shape(answers):
    with pytest.raises(Ungradable, match="no input_shape was given"):
        checks.architecture(answers("small")(), plain())


def test_normalisation_in_a_list_of_its_own_is_right(answers):
    checks.architecture(answers("normalised")(), with_norms(), input_shape=SHAPE)
    checks.batch_norm(answers("normalised")(), input_shape=SHAPE)


def test_normalisation_in_layers_of_ones_own_is_right(answers):
    checks.architecture(answers("blocks")(), with_norms(), input_shape=SHAPE)
    checks.batch_norm(answers("blocks")(), input_shape=SHAPE)


@pytest.mark.parametrize("verb", ["architecture", "batch_norm"])
def test_normalisation_after_the_activation_is_named(answers, verb):
    expected = [with_norms()] if verb == "architecture" else []
    message = fails(getattr(checks, verb), answers("normalised")(after=True), *expected, input_shape=SHAPE)
    assert (
        message.splitlines()[0]
        == "model: batch normalisation after the activation of hidden layer 1: it belongs before it"
    )


@pytest.mark.parametrize(("used", "layer"), [((True, False), 2), ((False, True), 1), ((False, False), 1)])
def test_normalisation_that_is_declared_and_not_used_is_missing(answers, used, layer):
    model = answers("normalised")(used=used)
    message = fails(checks.batch_norm, model, input_shape=SHAPE)
    assert message == f"model: no batch normalisation before the activation of hidden layer {layer}"


def test_normalisation_that_never_looks_at_the_batch_is_named(answers):
    message = fails(checks.batch_norm, answers("normalised")(frozen=True), input_shape=SHAPE)
    assert "does not use mean and variance of the batch (is training=False passed to it" in message


def test_dropout_by_one_layer_at_several_places_is_right(answers):
    checks.architecture(answers("dropping")(), with_dropout(), input_shape=SHAPE)
    checks.dropout(answers("dropping")(), 0.5, input_shape=SHAPE)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 0.3}, "model: the dropout after hidden layer 1 has rate 0.3, expected 0.5"),
        ({"places": (0,)}, "model: no Dropout(0.5) after hidden layer 2"),
        ({"places": (1,)}, "model: no Dropout(0.5) after hidden layer 1"),
        ({"places": ()}, "model: no Dropout(0.5) after hidden layer 1"),
        ({"at_input": True}, "model: one layer too many: Dropout(0.5) before hidden layer 1"),
    ],
    ids=["rate", "first place", "second place", "nowhere", "input"],
)
def test_other_dropout_is_named(answers, settings, message):
    model = answers("dropping")(**settings)
    assert fails(checks.dropout, model, 0.5, input_shape=SHAPE).splitlines()[0] == message
    assert fails(checks.architecture, model, with_dropout()).splitlines()[0] == message


def test_dropout_that_is_not_asked_for_is_named(answers):
    expected = [L.Dense(20, "relu"), L.Dense(15, "relu"), L.Dense(3, "softmax")]
    message = fails(checks.architecture, answers("dropping")(), expected, input_shape=SHAPE)
    assert message.splitlines()[0] == "model: one layer too many: Dropout(0.5) after hidden layer 1"


def test_dropout_in_inference_is_named(answers):
    message = fails(checks.dropout, answers("dropping")(always=True), 0.5, input_shape=SHAPE)
    assert message.startswith("model: in inference mode it gives other outputs each time")


def test_a_skip_connection_is_something_else(answers):
    expected = [L.Dense(7, "relu"), L.Dense(7, "relu"), L.Dense(3, "softmax")]
    message = fails(checks.architecture, answers("skipping")(), expected, input_shape=SHAPE)
    assert "it has the layers that are expected and computes something else" in message


def test_a_skip_connection_needs_a_person_where_a_chain_is_needed(answers):
    with pytest.raises(Ungradable):
        checks.as_sequential(answers("skipping")(), input_shape=SHAPE)


def test_a_wrapper_is_no_model(answers):
    assert (
        fails(checks.architecture, answers("wrapper")(), plain())
        == "model: got a Wrapper, expected a Keras model"
    )


def test_parameters_are_counted(answers):
    checks.parameter_count(answers("small")(), 89, input_shape=SHAPE)
    checks.parameter_count(answers("normalised")(), 85 + 44, 85 + 22, 22, input_shape=SHAPE)
    assert "got 89 parameters, expected 90" in fails(checks.parameter_count, answers("kept"), 90)


def test_initial_weights_are_compared(answers):
    make = answers("small")
    settings = {"sizes": (30, 20, 5), "initializer": "he_normal"}
    checks.initial_weights(lambda: make(**settings), "he_normal", input_shape=(25,), builds=2)
    message = fails(
        checks.initial_weights,
        lambda: make(**settings),
        keras.initializers.RandomNormal(0.0, 1.0),
        input_shape=(25,),
        builds=2,
    )
    assert message.startswith(
        "model: kernel of hidden layer 1 looks like He normal (std 0.283), expected N(0, 1)"
    )


def test_an_initialiser_object_of_the_test_reaches_the_student(answers):
    make = answers("small")
    normal = keras.initializers.RandomNormal(0.0, 1.0)
    checks.initial_weights(
        lambda: make(sizes=(30, 20, 5), initializer=normal), normal, input_shape=(25,), builds=2
    )


def test_a_penalty_is_compared(answers):
    checks.weight_penalty(answers("small")(regularizer="l2"), 0, 0.01, input_shape=SHAPE)
    message = fails(checks.weight_penalty, answers("small")(regularizer="l2"), 0, 0.02, input_shape=SHAPE)
    assert "Keras has no factor 1/2" in message


def test_compile_settings_are_compared(answers):
    model = answers("compiled")()
    checks.compiled_with(model, "sgd", 0.1, "sparse_categorical_crossentropy", ["accuracy"])
    assert "learning rate is 0.1, expected 0.2" in fails(checks.compiled_with, model, "sgd", 0.2)
    checks.optimizer_steps(model, keras.optimizers.SGD(0.1))


def test_an_optimizer_of_ones_own_needs_a_person(answers):
    with pytest.raises(Ungradable):
        checks.optimizer_steps(answers("own_optimizer")(), keras.optimizers.SGD(0.1))


def test_a_copy_computes_the_same(answers):
    model = answers("kept")
    copied = checks.as_sequential(model)
    x = np.random.default_rng(3).normal(size=(4, 5)).astype("float32")
    assert type(copied) is keras.Sequential
    np.testing.assert_allclose(copied(x), model(x), rtol=1e-5)


def test_the_weights_come_back(answers):
    model = answers("kept")
    before = [np.asarray(weight) for weight in model.get_weights()]
    checks.architecture(model, plain())
    fails(checks.architecture, model, with_norms())
    for weight, kept in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, kept)


def test_a_model_of_ones_own_class_is_trained_as_its_layers(answers):
    x = np.random.default_rng(0).normal(size=(60, 5)).astype("float32")
    y = np.arange(60) % 3
    model = answers("kept")
    before = [np.asarray(weight) for weight in model.get_weights()]
    seen = []

    def fit(copied, *data, **keywords):
        seen.extend(copied.get_weights())

    reached = checks.converges(model, (x, y), at_least=0.0, epochs=1, batch_size=8, fit=fit)
    assert reached == np.mean(np.asarray(model(x)).argmax(axis=1) == y)
    # The kernels of the copy, in the order of the computation, are those of the model.
    assert sorted(weight.shape for weight in seen) == sorted(weight.shape for weight in before)
    for weight in seen:
        assert any(np.array_equal(weight, other) for other in before)
