"""The checks of networks change nothing: not the model, not how it is compiled, not the random numbers."""

import random

import numpy as np
import pytest

keras = pytest.importorskip("keras")
tensorflow = pytest.importorskip("tensorflow")

from assay import checks  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers


def layers():
    regularizer = keras.regularizers.L2(0.01)
    return [
        L.Dense(6, kernel_regularizer=regularizer),
        L.BatchNormalization(),
        L.Activation("relu"),
        L.Dropout(0.5, seed=3),
        L.Dense(3, "softmax", kernel_regularizer=regularizer),
    ]


def plain():
    return keras.Sequential([keras.Input((4,)), *layers()])


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = layers()

    def call(self, x, training=None):
        for step in self.steps:
            x = step(x, training=training) if isinstance(step, (L.Dropout, L.BatchNormalization)) else step(x)
        return x


def own():
    model = Own()
    model(np.zeros((1, 4), "float32"))
    return model


DATA = (np.random.default_rng(0).normal(size=(8, 4)).astype("float32"), np.arange(8) % 3)


def one_step(model, x, y, *, batch_size, epochs, verbose):
    """A fit that changes every weight, quickly."""
    assert model.compiled
    model(x, training=True)
    model.optimizer.apply(
        [keras.ops.ones_like(each) for each in model.trainable_variables], model.trainable_variables
    )


TRAINING = {"epochs": 1, "batch_size": 4, "fit": one_step}
EXPECTED, MOMENTUM = layers(), keras.optimizers.SGD(0.1, momentum=0.9)
CHECKS = {
    "architecture": lambda model: checks.architecture(model, EXPECTED),
    "parameter_count": lambda model: checks.parameter_count(model, 75),
    "batch_norm": checks.batch_norm,
    "dropout": lambda model: checks.dropout(model, 0.5),
    "weight_penalty": lambda model: checks.weight_penalty(model, 0, 0.01),
    "optimizer_steps": lambda model: checks.optimizer_steps(model, MOMENTUM),
    "compiled_with": lambda model: checks.compiled_with(
        model, "sgd", 0.1, "sparse_categorical_crossentropy", ["accuracy"]
    ),
    "converges": lambda model: checks.converges(model, DATA, at_least=0.0, **TRAINING),
    "does_not_converge": lambda model: checks.does_not_converge(model, DATA, at_most=1.0, **TRAINING),
    "as_sequential": checks.as_sequential,
}


def state(model):
    """All that a check must not change, as plain values."""
    return {
        "variables": [np.asarray(variable).tolist() for variable in model.variables],
        "built": [layer.built for layer in (model, *model._flatten_layers(include_self=False))],
        "trainable": [layer.trainable for layer in model._flatten_layers()],
        "compiled": (
            model.compiled,
            id(model.optimizer),
            model.optimizer.iterations.numpy(),
            len(model.optimizer.variables),
        ),
        "losses": len(model.losses),
        "nodes": [len(layer._inbound_nodes) for layer in model._flatten_layers()],
    }


def draws():
    """Numbers from each of the generators."""
    return [
        random.random(),
        float(np.random.random()),
        np.asarray(keras.random.normal((2,))).tolist(),
        tensorflow.random.normal((2,)).numpy().tolist(),
        L.Dense(1).name,
    ]


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("make", [plain, own], ids=["Keras's own class", "a class of one's own"])
def test_a_check_changes_nothing(make, name):
    model = make()
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.optimizer.apply(
        [keras.ops.ones_like(each) for each in model.trainable_variables], model.trainable_variables
    )
    before = state(model)
    count = int(L.Dense(1).name.rpartition("_")[2])
    keras.utils.set_random_seed(5)
    expected = draws()
    keras.utils.set_random_seed(5)
    CHECKS[name](model)
    assert state(model) == before
    got = draws()
    assert got[:-1] == expected[:-1]
    # The count of names: nothing was counted but the two layers above.
    assert int(got[-1].rpartition("_")[2]) == count + 2


def test_a_check_that_fails_changes_nothing_either():
    model = own()
    before = [weight.tolist() for weight in model.get_weights()]
    with pytest.raises(checks.ClaimFailed):
        checks.architecture(model, [L.Dense(7), L.Dense(3)])
    assert [weight.tolist() for weight in model.get_weights()] == before


def test_initial_weights_leaves_the_random_numbers_alone():
    keras.utils.set_random_seed(5)
    expected = draws()[:-1]
    keras.utils.set_random_seed(5)
    checks.initial_weights(
        lambda: keras.Sequential([keras.Input((4,)), L.Dense(3)]), "glorot_uniform", builds=2
    )
    assert draws()[:-1] == expected


def test_the_expected_layers_stay_unbuilt():
    expected = layers()
    checks.architecture(plain(), expected)
    checks.architecture(own(), expected)
    assert not any(layer.built for layer in expected if isinstance(layer, (L.Dense, L.BatchNormalization)))


def test_an_optimizer_keeps_its_state():
    optimizer = keras.optimizers.Adam(0.1)
    checks.optimizer_steps(optimizer, keras.optimizers.Adam(0.1))
    assert not optimizer.built
