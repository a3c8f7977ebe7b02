"""Trains a compiled Keras model as ``model.fit`` does, with a whole epoch in one call of TensorFlow."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence, Set
from typing import Any

import numpy as np

from descent.progress import ProgressLine, bar
from descent.silence import silent_descriptor

# TensorFlow tells on standard error what it finds on the machine, which says nothing to a student; some of it whatever the level is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
with silent_descriptor(2):
    import keras
    import tensorflow as tf

#: Up to here, running each operation at once takes less time than building a graph of them first.
MAX_EAGER_STEPS = 5
#: From here on XLA's compiled loop saves more time than compiling it takes.
MIN_XLA_STEPS = 15_000

#: Validation changes no weight, so its batches may be larger than those of the training.
_VALIDATION_ROWS = 2_048
_MIN_EPOCHS_FOR_VALIDATION_GRAPH = 4
_TRAIN_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
_TEST_HOOKS = ("on_test_batch_begin", "on_test_batch_end")

Logs = dict[str, Any]


def fit(
    model: keras.Model,
    x: np.ndarray | tf.Tensor,
    y: np.ndarray | tf.Tensor,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    validation_data: tuple | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    shuffle: bool = True,
    initial_epoch: int = 0,
    verbose: int | str = "auto",
    xla: bool | None = None,
) -> keras.callbacks.History:
    """Train a compiled model: the updates, metrics and callbacks of ``model.fit``, in a fraction of its time.

    All data stay in memory and each epoch is one loop inside TensorFlow, so the time per batch that ``model.fit``
    spends in Python and in its data pipeline is saved. The model's own ``train_step`` and ``test_step`` do the work.
    With ``shuffle=False`` and no dropout the weights agree with those of ``model.fit`` up to rounding; with
    shuffling the order of the examples is another one. Validation uses larger batches, which changes its results
    by rounding only. A callback that acts on every batch is served, at about the speed of ``model.fit``.

    Parameters
    ----------
    model
        Compiled; it is built on the data if it was not.
    x
        Inputs, shape (num_examples, ...).
    y
        Targets, shape (num_examples,) or (num_examples, ...), as the model's loss takes them.
    batch_size
        Examples per update; the last batch of an epoch may be smaller.
    epochs
        Number of the epoch to stop after, as in Keras: ``epochs - initial_epoch`` are run.
    validation_data
        ``(x_val, y_val)``, evaluated after each epoch.
    callbacks
        Any of Keras's callbacks.
    shuffle
        Whether each epoch takes the examples in a new order.
    initial_epoch
        Number of epochs that were done before.
    verbose
        0 shows nothing, 1 or "auto" one line that is updated in place, 2 one line for each epoch.
    xla
        Whether XLA compiles the loop; by default if the run is long enough for that to pay.

    Returns
    -------
    keras.callbacks.History
        As from ``model.fit``.

    Raises
    ------
    ValueError
        If the model is not compiled or the data or numbers do not fit together.
    TypeError
        If x or y are no arrays or the model is no Keras model.
    """
    data = _checked(model, x, y, "x", "y")
    validation = None
    if validation_data is not None:
        if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
            raise ValueError("validation_data has to be a pair (x_val, y_val).")
        validation = _checked(model, *validation_data, "x_val", "y_val")
    for name, number, least in (
        ("batch_size", batch_size, 1),
        ("epochs", epochs, 0),
        ("initial_epoch", initial_epoch, 0),
    ):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise ValueError(f"{name} has to be a whole number of at least {least}, got {number!r}.")

    num_examples = len(data[0])
    steps = -(-num_examples // batch_size)
    hooks = keras.callbacks.CallbackList(
        list(callbacks),
        add_history=True,
        add_progbar=False,
        model=model,
        verbose=1 if verbose == "auto" else verbose,
        epochs=epochs,
        steps=steps,
    )
    _build(model, *data)
    run_epoch = _epoch_runner(model, data, batch_size, steps * (epochs - initial_epoch), hooks, xla)
    evaluate = (
        _evaluator(model, validation, batch_size, epochs - initial_epoch, hooks) if validation else None
    )
    progress = _Progress(_title(model, hooks), initial_epoch, epochs, verbose)

    model.stop_training = False
    hooks.on_train_begin()
    logs: Logs | None = None
    try:
        for epoch in range(initial_epoch, epochs):
            model.reset_metrics()
            hooks.on_epoch_begin(epoch)
            logs = _plain(run_epoch(_order(num_examples, shuffle)))
            if evaluate is not None:
                logs.update({f"val_{name}": value for name, value in evaluate().items()})
            hooks.on_epoch_end(epoch, logs)
            progress.epoch_done(epoch, logs)
            if model.stop_training:
                break
    finally:
        progress.close()
    if epochs > 0 and isinstance(model.optimizer, keras.optimizers.Optimizer):
        model.optimizer.finalize_variable_values(model.trainable_weights)
    hooks.on_train_end(logs=logs)
    return model.history


def _checked(model: keras.Model, x: Any, y: Any, x_name: str, y_name: str) -> tuple[tf.Tensor, tf.Tensor]:
    """Check what a person may get wrong, and bring the arrays to TensorFlow in Keras's float type."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            f"descent.training needs Keras on TensorFlow, and it runs on {keras.backend.backend()}."
        )
    if not isinstance(model, keras.Model):
        raise TypeError(f"the model has to be a Keras model, got {type(model).__name__}.")
    if not model.compiled:
        raise ValueError("the model is not compiled: call model.compile(...) before it is trained.")
    for name, array in ((x_name, x), (y_name, y)):
        if not isinstance(array, (np.ndarray, tf.Tensor)):
            raise TypeError(f"{name} has to be a NumPy array or a tensor, got {type(array).__name__}.")
        if isinstance(array, np.ndarray) and array.dtype.kind not in "biuf":
            raise TypeError(f"{name} has to hold numbers, got an array of dtype {array.dtype}.")
        if len(array.shape) == 0 or array.shape[0] == 0:
            raise ValueError(f"{name} holds no examples: its shape is {tuple(array.shape)}.")
    if len(x) != len(y):
        raise ValueError(f"{x_name} and {y_name} differ in length: {len(x):,} inputs and {len(y):,} targets.")
    return _tensor(x), _tensor(y)


