"""What a network that somebody returned is, and how to look at it without changing it.

An answer is a real Keras object, or, in the grader's kernel, a handle on an object of the student's: both are asked
through the same attributes, and a handle is known by the reason that it carries.
"""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras.src.models.functional import Functional

from assay.checks.claims import ClaimFailed

#: Functions whose values are the same as those of an activation of Keras's own are that activation.
ACTIVATIONS = [
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "linear",
    "elu",
    "selu",
    "softplus",
    "softsign",
    "silu",
    "gelu",
    "exponential",
    "relu6",
    "leaky_relu",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "mish",
    "log_softmax",
    "log_sigmoid",
    "celu",
]


def ungradable(message: str) -> Exception:
    """The exception for an answer that the machine cannot judge, so that a person has to look at it."""
    from assay.bridge.remote import Ungradable

    return Ungradable(message)


def is_handle(value: Any) -> bool:
    """Whether it stands for an object in the student's kernel."""
    return hasattr(type(value), "__assay_reason__")


def model_of(answer: Any, name: str) -> Any:
    """Return the answer if it is a Keras model, or a handle on one.

    Raises
    ------
    ClaimFailed
        It is something else; the message says what.
    NotImplementedError
        It is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    if answer is Ellipsis:
        raise NotImplementedError(f"{name} is not answered yet.")
    if answer is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    if isinstance(answer, keras.Model) or (is_handle(answer) and _acts_as_model(answer)):
        return answer
    kind = type(answer).__name__
    if isinstance(answer, type) or (is_handle(answer) and hasattr(answer, "__name__")):
        raise ClaimFailed(f"{name}: got a class or a function, expected a Keras model (is it called?)")
    hints = {
        "History": " (fit returns a History; return the model itself)",
        "list": " (a list of layers becomes a model with keras.Sequential)",
        "tuple": " (return the model alone)",
    }
    article = "an" if kind[:1] in "AEIOU" else "a"
    raise ClaimFailed(f"{name}: got {article} {kind}, expected a Keras model{hints.get(kind, '')}")


def is_builtin(value: Any) -> bool:
    """Whether an object's class is one of Keras's own, or does no more than call itself by another name."""
    if is_handle(value):
        return False
    kind = type(value)
    if kind.__module__.partition(".")[0] == "keras":
        return kind.__name__ != "Lambda"
    return any(
        isinstance(value, base) and _is_unchanged(kind, base) for base in (keras.Sequential, Functional)
    )


def activation_name(function: Any) -> str:
    """The name of Keras's activation that a function, an object or a name stands for.

    A function of somebody else's (``tf.nn.relu``, one of the student's own) is known by its values. What is none of
    Keras's is called by its own name, in brackets.
    """
    if function is None:
        return "linear"
    if isinstance(function, str):
        function = keras.activations.get(function)
    for name in ACTIVATIONS:
        if function is getattr(keras.activations, name, None):
            return name
    if isinstance(function, keras.layers.Layer) and is_builtin(function):
        function = type(function).from_config(function.get_config())
    with undisturbed():
        found = _name_by_values(function)
    return found or f"({str(getattr(function, '__name__', type(function).__name__))[:40]})"


def activation_values(name: str, x: np.ndarray) -> np.ndarray:
    """What an activation of Keras's own gives."""
    if name in _NUMPY_ACTIVATIONS:
        with np.errstate(over="ignore"):
            return _NUMPY_ACTIVATIONS[name](x)
    return np.asarray(getattr(keras.activations, name)(x))


def call(model: Any, x: np.ndarray, *, training: bool = False) -> np.ndarray:
    """The outputs of a model or a layer, eagerly."""
    return np.asarray(model(x, training=training))


@contextmanager
def undisturbed() -> Iterator[None]:
    """Leave the random numbers of Python, NumPy, Keras and TensorFlow, and Keras's count of names, as they were."""
    from keras.src.backend.common import global_state

    names = ("global_random_seed", "global_seed_generator", "object_name_uids")
    python_state, numpy_state = random.getstate(), np.random.get_state()
    kept = {name: global_state.get_global_attribute(name) for name in names}
    generator = kept["global_seed_generator"]
    state = None if generator is None else np.asarray(generator.state).copy()
    counts = None if kept["object_name_uids"] is None else dict(kept["object_name_uids"])
    context = _tensorflow_context()
    tensorflow_state = (context._seed, context._rng.getstate()) if context is not None else None
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
        for name, value in kept.items():
            global_state.set_global_attribute(name, value)
        if generator is not None:
            generator.state.assign(state)
        if counts is not None:
            kept["object_name_uids"].clear()
            kept["object_name_uids"].update(counts)
        if context is not None and tensorflow_state is not None:
            context._seed = tensorflow_state[0]
            context._rng.setstate(tensorflow_state[1])


@contextmanager
def borrowed(model: Any) -> Iterator[None]:
    """Give a built model its weights, moving averages and seeds back in the end."""
    weights = model.get_weights()
    seeds = [] if is_handle(model) else [(each, np.asarray(each).copy()) for each in model.variables]
    try:
        yield
    finally:
        model.set_weights(weights)
        for variable, value in seeds:
            variable.assign(value)


