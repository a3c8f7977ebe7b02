"""Keras objects across the link: rebuilt from an allow-list, refused beyond it."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from bridge_students import student

keras = pytest.importorskip("keras")

from assay.bridge import keras_models, rebuilt  # noqa: E402
from assay.bridge.remote import Handle  # noqa: E402
from assay.wire import Decoder, Encoder  # noqa: E402

ANSWER = """
import keras, numpy as np
L = keras.layers

def plain():
    model = keras.Sequential([
        keras.Input((4,)),
        L.Dense(3, activation="relu", kernel_initializer=keras.initializers.RandomNormal(stddev=1.0), kernel_regularizer="l2"),
        L.Dropout(0.5, seed=3),
        L.BatchNormalization(),
        L.Dense(2, activation=keras.activations.softmax),
    ])
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.9),
                  loss="mse", metrics=["accuracy", keras.metrics.MeanSquaredError()])
    return model

def functional():
    inputs = keras.Input((4,))
    return keras.Model(inputs, L.Dense(2)(keras.ops.relu(L.Dense(3)(inputs)) + 1.0))

def attention():
    inputs = keras.Input((4, 8))
    return keras.Model(inputs, L.Add()([inputs, L.MultiHeadAttention(2, 4)(inputs, inputs)]))

def unbuilt():
    return keras.Sequential([L.Dense(3)])

def built_late():
    model = keras.Sequential([L.Dense(3), L.Dense(2)])
    model(np.zeros((2, 5), "float32"))
    return model

def recurrent():
    return keras.Sequential([keras.Input((5, 3)), L.Bidirectional(L.LSTM(4)), L.Dense(2)])

def convolution():
    return keras.Sequential([keras.Input((15, 15, 1)), L.Conv2D(8, 3), L.MaxPooling2D(), L.Flatten(), L.Dense(1)])

def nested():
    inner = keras.Sequential([keras.Input((4,)), L.Dense(3)])
    return keras.Sequential([keras.Input((4,)), inner, L.Dense(1)])

def one_layer():
    layer = L.Dense(3)
    layer.build((None, 4))
    return layer

class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second = L.Dense(3), L.Dense(1)
    def call(self, x):
        return self.second(self.first(x))

def subclassed():
    model = Subclassed()
    model(np.zeros((2, 4), "float32"))
    return model

def with_lambda():
    return keras.Sequential([keras.Input((4,)), L.Lambda(lambda x: x * 2)])

def with_tensorflow():
    import tensorflow as tf
    return keras.Sequential([keras.Input((4,)), L.Dense(3, tf.nn.relu), L.Dense(3, tf.nn.tanh), L.Activation(tf.sigmoid), L.Dense(2, tf.nn.softmax)])

def with_operations():
    return keras.Sequential([keras.Input((4,)), L.Dense(3, keras.ops.relu), L.Dense(2, keras.ops.softmax)])

def relu(x):
    return -x

def misnamed():
    return keras.Sequential([keras.Input((4,)), L.Dense(3, relu)])

def misnamed_inside():
    return keras.Sequential([keras.Input((4,)), keras.Sequential([L.Dense(3), L.Activation(relu)])])

def other_gelu():
    return keras.Sequential([keras.Input((4,)), L.Dense(3, keras.ops.gelu)])

def applied(function, x):
    return function is keras.activations.relu, function(x)

def own_loss():
    model = unbuilt()
    model.compile("adam", loss=lambda a, b: 0 * a)
    return model

def history():
    return plain().fit(np.zeros((8, 4)), np.zeros((8, 2)), verbose=0, epochs=2)

def predict(model, x):
    return model(x)

def objects():
    return [keras.optimizers.Adam(0.01), keras.losses.MeanSquaredError(), keras.initializers.HeNormal(seed=4),
            keras.regularizers.L2(0.25), keras.activations.relu, keras.layers.Dense, keras.metrics.BinaryAccuracy(),
            keras.ops.convert_to_tensor(np.arange(3.0))]

kept_optimizer = keras.optimizers.SGD(0.5)

def kept():
    return kept_optimizer

