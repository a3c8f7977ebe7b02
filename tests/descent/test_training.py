"""``training.fit`` beside ``model.fit``: the same updates, metrics and callbacks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from descent import training

pytestmark = pytest.mark.xdist_group("tensorflow")

NUM_EXAMPLES, NUM_FEATURES, NUM_CLASSES = 100, 6, 3
#: 100 examples make 6 batches of 16 and a last one of 4, so 3 epochs have 21 steps: too many to be run eagerly.
RUN = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}


def arms(num_examples=NUM_EXAMPLES, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(NUM_CLASSES, size=num_examples)
    x = rng.normal(size=(num_examples, NUM_FEATURES)) + 2.0 * np.eye(NUM_CLASSES, NUM_FEATURES)[y]
    return x.astype("float32"), y


@pytest.fixture(scope="module")
def data():
    return arms()


@pytest.fixture(scope="module")
def validation():
    return arms(40, seed=1)


def make_model(
    optimizer="sgd",
    *,
    hidden=(),
    activation="relu",
    loss="sparse_categorical_crossentropy",
    regularizer=None,
    **compiled,
):
    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [
            keras.Input((NUM_FEATURES,)),
            keras.layers.Dense(8, activation=activation, kernel_regularizer=regularizer),
            *(layer() for layer in hidden),
            keras.layers.Dense(NUM_CLASSES, activation="softmax"),
        ]
    )
    optimizer = optimizer() if callable(optimizer) else optimizer
    model.compile(optimizer=optimizer, loss=loss, **{"metrics": ["accuracy"], **compiled})
    return model


def assert_same_weights(ours, theirs, atol=1e-5):
    assert len(ours.get_weights()) == len(theirs.get_weights())
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=atol)


def assert_same_history(ours, theirs, atol=1e-5):
    assert list(ours.history) == list(theirs.history)
    assert ours.epoch == theirs.epoch
    for name, values in theirs.history.items():
        np.testing.assert_allclose(ours.history[name], values, atol=atol, err_msg=name)


#: The three ways that an epoch is run in: operation by operation, as a graph, compiled.
WAYS = {"eager": {"epochs": 1, "batch_size": 25}, "graph": {}, "xla": {"xla": True}}


@pytest.fixture(params=WAYS)
def way(request):
    return RUN | WAYS[request.param]


@pytest.fixture(params=["eager", "graph"])
def way_of_tensorflow(request):
    """Without XLA, which takes seconds to compile even a small loop."""
    return RUN | WAYS[request.param]


def without_xla(run):
    return {name: value for name, value in run.items() if name != "xla"}


# ---- the same training as Keras's


@pytest.mark.parametrize(
    "optimizer",
    [
        pytest.param(lambda: keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), id="momentum"),
        pytest.param(lambda: keras.optimizers.Adam(0.01), id="adam"),
        pytest.param(lambda: keras.optimizers.RMSprop(0.01), id="rmsprop"),
    ],
)
def test_weights_and_history_agree_with_keras(data, validation, optimizer):
    ours, theirs = make_model(optimizer), make_model(optimizer)
    got = training.fit(ours, *data, validation_data=validation, **RUN)
    expected = theirs.fit(*data, validation_data=validation, **RUN)
    assert_same_weights(ours, theirs)
    assert_same_history(got, expected)


def test_every_way_to_run_an_epoch_agrees_with_keras(data, validation, way):
    ours, theirs = make_model(), make_model()
    got = training.fit(ours, *data, validation_data=validation, **way)
    expected = theirs.fit(*data, validation_data=validation, **without_xla(way))
    assert_same_weights(ours, theirs)
    assert_same_history(got, expected)


def test_batch_normalisation_moves_its_averages_as_in_keras(data, way_of_tensorflow):
    ours, theirs = (make_model(hidden=[keras.layers.BatchNormalization]) for _ in range(2))
    training.fit(ours, *data, **way_of_tensorflow)
    theirs.fit(*data, **way_of_tensorflow)
    moving = [weight.numpy() for weight in ours.non_trainable_weights]
    assert_same_weights(ours, theirs)
    assert not np.allclose(moving[0], 0.0)


@pytest.mark.parametrize(
    "regularizer", [keras.regularizers.L1(0.02), keras.regularizers.L2(0.02)], ids=["l1", "l2"]
)
def test_penalties_on_weights_count_as_in_keras(data, regularizer):
    ours, theirs = (make_model(regularizer=regularizer) for _ in range(2))
    got = training.fit(ours, *data, **RUN)
    assert_same_history(got, theirs.fit(*data, **RUN))
    assert_same_weights(ours, theirs)


def test_one_hot_targets_agree_with_keras(data):
    x, y = data
    targets = np.eye(NUM_CLASSES)[y]
    ours, theirs = (make_model(loss="categorical_crossentropy") for _ in range(2))
    got = training.fit(ours, x, targets, **RUN)
    assert_same_history(got, theirs.fit(x, targets, **RUN))


def test_more_metrics_agree_with_keras(data, validation):
    def top2():
        return keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")

    ours, theirs = (make_model(metrics=["accuracy", top2()]) for _ in range(2))
    got = training.fit(ours, *data, validation_data=validation, **RUN)
    assert_same_history(got, theirs.fit(*data, validation_data=validation, **RUN))
    assert "val_top2" in got.history


def test_dropout_is_on_in_training_and_off_in_validation(data, validation):
    model = make_model(
        hidden=[lambda: keras.layers.Dropout(0.99)], optimizer=lambda: keras.optimizers.SGD(0.0)
    )
    history = training.fit(model, *data, validation_data=data, **RUN).history
    assert abs(history["val_loss"][0] - model.evaluate(*data, verbose=0)[0]) < 1e-5
    assert abs(history["loss"][0] - history["val_loss"][0]) > 1e-3


def test_dropout_draws_anew_at_every_batch(way):
    # All examples are equal and nothing is learnt: the loss of an epoch changes with the drawn masks only.
    x, y = np.ones((48, NUM_FEATURES), dtype="float32"), np.zeros(48, dtype=int)
    model = make_model(
        hidden=[lambda: keras.layers.Dropout(0.5)], optimizer=lambda: keras.optimizers.SGD(0.0)
    )
    seeds = [variable for variable in model.variables if "seed" in variable.path]
    before = [seed.numpy().copy() for seed in seeds]
    training.fit(model, x, y, **(way | {"batch_size": 16}))
    moved = [int(seed.numpy()[1] - old[1]) for seed, old in zip(seeds, before, strict=True)]
    assert moved == [3 * way["epochs"]]


def test_integer_inputs_are_cast_as_keras_casts_them():
    x = np.random.default_rng(3).integers(256, size=(NUM_EXAMPLES, NUM_FEATURES), dtype=np.uint8)
    y = arms()[1].astype(np.uint8)
    ours, theirs = (make_model(optimizer=lambda: keras.optimizers.SGD(1e-4)) for _ in range(2))
    got = training.fit(ours, x, y, **RUN)
    assert_same_history(got, theirs.fit(x, y, **RUN), atol=1e-3)


def test_images_keep_their_axes(data):
    x = np.random.default_rng(3).random((64, 5, 4, 1))
    models = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        layers = [
            keras.layers.Conv2D(2, 3),
            keras.layers.Flatten(),
            keras.layers.Dense(3, activation="softmax"),
        ]
        models.append(keras.Sequential([keras.Input((5, 4, 1)), *layers]))
        models[-1].compile("sgd", "sparse_categorical_crossentropy")
    training.fit(models[0], x, data[1][:64], **RUN)
    models[1].fit(x, data[1][:64], **RUN)
    assert_same_weights(*models)


def test_tensors_are_taken_as_arrays_are(data):
    ours, theirs = make_model(), make_model()
    training.fit(ours, tf.constant(data[0]), tf.constant(data[1]), **RUN)
    training.fit(theirs, *data, **RUN)
    assert_same_weights(ours, theirs)


def test_an_unbuilt_model_is_built_on_the_data(data):
    model = keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(NUM_CLASSES, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    training.fit(model, *data, **RUN)
    assert model.count_params() == 4 * (NUM_FEATURES + 1) + NUM_CLASSES * 5


def test_the_optimizer_counts_every_batch(data, way_of_tensorflow):
    model = make_model()
    training.fit(model, *data, **way_of_tensorflow)
    assert (
        int(model.optimizer.iterations)
        == -(-NUM_EXAMPLES // way_of_tensorflow["batch_size"]) * way_of_tensorflow["epochs"]
    )


def test_a_second_training_goes_on_from_the_first(data):
    ours, theirs = (make_model(lambda: keras.optimizers.Adam(0.01)) for _ in range(2))
    for model, fit in ((ours, training.fit), (theirs, keras.Model.fit)):
        fit(model, *data, **RUN)
        fit(model, *data, **(RUN | {"initial_epoch": 1}))
    assert_same_weights(ours, theirs)


def test_a_model_with_a_train_step_of_its_own_is_trained_by_it(data):
    class Doubled(keras.Sequential):
        def train_step(self, batch):
            super().train_step(batch)
            return super().train_step(batch)

    model = Doubled([keras.Input((NUM_FEATURES,)), keras.layers.Dense(NUM_CLASSES, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    training.fit(model, *data, **RUN)
    assert int(model.optimizer.iterations) == 2 * 7 * 3


@pytest.mark.parametrize("xla", [None, True])
def test_what_a_train_step_of_its_own_reports_is_the_history(data, xla):
    class Reporting(keras.Sequential):
        def train_step(self, batch):
            super().train_step(batch)
            return {"rows": tf.shape(batch[0])[0]}

    model = Reporting([keras.Input((NUM_FEATURES,)), keras.layers.Dense(NUM_CLASSES, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    # The values of the last batch, which holds 4 examples.
    assert training.fit(model, *data, **RUN, xla=xla).history == {"rows": [4.0] * 3}


def test_a_loop_that_xla_cannot_compile_is_run_without_it(data):
    class Strings(keras.layers.Layer):
        def call(self, inputs):
            # XLA knows no strings.
            tf.strings.length(tf.strings.as_string(tf.reduce_sum(inputs)))
            return inputs + 0.0 * tf.strings.to_number(tf.strings.as_string(tf.stop_gradient(inputs)))

    ours, theirs = make_model(hidden=[Strings]), make_model(hidden=[Strings])
    training.fit(ours, *data, **RUN, xla=True)
    theirs.fit(*data, **RUN)
    assert_same_weights(ours, theirs)


def test_a_model_that_asks_to_run_eagerly_does(data):
    seen = []

    class Peek(keras.layers.Layer):
        def call(self, inputs):
            seen.append(tf.executing_eagerly() and hasattr(inputs, "numpy"))
            return inputs

    model = make_model(hidden=[Peek], run_eagerly=True)
    seen.clear()
    training.fit(model, *data, **RUN)
    assert len(seen) >= 21
    assert all(seen)


# ---- order and seeds


def test_the_same_seed_gives_the_same_training(data, way_of_tensorflow):
    models = []
    for _ in range(2):
        models.append(make_model(hidden=[lambda: keras.layers.Dropout(0.5)]))
        training.fit(models[-1], *data, **(way_of_tensorflow | {"shuffle": True}))
    assert_same_weights(*models, atol=0.0)


def test_each_epoch_takes_every_example_once_in_another_order():
    x = np.arange(50, dtype="float32")[:, None]
    seen = []

    class Peek(keras.layers.Layer):
        def call(self, inputs, training=False):
            if training:
                seen.append(inputs.numpy()[:, 0])
            return inputs

    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((1,)), Peek(), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    training.fit(model, x, 0.0 * x, batch_size=8, epochs=2, verbose=0)
    epochs = np.concatenate(seen).reshape(2, 50)
    for epoch in epochs:
        np.testing.assert_array_equal(np.sort(epoch), x[:, 0])
    assert not np.array_equal(*epochs)
    assert not np.array_equal(epochs[0], x[:, 0])


# ---- callbacks


class Recorder(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train begin")

    def on_train_end(self, logs=None):
        self.calls.append(("train end", sorted(logs)))

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch begin", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("epoch end", epoch, sorted(logs)))

    def on_test_begin(self, logs=None):
        self.calls.append("test begin")

    def on_test_end(self, logs=None):
        self.calls.append(("test end", sorted(logs)))


class BatchRecorder(Recorder):
    def on_train_batch_begin(self, batch, logs=None):
        self.calls.append(("batch begin", batch))

    def on_train_batch_end(self, batch, logs=None):
        self.calls.append(("batch end", batch, {name: round(value, 4) for name, value in logs.items()}))


@pytest.mark.parametrize("kind", [Recorder, BatchRecorder])
def test_callbacks_are_called_as_keras_calls_them(data, validation, kind):
    ours, theirs = kind(), kind()
    training.fit(make_model(), *data, validation_data=validation, callbacks=[ours], **RUN)
    make_model().fit(*data, validation_data=validation, callbacks=[theirs], **RUN)
    assert ours.calls == theirs.calls


def test_callbacks_learn_model_and_parameters(data):
    callback = keras.callbacks.Callback()
    model = make_model()
    training.fit(model, *data, callbacks=[callback], **RUN)
    assert callback.model is model
    assert callback.params == {"verbose": 0, "epochs": 3, "steps": 7}


def test_a_callback_on_validation_batches_sees_batches_of_the_asked_size(data, validation):
    batches = []
    callback = keras.callbacks.Callback()
    callback.on_test_batch_end = lambda batch, logs=None: batches.append(batch)
    training.fit(
        make_model(), *data, validation_data=validation, callbacks=[callback], **(RUN | {"epochs": 1})
    )
    assert batches == [0, 1, 2]


def test_early_stopping_stops_and_restores_the_best_weights(data, validation):
    # A step that is far too long: the first epoch stays the best.
    ours, theirs = (make_model(lambda: keras.optimizers.SGD(30.0)) for _ in range(2))
    histories = []
    for model, fit in ((ours, training.fit), (theirs, keras.Model.fit)):
        stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=1, restore_best_weights=True)
        run = RUN | {"epochs": 8}
        histories.append(fit(model, *data, validation_data=validation, callbacks=[stopping], **run))
    assert len(histories[0].epoch) < 8
    assert histories[0].epoch == histories[1].epoch
    assert_same_weights(ours, theirs, atol=1e-3)


def test_a_new_learning_rate_holds_from_the_next_epoch_on(data, way_of_tensorflow):
    rates = {0: 0.1, 1: 0.0, 2: 0.0}
    schedule = keras.callbacks.LearningRateScheduler(rates.get)
    one_epoch, scheduled = make_model(), make_model()
    training.fit(one_epoch, *data, callbacks=[schedule], **(way_of_tensorflow | {"epochs": 1}))
    training.fit(scheduled, *data, callbacks=[schedule], **way_of_tensorflow)
    assert_same_weights(one_epoch, scheduled, atol=0.0)
    assert float(scheduled.optimizer.learning_rate) == pytest.approx(rates[way_of_tensorflow["epochs"] - 1])


def test_a_schedule_inside_the_optimizer_counts_batches(data):
    def optimizer():
        return keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.5, 3, 0.5))

    ours, theirs = make_model(optimizer), make_model(optimizer)
    training.fit(ours, *data, **RUN)
    theirs.fit(*data, **RUN)
    assert_same_weights(ours, theirs)


def test_a_plateau_lowers_the_learning_rate(data, validation):
    plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_delta=100.0)
    model = make_model(lambda: keras.optimizers.SGD(0.08))
    training.fit(model, *data, validation_data=validation, callbacks=[plateau], **RUN)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.02)


def test_a_checkpoint_is_written_after_each_epoch(data, tmp_path):
    checkpoint = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.weights.h5"), save_weights_only=True)
    model = make_model()
    training.fit(model, *data, callbacks=[checkpoint], **RUN)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{epoch}.weights.h5" for epoch in (1, 2, 3)]
    fresh = make_model()
    fresh.load_weights(tmp_path / "3.weights.h5")
    assert_same_weights(fresh, model, atol=0.0)


def test_training_stops_at_the_batch_whose_loss_is_no_number(data, capsys):
    x, y = data
    x = x.copy()
    x[20] = np.nan
    # On some processors a ReLU of what is no number is 0.
    model = make_model(activation="linear")
    history = training.fit(model, x, y, callbacks=[keras.callbacks.TerminateOnNaN()], **RUN)
    # Example 20 is in the second batch of 16.
    assert int(model.optimizer.iterations) == 2
    assert np.isnan(history.history["loss"]).all()


def test_a_loss_that_is_no_number_is_part_of_the_history(data):
    x, y = data
    model = make_model(activation="linear")
    history = training.fit(model, np.full_like(x, np.nan), y, **RUN).history
    assert np.isnan(history["loss"]).all()
    assert len(history["loss"]) == 3


def test_a_lambda_callback_acts_after_each_epoch(data):
    epochs = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: epochs.append((epoch, sorted(logs)))
    )
    training.fit(make_model(), *data, callbacks=[callback], **RUN)
    assert epochs == [(epoch, ["accuracy", "loss"]) for epoch in range(3)]


@pytest.mark.parametrize(
    ("callback", "acts"),
    [
        (lambda folder: keras.callbacks.TensorBoard(folder, histogram_freq=1), False),
        (lambda folder: keras.callbacks.TensorBoard(folder, update_freq=5), True),
        (lambda folder: keras.callbacks.ModelCheckpoint(f"{folder}/a.keras"), False),
        (lambda folder: keras.callbacks.ModelCheckpoint(f"{folder}/a.keras", save_freq=3), True),
        (lambda folder: keras.callbacks.EarlyStopping(), False),
        (lambda folder: keras.callbacks.LambdaCallback(on_epoch_end=print), False),
        (lambda folder: keras.callbacks.LambdaCallback(on_train_batch_end=print), True),
        (lambda folder: keras.callbacks.TerminateOnNaN(), True),
    ],
)
def test_only_callbacks_that_act_on_batches_slow_the_training_down(tmp_path, callback, acts):
    assert training._acts_on_batches(callback(str(tmp_path)), training._TRAIN_HOOKS) is acts


# ---- what is shown


def test_one_line_is_left_of_the_progress(data, capsys):
    training.fit(make_model(), *data, **(RUN | {"verbose": "auto"}))
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "epoch 3/3" in out
    assert "loss" in out


def test_nothing_is_shown_when_nothing_is_asked_for(data, capsys):
    training.fit(make_model(), *data, **RUN)
    assert capsys.readouterr().out == ""


def test_one_line_for_each_epoch_can_be_asked_for(data, capsys):
    training.fit(make_model(), *data, **(RUN | {"verbose": 2}))
    assert capsys.readouterr().out.count("\n") == 3


# ---- what is refused


def test_a_model_that_is_not_compiled_is_refused(data):
    with pytest.raises(ValueError, match="not compiled"):
        training.fit(keras.Sequential([keras.layers.Dense(3)]), *data)


def test_what_is_no_model_is_refused(data):
    with pytest.raises(TypeError, match="Keras model, got NoneType"):
        training.fit(None, *data)


def test_different_lengths_are_refused(data):
    with pytest.raises(ValueError, match="100 inputs and 99 targets"):
        training.fit(make_model(), data[0], data[1][:-1])


def test_different_lengths_in_validation_are_refused_by_their_names(data):
    with pytest.raises(ValueError, match="x_val and y_val"):
        training.fit(make_model(), *data, validation_data=(data[0], data[1][:-1]))


def test_lists_are_refused(data):
    with pytest.raises(TypeError, match="x has to be a NumPy array or a tensor, got list"):
        training.fit(make_model(), data[0].tolist(), data[1])


def test_words_are_refused(data):
    with pytest.raises(TypeError, match="y has to hold numbers"):
        training.fit(make_model(), data[0], data[1].astype(str))


def test_no_examples_are_refused(data):
    with pytest.raises(ValueError, match="x holds no examples"):
        training.fit(make_model(), data[0][:0], data[1][:0])


def test_validation_data_that_are_no_pair_are_refused(data):
    with pytest.raises(ValueError, match="pair"):
        training.fit(make_model(), *data, validation_data=data[0])


@pytest.mark.parametrize("name", ["batch_size", "epochs"])
@pytest.mark.parametrize("number", [-1, 2.5, True, "3"])
def test_numbers_that_make_no_sense_are_refused_by_name(data, name, number):
    with pytest.raises(ValueError, match=f"{name} has to be a whole number"):
        training.fit(make_model(), *data, **{name: number})


def test_a_class_that_the_model_does_not_have_is_refused(data, way):
    x, y = data
    y = y.copy()
    y[70] = NUM_CLASSES
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"label value of {NUM_CLASSES}"):
        training.fit(make_model(), x, y, **way)