def shake(model: Any, seed: int = 0) -> None:
    """Give a built model random weights that show each of its parts in its outputs.

    Networks that start from zeros, or whose batch normalisation is fresh, would hide their activations and their order.
    What is positive stays positive, as a moving variance has to.
    """
    generator = np.random.default_rng(seed)
    model.set_weights([_shaken(np.asarray(weight), generator) for weight in model.get_weights()])


def first_shape(model: Any, input_shape: Sequence[int] | None = None) -> tuple | None:
    """The shape of one example that a model takes: what it says of itself when it is built, else what is given."""
    for ask in (lambda: model.get_build_config()["input_shape"], lambda: model.input_shape):
        try:
            shape = ask()
            if shape is not None and all(isinstance(extent, int) for extent in shape[1:]):
                return tuple(shape[1:])
        except (AttributeError, TypeError, KeyError, ValueError):
            continue
    return None if input_shape is None else tuple(int(extent) for extent in input_shape)


def build_own(model: Any, shape: tuple | None, name: str) -> None:
    """Build a model of the student's own class that has no weights yet, by calling it as its user would.

    Raises
    ------
    Ungradable
        It is not known on what to call it.
    """
    if model.built is True and len(model.get_weights()) > 0:
        return
    if shape is None:
        raise ungradable(
            f"{name}: a model of its own class that was never called has no weights, and no input_shape was given."
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of layers that are declared and never called.
        model(np.zeros((2, *shape), dtype="float32"), training=False)


def copy_of(model: Any) -> Any:
    """A copy of a model of Keras's own classes: layers, weights and regularisers, but not how it was compiled."""
    copied = _unweighted_copy(model)
    if model.built and not copied.built:
        copied.build((None, *(first_shape(model) or ())))
    if copied.built:
        copied.set_weights(model.get_weights())
    return copied


def copy_of_layer(layer: Any, **changes: Any) -> Any:
    """A layer of Keras's own class with the same settings and weights of its own; it is not built."""
    if isinstance(layer, keras.Model):
        return _unweighted_copy(layer)
    function = getattr(layer, "activation", None)
    if callable(function) and not isinstance(function, keras.layers.Layer):
        name = activation_name(function)
        changes = {"activation": function if name.startswith("(") else name, **changes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of functions in a config, which are replaced here.
        config = {**layer.get_config(), **changes}
    return type(layer).from_config(config)


def _unweighted_copy(model: Any) -> Any:
    if isinstance(model, Functional):
        try:
            return type(model).from_config(model.get_config())
        except Exception:
            # A function that has no name for Keras: a chain of layers can be copied layer by layer.
            if any(len(layer._inbound_nodes) != 1 for layer in model.layers):
                raise
    layers = [copy_of_layer(layer) for layer in model.layers]
    shape = first_shape(model) if model.built else None
    starts = [keras.Input(shape)] if shape is not None and not isinstance(model, Functional) else []
    return keras.Sequential([*starts, *layers])


def _acts_as_model(handle: Any) -> bool:
    # Methods alone: asked for its layers or weights, it would send them all.
    return all(hasattr(handle, name) for name in ("get_layer", "get_weights", "count_params", "built"))


def _is_unchanged(kind: type, base: type) -> bool:
    """Whether a class derived from one of Keras's own only sets itself up in another way."""
    own = (each for each in kind.__mro__ if each.__module__.partition(".")[0] not in ("keras", "builtins"))
    changed = {"call", "__call__", "build", "get_config", "layers", "add_loss", "weights", "losses"}
    return issubclass(kind, base) and not any(changed & set(each.__dict__) for each in own)


def _tensorflow_context() -> Any:
    if keras.backend.backend() != "tensorflow":
        return None
    from tensorflow.python.eager import context

    found = context.context()
    return found if hasattr(found, "_rng") and hasattr(found, "_seed") and found._rng is not None else None


def _shaken(weight: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if weight.dtype.kind != "f" and weight.dtype.name != "bfloat16":
        return weight
    if weight.ndim >= 2:
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        fresh = generator.normal(size=weight.shape) * (1.5 / np.sqrt(fan_in))
    elif weight.size and (weight > 0).all():
        fresh = generator.uniform(0.6, 1.6, size=weight.shape)
    else:
        fresh = generator.uniform(-0.7, 0.7, size=weight.shape)
    return fresh.astype(weight.dtype)


@functools.cache
def _grid() -> np.ndarray:
    steps = np.linspace(-8.0, 8.0, 40) + 0.01 * np.sin(np.arange(40.0))
    return np.random.default_rng(3).permutation(steps).reshape(4, 10).astype("float32")


@functools.cache
def _known_values() -> dict[str, np.ndarray]:
    names = [name for name in ACTIVATIONS if hasattr(keras.activations, name)]
    return {name: np.asarray(getattr(keras.activations, name)(_grid())) for name in names}


def _name_by_values(function: Any) -> str | None:
    try:
        values = np.asarray(function(keras.ops.convert_to_tensor(_grid())))
        if values.shape != _grid().shape or values.dtype.kind != "f":
            return None
    except Exception:
        return None
    for name, known in _known_values().items():
        if np.allclose(values, known, rtol=1e-5, atol=1e-6):
            return name
    return None


def _softmax(x: np.ndarray) -> np.ndarray:
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


_NUMPY_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softmax": _softmax,
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
}