def _tensor(array: np.ndarray | tf.Tensor) -> tf.Tensor:
    tensor = tf.convert_to_tensor(array)
    # Keras brings every float to its own float type before a model sees it, and leaves integers alone.
    return tf.cast(tensor, keras.config.floatx()) if tensor.dtype.is_floating else tensor


def _order(num_examples: int, shuffle: bool) -> tf.Tensor:
    """Indices of the examples in the order in which an epoch takes them."""
    order = tf.range(num_examples)
    return tf.random.shuffle(order) if shuffle else order


def _plain(logs: Any) -> Logs:
    """Bring the values to Python's floats, as Keras's History holds them."""
    values: Logs = {}
    for name, value in logs.items():
        if isinstance(value, dict):
            values.update(_plain(value))
        else:
            try:
                values[name] = float(value)
            except (TypeError, ValueError):
                # A train_step of somebody's own may report what is no number; Keras keeps it as it is.
                values[name] = value
    return values


def _build(model: keras.Model, x: tf.Tensor, y: tf.Tensor) -> None:
    """Create weights, metrics and slots of the optimizer by one step of testing, which changes no weight.

    Of integer targets it takes the smallest and the largest, so that a class that the model does not have
    is refused here: XLA would make NaN of it without a word.
    """
    rows = tf.constant([0])
    if y.dtype.is_integer and len(y.shape) == 1:
        rows = tf.stack([tf.argmin(y), tf.argmax(y)])
    model.test_step((tf.gather(x, rows), tf.gather(y, rows)))
    if isinstance(model.optimizer, keras.optimizers.Optimizer) and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _epoch_runner(
    model: keras.Model,
    data: tuple[tf.Tensor, tf.Tensor],
    batch_size: int,
    num_steps: int,
    hooks: keras.callbacks.CallbackList,
    xla: bool | None,
) -> Callable[[tf.Tensor], Logs]:
    """Choose how an epoch is run; the function returned takes the order of the examples and returns the logs."""
    watchers = (
        hooks if any(_acts_on_batches(callback, _TRAIN_HOOKS) for callback in hooks.callbacks) else None
    )
    if model.run_eagerly or (num_steps <= MAX_EAGER_STEPS and not xla):
        return lambda order: _batch_by_batch(model, model.train_step, data, order, batch_size, watchers)
    step = _quietly_traced(model.train_step)
    runners = [lambda order: _batch_by_batch(model, step, data, order, batch_size, watchers)]
    if watchers is None:
        runners.insert(0, _graph_epoch(model, data, batch_size))
        if xla or (xla is None and (num_steps >= MIN_XLA_STEPS or model.jit_compile)):
            runners.insert(0, _xla_epoch(model, data, batch_size))
    return _FirstThatWorks(runners)