def fresh():
    return keras.optimizers.SGD(0.5)

received = []

def receive(value):
    received.append(value)
    return [place for place, other in enumerate(received) if other is value]

model = plain()
"""


@pytest.fixture(scope="module")
def remote():
    with student(ANSWER, seconds=300) as link:
        yield link


def test_a_model_comes_with_weights_settings_and_seeds(remote):
    model, predict = remote.fetch("model"), remote.fetch("predict")
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    assert type(model) is keras.Sequential
    np.testing.assert_allclose(model(x), predict(model, x), rtol=1e-5)
    theirs = [np.asarray(weight) for weight in remote.fetch("model").get_weights()]
    for ours, other in zip(model.get_weights(), theirs, strict=True):
        np.testing.assert_array_equal(ours, other)
    assert model.count_params() == 35
    assert type(model.optimizer) is keras.optimizers.SGD
    assert model.optimizer.momentum == 0.9
    assert model.loss == "mse"
    assert list(np.asarray(model.layers[1].seed_generator.state)) == [3, 0]
    assert model.layers[0].kernel_initializer.stddev == 1.0
    model.fit(x, np.zeros((3, 2)), verbose=0)


def test_a_rebuilt_model_is_a_copy(remote):
    model = remote.fetch("model")
    before = model.get_weights()[0].copy()
    model.layers[0].set_weights([np.zeros((4, 3)), np.zeros(3)])
    np.testing.assert_array_equal(remote.fetch("model").get_weights()[0], before)


@pytest.mark.parametrize(
    "name",
    ["functional", "attention", "built_late", "recurrent", "convolution", "nested"],
)
def test_models_of_built_in_layers_are_rebuilt(remote, name):
    model = remote.fetch(name)()
    assert isinstance(model, keras.Model)
    assert model.built
    x = np.random.default_rng(1).normal(size=(2, *model.input_shape[1:])).astype("float32")
    np.testing.assert_allclose(model(x), remote.fetch("predict")(model, x), rtol=1e-4, atol=1e-5)


def test_an_unbuilt_model_stays_unbuilt(remote):
    assert not remote.fetch("unbuilt")().built


def test_a_layer_comes_with_its_weights(remote):
    layer = remote.fetch("one_layer")()
    assert type(layer) is keras.layers.Dense
    assert layer.kernel.shape == (4, 3)


def test_a_subclassed_model_is_a_handle_whose_layers_are_rebuilt(remote):
    model = remote.fetch("subclassed")()
    assert isinstance(model, Handle)
    assert "Subclassed" in model.__assay_reason__
    assert [type(layer) for layer in model.layers] == [keras.layers.Dense] * 2
    x = np.ones((2, 4), "float32")
    np.testing.assert_allclose(model(x), model.layers[1](model.layers[0](x)), rtol=1e-5)


def test_a_lambda_layer_is_a_handle_with_a_reason(remote):
    model = remote.fetch("with_lambda")()
    assert isinstance(model, Handle)
    assert "Lambda" in model.__assay_reason__


@pytest.mark.parametrize(
    ("name", "activations"),
    [
        ("with_tensorflow", ["relu", "tanh", "sigmoid", "softmax"]),
        ("with_operations", ["relu", "softmax"]),
    ],
)
def test_activations_of_tensorflow_are_rebuilt_as_those_of_keras(remote, name, activations):
    model = remote.fetch(name)()
    assert type(model) is keras.Sequential
    assert [layer.activation for layer in model.layers] == [
        getattr(keras.activations, each) for each in activations
    ]
    x = np.random.default_rng(1).normal(size=(2, 4)).astype("float32")
    np.testing.assert_allclose(model(x), remote.fetch("predict")(model, x), rtol=1e-5)


@pytest.mark.parametrize("name", ["misnamed", "misnamed_inside", "other_gelu"])
def test_a_function_that_only_has_the_name_of_an_activation_is_none(remote, name):
    model = remote.fetch(name)()
    assert isinstance(model, Handle)
    assert model.__assay_reason__ == "a function in it is not one of Keras's own"


def test_a_function_of_tensorflow_that_a_test_passes_is_one_in_the_students_kernel(remote):
    import tensorflow

    is_keras, values = remote.fetch("applied")(tensorflow.nn.relu, np.array([-1.0, 2.0]))
    assert is_keras
    np.testing.assert_array_equal(values, [0.0, 2.0])


@pytest.mark.parametrize("name", sorted(keras_models._SAME_ELSEWHERE.split()))
def test_functions_that_are_taken_for_each_other_compute_the_same(name):
    x = np.linspace(-9.0, 9.0, 37).reshape(1, -1).astype("float32")
    same = [function for function, other in keras_models._foreign_functions() if other == name]
    assert len(same) >= 2
    for function in same:
        np.testing.assert_allclose(function(x), getattr(keras.activations, name)(x), rtol=1e-6)


def test_a_model_with_a_loss_of_its_own_comes_uncompiled(remote):
    model = remote.fetch("own_loss")()
    assert isinstance(model, keras.Sequential)
    assert not model.compiled
    assert "compile" in model.__assay_reason__


def test_a_history_is_a_history(remote):
    history = remote.fetch("history")()
    assert type(history) is keras.callbacks.History
    assert sorted(history.history) == ["accuracy", "loss", "mean_squared_error"]
    assert history.epoch == [0, 1]
    assert history.params["epochs"] == 2


def test_small_objects_come_by_config_and_by_name(remote):
    adam, loss, initializer, regularizer, relu, dense, metric, tensor = remote.fetch("objects")()
    assert (type(adam), float(adam.learning_rate)) == (keras.optimizers.Adam, pytest.approx(0.01))
    assert type(loss) is keras.losses.MeanSquaredError
    assert (type(initializer), initializer.seed) == (keras.initializers.HeNormal, 4)
    assert float(regularizer.l2) == 0.25
    assert relu is keras.activations.relu
    assert dense is keras.layers.Dense
    assert type(metric) is keras.metrics.BinaryAccuracy
    assert np.asarray(tensor + 1).tolist() == [1.0, 2.0, 3.0]


def test_one_object_that_is_returned_twice_is_one_object(remote):
    kept, fresh = remote.fetch("kept"), remote.fetch("fresh")
    assert kept() is kept()
    assert fresh() is not fresh()


def test_one_object_that_is_passed_twice_is_one_object(remote):
    receive = remote.fetch("receive")
    first, second = keras.initializers.HeNormal(), keras.initializers.HeNormal()
    assert [receive(each) for each in (first, second, first)] == [[0], [1], [0, 2]]


def test_an_object_that_was_changed_in_between_is_sent_anew(remote):
    receive = remote.fetch("receive")
    optimizer = keras.optimizers.SGD(0.5)
    receive(optimizer)
    optimizer.learning_rate = 0.25
    assert len(receive(optimizer)) == 1


def test_only_so_many_rebuilt_objects_are_kept(monkeypatch):
    monkeypatch.setattr(rebuilt, "_MOST_REBUILT", 2)
    kept = rebuilt.Rebuilt()
    first = kept.get(1, b"a", object)
    assert kept.get(1, b"a", object) is first
    assert kept.get(1, b"b", object) is not first
    kept.get(2, b"a", object)
    assert kept.get(1, b"a", object) is not first


def test_a_large_config_is_not_kept():
    kept = rebuilt.Rebuilt()
    large = b" " * (rebuilt._LARGEST_REBUILT + 1)
    assert kept.get(1, large, object) is not kept.get(1, large, object)


# Configs that an agent of a student's own making would send.


def _layer(name: str, config: dict, module: str = "keras.layers", registered=None) -> dict:
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


def _honest() -> dict:
    layer = keras.layers.Dense(3, kernel_initializer="ones")
    return json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))


def _read(config, settings=None, arrays=()):
    encoder = Encoder(lambda *anything: None)
    settings = settings or {"built": False, "shape": None, "compile": None, "reason": ""}
    coded = [
        "K",
        "layer",
        encoder.buffer(json.dumps(config).encode()),
        encoder.buffer(json.dumps(settings).encode()),
        [keras_models._write_array(array, encoder) for array in arrays],
    ]
    buffers = [bytearray(buffer) for buffer in encoder.buffers]
    return keras_models.read(coded, Decoder(buffers, lambda *anything: None), 0, rebuilt.Rebuilt(), 1)


def _with(**changes) -> dict:
    config = copy.deepcopy(_honest())
    config["config"].update(changes)
    return config


LAMBDA = _layer("Lambda", {"function": {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}})
EVIL = {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"}


def test_the_honest_config_is_rebuilt():
    assert type(_read(_honest())) is keras.layers.Dense


@pytest.mark.parametrize(
    "config",
    [
        LAMBDA,
        _layer("Dense", {"units": 3}, module="os"),
        _layer("system", {"command": "true"}, module="os"),
        _layer("TFSMLayer", {"filepath": "/tmp/x"}),
        _layer("TorchModuleWrapper", {"module": "x"}),
        _layer("StringLookup", {"vocabulary": "/etc/hostname"}),
        _layer("Dense", {"units": 3}, registered="evil>Dense"),
        {**_layer("Dense", {"units": 3}), "build_config": {"input_shape": [1, 2]}},
        {**_layer("Dense", {"units": 3}), "compile_config": {"loss": EVIL}},
        _with(kernel_initializer=EVIL),
        _with(kernel_initializer={"class_name": "Lambda", "config": {}}),
        _with(kernel_regularizer={"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}),
        _with(activation={"class_name": "__lambda__", "config": {"value": "4wEAAAA="}}),
        _with(
            activation={
                "module": "builtins",
                "class_name": "function",
                "config": "eval",
                "registered_name": "function",
            }
        ),
        _with(
            activation={
                "class_name": "__typespec__",
                "spec_name": "x",
                "module": "os",
                "registered_name": None,
                "config": [],
            }
        ),
        _with(bias_initializer={"class_name": "__numpy__", "config": {"value": [1], "dtype": "O"}}),
        _layer("Bidirectional", {"layer": LAMBDA}),
        _layer("TimeDistributed", {"layer": LAMBDA}),
        _layer(
            "Sequential",
            {"name": "s", "layers": [_layer("TimeDistributed", {"layer": LAMBDA})]},
            module="keras",
        ),
        _layer("Sequential", {"name": "s", "layers": [_honest()] * 600}, module="keras"),
        _with(name="n" * 100_000),
    ],
    ids=lambda config: f"{config['module']}.{config['class_name']}",
)
def test_a_config_with_anything_that_is_not_on_the_list_is_refused(config):
    with pytest.raises(keras_models.Refused):
        _read(config)


def test_a_deeply_nested_config_is_refused():
    config = _honest()
    for _ in range(200):
        config = _layer("TimeDistributed", {"layer": config})
    with pytest.raises(keras_models.Refused):
        _read(config)


def test_giant_units_are_refused_before_memory_is_set_aside():
    settings = {"built": True, "shape": [None, 1_000_000], "compile": None, "reason": ""}
    for units in (10**12, 10**6):
        with pytest.raises(keras_models.Refused):
            _read(_with(units=units), settings, [np.zeros((2, 3), "float32"), np.zeros(3, "float32")])
        with pytest.raises(keras_models.Refused):
            _read(_with(units=units), settings)


def test_weights_of_other_shapes_are_refused():
    settings = {"built": True, "shape": [None, 4], "compile": None, "reason": ""}
    right = [np.zeros((4, 3), "float32"), np.zeros(3, "float32")]
    assert _read(_honest(), settings, right).built
    with pytest.raises(keras_models.Refused):
        _read(_honest(), settings, right[:1])
    with pytest.raises(keras_models.Refused):
        _read(_honest(), settings, [np.zeros((3, 4), "float32"), np.zeros(3, "float32")])


def test_compile_settings_with_foreign_functions_are_refused():
    settings = {"built": False, "shape": None, "compile": {"optimizer": "adam", "loss": EVIL}, "reason": ""}
    with pytest.raises(keras_models.Refused):
        _read(_honest(), settings)
