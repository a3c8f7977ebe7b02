"""What `checks.optimizer_steps`, `compiled_with`, `converges` and `does_not_converge` say."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from assay import checks  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers
O = keras.optimizers  # noqa: E741
SPARSE = "sparse_categorical_crossentropy"


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


def network(output="softmax"):
    return keras.Sequential([keras.Input((2,)), L.Dense(8, "relu"), L.Dense(3, output)])


def compiled(*arguments, output="softmax", **keywords):
    model = network(output)
    model.compile(*arguments, **keywords)
    return model


OPTIMIZERS = [
    O.SGD(0.1),
    O.SGD(0.01, momentum=0.9),
    O.SGD(0.01, momentum=0.9, nesterov=True),
    O.RMSprop(0.001),
    O.RMSprop(0.01, rho=0.8, momentum=0.5, epsilon=1e-3),
    O.RMSprop(0.01, centered=True),
    O.Adam(0.001),
    O.Adam(0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-2),
    O.Adam(0.1, amsgrad=True),
    O.SGD(O.schedules.ExponentialDecay(0.1, 1, 0.5)),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda each: type(each).__name__)
def test_an_optimizer_takes_the_steps_of_the_closed_form(optimizer):
    checks.optimizer_steps(type(optimizer).from_config(optimizer.get_config()), optimizer)


def test_the_optimizer_of_a_compiled_model_is_looked_at():
    checks.optimizer_steps(compiled(O.SGD(0.1), "mse"), "sgd", learning_rate=0.1)


def test_an_optimizer_may_be_given_by_name():
    checks.optimizer_steps("adam", O.Adam())


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (O.Adam(0.1), O.SGD(0.1), "optimizer: got Adam, expected SGD"),
        (O.SGD(0.1), O.SGD(0.001), "optimizer: learning rate is 0.1, expected 0.001"),
        ("sgd", O.SGD(0.1), "optimizer: learning rate is 0.01, expected 0.1 (this is Keras's default)"),
        (O.SGD(0.1), O.SGD(0.1, momentum=0.9), "optimizer: momentum is 0, expected 0.9"),
        (O.SGD(0.1, 0.9), O.SGD(0.1, 0.9, nesterov=True), "optimizer: nesterov is False, expected True"),
        (O.RMSprop(0.1, rho=0.5), O.RMSprop(0.1), "optimizer: rho is 0.5, expected 0.9"),
        (O.Adam(0.1, epsilon=0.1), O.Adam(0.1), "optimizer: epsilon is 0.1, expected 1e-07"),
        (None, O.SGD(0.1), "optimizer: got None (is there a return?)"),
        (O.SGD, O.SGD(0.1), "optimizer: got the class SGD, expected an optimizer (is it called?)"),
        ("sdg", O.SGD(0.1), "optimizer: got 'sdg', which is no optimizer of Keras's"),
        (3, O.SGD(0.1), "optimizer: got a int, expected an optimizer"),
    ],
)
def test_another_optimizer_is_named(got, expected, message):
    assert fails(checks.optimizer_steps, got, expected) == message


def test_what_no_setting_shows_is_seen_in_the_steps():
    message = fails(checks.optimizer_steps, O.SGD(0.1, weight_decay=0.1), O.SGD(0.1))
    assert message.startswith(
        "optimizer: step 1 from (1, -0.5, 2) on the bowl with curvatures (1, 4, 0.25) leads to"
    )


def test_a_model_that_is_not_compiled_has_no_optimizer():
    assert fails(checks.optimizer_steps, network(), "sgd") == "optimizer: the model is not compiled"


def test_an_open_optimizer_is_an_open_answer():
    with pytest.raises(NotImplementedError):
        checks.optimizer_steps(..., "sgd")


def test_an_optimizer_of_ones_own_needs_a_person():
    from assay.bridge.remote import Ungradable

    class Mine(O.SGD):
        pass

    with pytest.raises(Ungradable):
        checks.optimizer_steps(Mine(0.1), O.SGD(0.1))


# compiled_with


@pytest.mark.parametrize(
    "optimizer", ["sgd", O.SGD, O.SGD(0.1), ["adam", "sgd"]], ids=["name", "class", "object", "several"]
)
def test_the_optimizer_may_be_given_in_every_form(optimizer):
    checks.compiled_with(compiled(O.SGD(0.1), SPARSE), optimizer, 0.1)


@pytest.mark.parametrize(
    "loss",
    [SPARSE, keras.losses.sparse_categorical_crossentropy, keras.losses.SparseCategoricalCrossentropy()],
    ids=["name", "function", "object"],
)
@pytest.mark.parametrize(
    "expected",
    [SPARSE, keras.losses.SparseCategoricalCrossentropy, ["categorical_crossentropy", SPARSE]],
    ids=["name", "class", "several"],
)
def test_the_loss_may_be_given_in_every_form(loss, expected):
    checks.compiled_with(compiled("sgd", loss), loss=expected)


@pytest.mark.parametrize(
    "metric",
    ["accuracy", "acc", keras.metrics.SparseCategoricalAccuracy(), "sparse_categorical_accuracy"],
    ids=str,
)
def test_accuracy_in_every_form_is_accuracy(metric):
    checks.compiled_with(compiled("sgd", SPARSE, metrics=[metric]), metrics=["accuracy"])


@pytest.mark.parametrize(
    ("model", "keywords", "message"),
    [
        (network, {"optimizer": "sgd"}, "model: it is not compiled"),
        (
            lambda: compiled("adam", SPARSE),
            {"optimizer": "sgd"},
            "model: it is compiled with Adam, expected SGD",
        ),
        (
            lambda: compiled("sgd", SPARSE),
            {"optimizer": "sgd", "learning_rate": 0.1},
            "model's optimizer: learning rate is 0.01, expected 0.1 (this is Keras's default)",
        ),
        (
            lambda: compiled(O.SGD(0.1), SPARSE),
            {"optimizer": O.SGD(0.1, momentum=0.9)},
            "model's optimizer: momentum is 0, expected 0.9",
        ),
        (
            lambda: compiled("sgd", "mse"),
            {"loss": SPARSE},
            f"model: its loss is mean_squared_error, expected {SPARSE}",
        ),
        (
            lambda: compiled("sgd", "categorical_crossentropy"),
            {"loss": SPARSE},
            f"model: its loss is categorical_crossentropy, expected {SPARSE} "
            "(the sparse one is for whole numbers as labels, the other for one-hot vectors)",
        ),
        (
            lambda: compiled("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
            {"loss": SPARSE},
            "model: its loss has from_logits=True, but the output layer's activation is softmax "
            "(the output is no logit any more: leave from_logits out)",
        ),
        (
            lambda: compiled("sgd", SPARSE, output=None),
            {"loss": SPARSE},
            "model: its loss takes probabilities, but the output layer has no activation "
            "(end with a softmax, or say from_logits=True)",
        ),
        (
            lambda: compiled("sgd", SPARSE),
            {"metrics": ["accuracy"]},
            "model: its metrics are none, expected accuracy among them",
        ),
    ],
)
def test_another_setting_is_named(model, keywords, message):
    assert fails(checks.compiled_with, model(), **keywords) == message


def test_logits_without_a_softmax_are_right():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    checks.compiled_with(compiled("sgd", loss, output=None), loss=SPARSE)


def test_a_loss_of_ones_own_is_another_loss():
    model = compiled("sgd", lambda truth, prediction: keras.losses.mse(truth, prediction))
    assert "its loss is a function of its own" in fails(checks.compiled_with, model, loss="mse")


# converges, does_not_converge


@pytest.fixture(scope="module")
def data():
    x = np.random.default_rng(0).normal(size=(192, 2)).astype("float32")
    return x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


TRAINING = {"epochs": 12, "batch_size": 8, "optimizer": O.SGD(0.1)}


def test_a_network_that_learns_converges(data):
    reached = checks.converges(network(), data, at_least=0.75, **TRAINING)
    assert 0.75 <= reached <= 1.0


def not_at_all(model, x, y, **settings):
    """A fit that leaves everything as it is."""


def zeroed():
    """A network that says class 0 of everything."""
    model = network()
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    return model


def test_a_network_that_does_not_learn_is_named(data):
    share = float(np.mean(data[1] == 0))
    message = fails(checks.converges, zeroed(), data, at_least=0.75, epochs=12, batch_size=8, fit=not_at_all)
    assert message == (
        f"model: after 12 epochs of training it is right on {share:.1%} of the examples, expected at least 75.0%"
    )


def quick(model, x, y, *, batch_size, epochs, verbose):
    """A fit that sets weights with which everything is right, and notes nothing else."""
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    quick.calls.append((type(model), model.compiled, len(x), len(y), batch_size, epochs, verbose))


def test_a_fit_of_the_course_trains_a_compiled_copy(data):
    quick.calls = []
    model = network()
    checks.does_not_converge(model, data, at_most=0.6, epochs=3, batch_size=4, fit=quick)
    assert quick.calls == [(keras.Sequential, True, 192, 192, 4, 3, 0)]
    assert any(weight.any() for weight in model.get_weights())


def test_a_network_that_converges_where_it_must_not_is_named(data):
    x, y = data
    zeros = (x, np.zeros_like(y))
    message = fails(
        checks.does_not_converge, zeroed(), zeros, at_most=0.5, epochs=1, batch_size=8, fit=not_at_all
    )
    assert (
        message
        == "model: after 1 epoch of training it is right on 100.0% of the examples, expected at most 50.0%"
    )


@pytest.mark.parametrize("form", ["flat", "pairs"])
def test_accuracy_is_that_on_the_validation_examples(data, form):
    x, y = data
    never = np.full(50, 3)
    held_out = (x[:50], never)
    split = (x, y, *held_out) if form == "flat" else ((x, y), held_out)
    assert (
        checks.does_not_converge(
            network(), split, at_most=0.0, epochs=1, batch_size=8, fit=lambda *a, **k: None
        )
        == 0.0
    )


def test_a_network_that_is_not_a_number_is_never_right(data):
    model = network()
    model.set_weights([weight * np.nan for weight in model.get_weights()])
    x, y = data
    zeros = np.zeros_like(y)
    assert (
        checks.does_not_converge(
            model, (x, zeros), at_most=0.0, epochs=1, batch_size=8, fit=lambda *a, **k: None
        )
        == 0.0
    )


def test_one_output_is_a_probability():
    x = np.array([[-1.0], [2.0]], "float32")
    model = keras.Sequential([keras.Input((1,)), L.Dense(1, "sigmoid", kernel_initializer="ones")])
    nothing = {"epochs": 1, "batch_size": 2, "loss": "binary_crossentropy", "fit": lambda *a, **k: None}
    assert checks.converges(model, (x, np.array([0, 1])), at_least=1.0, **nothing) == 1.0


def test_labels_may_be_one_hot(data):
    x, y = data
    nothing = {"epochs": 1, "batch_size": 2, "loss": "categorical_crossentropy", "fit": lambda *a, **k: None}
    model = network()
    flat = checks.converges(model, data, at_least=0.0, **{**nothing, "loss": SPARSE})
    assert checks.converges(model, (x, np.eye(3)[y]), at_least=0.0, **nothing) == flat


def test_a_seed_makes_training_repeatable(data):
    seen = []

    def fit(model, *data, **settings):
        seen.append((np.asarray(model.get_weights()[0]).tolist(), np.random.random()))

    for seed in (4, 4, 5):
        unbuilt = keras.Sequential([L.Dense(3, "softmax")])
        checks.converges(unbuilt, data, at_least=0.0, epochs=1, batch_size=64, seed=seed, fit=fit)
    assert seen[0] == seen[1]
    assert seen[0][0] != seen[2][0]
    assert seen[0][1] != seen[2][1]