class _RefusedError(Exception):
    """This way to run an epoch cannot train this model, and nothing was trained yet."""


class _FirstThatWorks:
    """Runs epochs in the first of several ways that does not refuse the model."""

    def __init__(self, runners: list[Callable[[tf.Tensor], Logs]]) -> None:
        self._runners = runners

    def __call__(self, order: tf.Tensor) -> Logs:
        while len(self._runners) > 1:
            try:
                return self._runners[0](order)
            except _RefusedError:
                self._runners.pop(0)
        return self._runners[0](order)


def _batch_by_batch(
    model: keras.Model,
    step: Callable,
    data: tuple[tf.Tensor, tf.Tensor],
    order: tf.Tensor,
    batch_size: int,
    watchers: keras.callbacks.CallbackList | None,
) -> Logs:
    """Run an epoch from Python, one call a batch."""
    logs: Logs = {}
    for number, first in enumerate(range(0, len(order), batch_size)):
        if watchers is not None:
            watchers.on_train_batch_begin(number)
        rows = order[first : first + batch_size]
        logs = step(tuple(tf.gather(array, rows) for array in data))
        if watchers is not None:
            watchers.on_train_batch_end(number, logs)
            if model.stop_training:
                break
    results = model.get_metrics_result()
    return results if results.keys() == logs.keys() else logs


def _graph_epoch(
    model: keras.Model, data: tuple[tf.Tensor, tf.Tensor], batch_size: int
) -> Callable[[tf.Tensor], Logs]:
    """Run an epoch as one loop in a TensorFlow graph."""

    def loop(x: tf.Tensor, y: tf.Tensor, order: tf.Tensor) -> None:
        def train(first: tf.Tensor) -> tuple[tf.Tensor]:
            # A slice ends where the order ends, so the last batch may be smaller.
            _step_of_loop(model, names, x, y, order[first : first + batch_size])
            return (first + batch_size,)

        tf.while_loop(lambda first: first < tf.shape(order)[0], train, (tf.constant(0),))

    def run(order: tf.Tensor) -> Logs:
        traced(*data, order)
        return model.get_metrics_result()

    names = model.get_metrics_result().keys()
    traced = _quietly_traced(loop)
    return run


def _xla_epoch(
    model: keras.Model, data: tuple[tf.Tensor, tf.Tensor], batch_size: int
) -> Callable[[tf.Tensor], Logs]:
    """Run an epoch as one loop that XLA compiles, with a last smaller batch after it: XLA needs fixed shapes."""

    def loop(x: tf.Tensor, y: tf.Tensor, order: tf.Tensor) -> None:
        num_whole = order.shape[0] // batch_size
        whole = tf.reshape(order[: num_whole * batch_size], (num_whole, batch_size))

        def train(number: tf.Tensor) -> tuple[tf.Tensor]:
            _step_of_loop(model, names, x, y, whole[number])
            return (number + 1,)

        if num_whole:
            tf.while_loop(lambda number: number < num_whole, train, (tf.constant(0),))
        if order.shape[0] % batch_size:
            _step_of_loop(model, names, x, y, order[num_whole * batch_size :])

    def run(order: tf.Tensor) -> Logs:
        before = int(model.optimizer.iterations)
        try:
            traced(*data, order)
        except (
            tf.errors.InvalidArgumentError,
            tf.errors.UnimplementedError,
            tf.errors.InternalError,
        ) as error:
            # XLA compiles before it runs: a loop that it cannot compile has trained nothing.
            if int(model.optimizer.iterations) == before:
                raise _RefusedError from error
            raise
        return model.get_metrics_result()

    names = model.get_metrics_result().keys()
    traced = _quietly_traced(loop, jit_compile=True)
    return run


def _quietly_traced(function: Callable, **options: Any) -> Any:
    """Make a TensorFlow function that is traced once for each model, and does not warn at the fifth model."""
    traced = tf.function(function, autograph=False, reduce_retracing=True, **options)
    # TensorFlow counts by the place in the code and takes five models for one function that is traced five times.
    traced._omit_frequent_tracing_warning = True
    return traced


def _step_of_loop(model: keras.Model, names: Set[str], x: tf.Tensor, y: tf.Tensor, rows: tf.Tensor) -> None:
    logs = model.train_step((tf.gather(x, rows), tf.gather(y, rows)))
    if logs.keys() != names:
        # A train_step of the student's own may report other values than the metrics; they are those of the last batch.
        raise _RefusedError


def _evaluator(
    model: keras.Model,
    data: tuple[tf.Tensor, tf.Tensor],
    batch_size: int,
    num_epochs: int,
    hooks: keras.callbacks.CallbackList,
) -> Callable[[], Logs]:
    """Make the function that evaluates the model on the validation data and tells the callbacks."""
    watchers = hooks if any(_acts_on_batches(callback, _TEST_HOOKS) for callback in hooks.callbacks) else None
    step = model.test_step
    if num_epochs >= _MIN_EPOCHS_FOR_VALIDATION_GRAPH and not model.run_eagerly:
        step = _quietly_traced(model.test_step)
    num_rows = batch_size if watchers is not None else max(batch_size, _VALIDATION_ROWS)

    def over_batches(num_rows: int) -> tuple[Logs, Logs]:
        model.reset_metrics()
        logs: Logs = {}
        for number, first in enumerate(range(0, len(data[0]), num_rows)):
            if watchers is not None:
                watchers.on_test_batch_begin(number)
            logs = step(tuple(array[first : first + num_rows] for array in data))
            if watchers is not None:
                watchers.on_test_batch_end(number, logs)
        return logs, model.get_metrics_result()

    def evaluate() -> Logs:
        nonlocal num_rows
        hooks.on_test_begin()
        logs, results = over_batches(num_rows)
        if logs.keys() != results.keys():
            if num_rows != batch_size:
                # Values of the last batch alone depend on which examples are in it.
                num_rows = batch_size
                logs, results = over_batches(num_rows)
            results = logs
        values = _plain(results)
        hooks.on_test_end(values)
        return values

    return evaluate


def _acts_on_batches(callback: keras.callbacks.Callback, names: Sequence[str]) -> bool:
    """Whether the callback does anything at a batch; some of Keras's own are asked only now and then."""
    if type(callback) is keras.callbacks.TensorBoard:
        quiet = callback.update_freq == "epoch" and not callback.write_steps_per_second
        return not quiet or getattr(callback, "_should_trace", True)
    if type(callback) in (keras.callbacks.ModelCheckpoint, keras.callbacks.BackupAndRestore):
        return callback.save_freq != "epoch"
    return any(not getattr(getattr(callback, name), "_is_default", False) for name in names)


def _title(model: keras.Model, hooks: keras.callbacks.CallbackList) -> str:
    """What to call the run: the folder of its logs, which somebody has chosen, or else the name of the model."""
    for callback in hooks.callbacks:
        if isinstance(callback, keras.callbacks.TensorBoard):
            return os.path.basename(os.path.normpath(str(callback.log_dir)))
    return model.name


class _Progress:
    """Shows in one line how many epochs are done and how the model does."""

    def __init__(self, name: str, initial_epoch: int, epochs: int, verbose: int | str) -> None:
        self._name = name
        self._initial_epoch = initial_epoch
        self._epochs = epochs
        self._started = time.perf_counter()
        self._line = ProgressLine() if verbose in (1, "auto") else None
        self._every_epoch = verbose == 2

    def epoch_done(self, epoch: int, logs: Logs) -> None:
        values = "  ".join(f"{name} {_short(value)}" for name, value in sorted(logs.items()))
        seconds = time.perf_counter() - self._started
        share = (epoch + 1 - self._initial_epoch) / (self._epochs - self._initial_epoch)
        text = f"{self._name}  epoch {epoch + 1}/{self._epochs} {bar(share)} {seconds:.1f} s  {values}"
        if self._line is not None:
            self._line.show(text)
        elif self._every_epoch:
            print(text, flush=True)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


def _short(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) and abs(value) < 1e5 else f"{value}"
