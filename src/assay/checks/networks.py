"""The canonical form of a network: a chain of steps in which spelling has disappeared and meaning is left.

Input layers, Dropout(0), linear activations and the like are dropped, nested models are opened, and an activation is a
step of its own wherever it was written. A model of the student's own class is known by what it computes:
see `assay.checks.observed`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from assay.checks.answers import (
    activation_name,
    activation_values,
    call,
    copy_of,
    copy_of_layer,
    first_shape,
    is_builtin,
    is_handle,
    model_of,
    undisturbed,
)
from assay.checks.claims import ClaimFailed

#: Layers that only apply a function, by the names of their classes.
_FUNCTION_LAYERS = frozenset(["Activation", "ReLU", "LeakyReLU", "ELU", "Softmax"])
#: What changes nothing that the network computes.
_NOTHING = frozenset(["InputLayer", "Identity", "ActivityRegularization"])
#: What only rearranges or rescales the input of a network.
PREPARATION = frozenset(["Flatten", "Reshape", "Rescaling", "Normalization", "Permute"])
#: What behaves in another way in training, and is left alone in inference.
NOISES = frozenset(
    [
        "Dropout",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "AlphaDropout",
        "GaussianDropout",
        "GaussianNoise",
    ]
)


#: Activations that keep the order of numbers.
_NEVER_FALLING = frozenset(
    ["relu", "relu6", "leaky_relu", "elu", "selu", "softplus", "softsign", "sigmoid", "tanh"]
)


@dataclass(frozen=True)
class Step:
    """One step of a network in canonical form.

    Attributes
    ----------
    kind
        The name of the layer's class; "Activation" for every activation.
    value
        What is compared: units or filters, the name of an activation, a rate, or the plain settings of another layer.
    layer
        The layer that it comes from, or None.
    arrays
        Its weights as they were when the network was looked at.
    place
        Of a part of a model of the student's own class: which one it is, in the order of declaration.
    """

    kind: str
    value: Any = None
    layer: Any = field(default=None, compare=False, repr=False)
    arrays: tuple[np.ndarray, ...] = field(default=(), compare=False, repr=False)
    place: int | None = field(default=None, compare=False, repr=False)

    @property
    def is_main(self) -> bool:
        """Whether it is a layer that counts: one with a kernel."""
        return self.kind not in ("Activation", "BatchNormalization", *NOISES, *PREPARATION) and (
            self.kind in _MAIN_WITHOUT_UNITS or hasattr(self.layer, "units") or hasattr(self.layer, "filters")
        )

    @property
    def has_bias(self) -> bool:
        """Whether a layer with a kernel has a bias too."""
        return getattr(self.layer, "use_bias", len(self.arrays) > 1) is not False

    def __str__(self) -> str:
        """What it is called in a message."""
        if self.kind == "Activation":
            return f"the activation {self.value}"
        if self.kind == "BatchNormalization":
            return "batch normalisation"
        return f"{self.kind}({self.value:g})" if isinstance(self.value, (int, float)) else self.kind


_MAIN_WITHOUT_UNITS = frozenset(
    ["Dense", "DepthwiseConv1D", "DepthwiseConv2D", "EinsumDense", "Embedding", "MultiHeadAttention"]
)


@dataclass(frozen=True)
class Block:
    """A layer with a kernel and what follows it up to the next one.

    Attributes
    ----------
    name
        "hidden layer k", "output layer", or "the input" for what comes before the first layer with a kernel.
    main
        That layer; None for the input.
    rest
        What follows it.
    """

    name: str
    main: Step | None
    rest: tuple[Step, ...]


class NotAChain(Exception):  # noqa: N818 - says what the network is
    """A functional model that branches."""


class OwnClass(Exception):  # noqa: N818 - says what the network is
    """A part is of somebody's own class, so that what the network computes does not stand in its layers."""


def steps_of(model: Any, shape: tuple | None = None) -> list[Step]:
    """Bring layers of Keras's own classes into canonical form.

    Parameters
    ----------
    model
        A model, a layer, or a list of layers.
    shape
        The shape of one example of the input, where it is known.

    Raises
    ------
    NotAChain
        The network branches.
    OwnClass
        A part is of somebody's own class.
    """
    layers = list(model) if isinstance(model, (list, tuple)) else [model]
    steps: list[Step] = []
    for layer in layers:
        steps += _opened(layer)
    return tidy(steps, shape)


def tidy(steps: Iterable[Step], shape: tuple | None) -> list[Step]:
    """Drop what changes nothing: a Flatten of flat input, Rescaling(1), linear activations, Dropout(0)."""
    kept: list[Step] = []
    is_flat = shape is None or len(shape) == 1
    for step in steps:
        if step.kind in _NOTHING or (step.kind == "Activation" and step.value == "linear"):
            continue
        if step.kind in NOISES and step.value == 0:
            continue
        if step.kind == "Rescaling" and step.value == {"scale": 1.0, "offset": 0.0}:
            continue
        if step.kind == "Flatten" and is_flat:
            continue
        is_flat = (
            is_flat if step.kind in ("Activation", "BatchNormalization", "Rescaling", *NOISES) else False
        )
        is_flat = is_flat or step.kind in ("Dense", "Flatten") or step.kind.startswith("Global")
        kept.append(step)
    for place in range(len(kept) - 1):
        first, second = kept[place], kept[place + 1]
        if second.kind == "Activation" and second.value in _same_after(first):
            kept[place : place + 2] = [second, first]
    return kept


def _same_after(step: Step) -> Collection[str]:
    """The activations that give the same after a step as before it."""
    if step.kind == "Dropout":
        return ("relu", "leaky_relu")
    # The largest of some values stays the largest.
    return _NEVER_FALLING if step.kind.startswith(("MaxPooling", "GlobalMaxPooling")) else ()


def step_of(layer: Any) -> Step:
    """The step of one layer without its own activation."""
    kind = type(layer).__name__
    arrays = tuple(np.asarray(weight) for weight in layer.get_weights())
    if kind == "BatchNormalization":
        return Step(kind, None, layer, arrays)
    for attribute in ("units", "filters", "rate", "stddev"):
        value = getattr(layer, attribute, None)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            more = {
                name: getattr(layer, name)
                for name in ("kernel_size", "strides", "padding")
                if hasattr(layer, name)
            }
            return Step(kind, (value, *map(str, more.values())) if more else value, layer, arrays)
    return Step(kind, _settings(layer), layer, arrays)


def blocks_of(steps: Sequence[Step]) -> list[Block]:
    """Group steps by the layers with a kernel; the first block is the input."""
    places = [place for place, step in enumerate(steps) if step.is_main]
    ends = [*places, len(steps)]
    names = [layer_name(number, len(places)) for number in range(len(places))]
    blocks = [Block("the input", None, tuple(steps[: ends[0]]))]
    for name, start, end in zip(names, ends[:-1], ends[1:], strict=True):
        blocks.append(Block(name, steps[start], tuple(steps[start + 1 : end])))
    return blocks


def layer_name(number: int, count: int) -> str:
    """What the layer with a kernel of an index is called, of so many."""
    return "the output layer" if number == count - 1 else f"hidden layer {number + 1}"


def evaluate(
    steps: Sequence[Step],
    x: np.ndarray,
    *,
    training: bool = False,
    generator: np.random.Generator | None = None,
    moments: list[tuple[np.ndarray, np.ndarray]] | None = None,
) -> np.ndarray:
    """What a network in canonical form computes of a batch.

    Parameters
    ----------
    moments
        In training: takes mean and variance of what each batch normalisation saw.
    """
    for step in steps:
        if step.kind == "Activation" and not step.value.startswith("("):
            x = activation_values(step.value, x)
        elif step.kind == "Dense" and step.arrays:
            x = x @ step.arrays[0]
            x = x + step.arrays[1] if len(step.arrays) > 1 else x
        elif step.kind == "BatchNormalization" and step.arrays and _axis(step.layer) in (-1, x.ndim - 1):
            x = _normalised(step, x, training, moments)
        elif step.kind == "Dropout":
            if training and generator is not None:
                x = x * (
                    (generator.random(x.shape, dtype="float32") >= step.value) / np.float32(1 - step.value)
                )
        elif step.kind in NOISES and not training:
            continue
        else:
            x = call(_linear(step), x.astype("float32"), training=training)
    return x


def as_sequential(model: Any, name: str = "model", *, input_shape: Sequence[int] | None = None) -> Any:
    """Make a copy of a network for a test to train or to look into, whatever it is made of.

    Parameters
    ----------
    model
        A Keras model, of Keras's own classes or of the student's own, or a handle on one.
    name
        What it is called in a message.
    input_shape
        The shape of one example; needed when the model is not built.

    Returns
    -------
    keras.Model
        With copies of the layers and of their weights, not compiled. A model of Keras's own classes is copied as it is; one of the
        student's own class becomes a ``keras.Sequential`` of the layers that it was seen to compute with.

    Raises
    ------
    ClaimFailed
        It is no model.
    Ungradable
        It is of a class of its own whose computation no chain of layers explains, so that a person has to look at it.
    """
    __tracebackhide__ = True
    from assay.checks.observed import observe, with_present_weights

    model = model_of(model, name)
    with undisturbed():
        if all_builtin(model):
            copied = copy_of(model)
            if not copied.built and input_shape is not None:
                copied.build((None, *input_shape))
            return copied
        seen = observe(model, name, input_shape=input_shape)
        if seen.steps is None:
            raise _unexplained(name)
        return sequential(with_present_weights(seen.steps, model), seen.shape)


def sequential(steps: Sequence[Step], shape: tuple) -> Any:
    """A Keras model of copies of the layers of a canonical form, with their weights."""
    layers = [_fresh(step) for step in steps]
    made = keras.Sequential([keras.Input(shape), *layers])
    for layer, step in zip(layers, steps, strict=True):
        if step.arrays:
            layer.set_weights(step.arrays)
    return made


#: What a layer may be given as a function of the student's own, which no configuration can carry.
_PARTS = ("regularizer", "initializer", "constraint")


def all_builtin(model: Any) -> bool:
    """Whether a model and all that is in it is of Keras's own classes."""
    if not is_builtin(model):
        return False
    if isinstance(model, keras.Model) and not all(all_builtin(layer) for layer in model.layers):
        return False
    parts = [
        getattr(model, f"{what}_{part}", None) for what in ("kernel", "bias", "activity") for part in _PARTS
    ]
    if not all(part is None or is_builtin(part) for part in parts):
        return False
    function = getattr(model, "activation", None)
    return function is None or not activation_name(function).startswith("(")


def _unexplained(name: str) -> Exception:
    from assay.checks.answers import ungradable

    return ungradable(f"{name}: it is of its own class, and no chain of layers computes what it computes.")


def _opened(layer: Any) -> list[Step]:
    """The steps of a layer or a model, in order."""
    if not is_builtin(layer):
        raise OwnClass(type(layer).__name__)
    if isinstance(layer, keras.Model):
        is_chain = isinstance(layer, keras.Sequential)
        return [step for part in (layer.layers if is_chain else _chain(layer)) for step in _opened(part)]
    kind = type(layer).__name__
    if kind in _FUNCTION_LAYERS:
        return [Step("Activation", _function_of(layer), layer)]
    if not isinstance(layer, keras.layers.Layer):
        name = kind.lower()
        known = name if hasattr(keras.activations, name) else {"logsoftmax": "log_softmax"}.get(name)
        return [Step("Activation", known, layer) if known else Step(kind, None, layer)]
    steps = [step_of(layer)]
    function = getattr(layer, "activation", None)
    if function is not None and kind not in ("LSTM", "GRU", "SimpleRNN"):
        name = activation_name(function)
        if name.startswith("(") and isinstance(function, keras.layers.Layer) and is_builtin(function):
            return steps + _opened(function)
        if name.startswith("("):
            raise OwnClass(name)
        steps.append(Step("Activation", name))
    return steps


def _chain(model: Any) -> list[Any]:
    """The layers and operations of a functional model from its input to its output."""
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise NotAChain(f"it has {len(model.inputs)} inputs and {len(model.outputs)} outputs")
    chain: list[Any] = []
    tensor = model.outputs[0]
    while tensor is not model.inputs[0]:
        operation, node_index, _ = tensor._keras_history
        sources = operation._inbound_nodes[node_index].input_tensors
        if len(sources) != 1:
            raise NotAChain(f"the layer {operation.name} takes {len(sources)} inputs")
        chain.append(operation)
        tensor = sources[0]
    return chain[::-1]


def _function_of(layer: Any) -> str:
    """The name of the activation that a layer applies."""
    kind = type(layer).__name__
    if kind == "Activation":
        name = activation_name(layer.activation)
        if name.startswith("("):
            raise OwnClass(name)
        return name
    if kind == "ReLU":
        limits = (layer.max_value, float(layer.negative_slope), float(layer.threshold))
        return {(None, 0.0, 0.0): "relu", (6.0, 0.0, 0.0): "relu6"}.get(limits, f"(ReLU{limits})")
    if kind == "LeakyReLU":
        slope = float(layer.negative_slope)
        return "leaky_relu" if abs(slope - 0.2) < 1e-7 else f"(LeakyReLU({slope:g}))"
    if kind == "ELU":
        return "elu" if float(layer.alpha) == 1.0 else f"(ELU({layer.alpha:g}))"
    return "softmax" if layer.axis == -1 else f"(Softmax(axis={layer.axis}))"


def _settings(layer: Any) -> Any:
    if is_handle(layer):
        return None
    if type(layer).__name__ == "Rescaling":
        return (
            {"scale": float(layer.scale), "offset": float(layer.offset)}
            if isinstance(layer.scale, (int, float))
            else None
        )
    if not isinstance(layer, keras.layers.Layer):
        return None
    config = dict(layer.get_config())
    for name in ("name", "trainable", "dtype", "seed", "batch_shape", "batch_input_shape"):
        config.pop(name, None)
    return str(config) if config else None


def _axis(layer: Any) -> int:
    axis = getattr(layer, "axis", -1)
    return int(axis[0]) if isinstance(axis, (list, tuple)) else int(axis)


def _normalised(
    step: Step, x: np.ndarray, training: bool, moments: list[tuple[np.ndarray, np.ndarray]] | None
) -> np.ndarray:
    arrays = list(step.arrays)
    gamma = arrays.pop(0) if getattr(step.layer, "scale", True) else 1.0
    beta = arrays.pop(0) if getattr(step.layer, "center", True) else 0.0
    mean, variance = arrays
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, variance = x.mean(axis=axes), x.var(axis=axes)
        if moments is not None:
            moments.append((mean, variance))
    return gamma * (x - mean) / np.sqrt(variance + float(getattr(step.layer, "epsilon", 1e-3))) + beta


def _linear(step: Step) -> Any:
    """The layer of a step without its own activation, which is a step of its own."""
    layer = step.layer
    if (
        not step.is_main
        or is_handle(layer)
        or getattr(layer, "activation", None) in (None, keras.activations.linear)
    ):
        return layer
    twin = _fresh(step)
    twin.build(layer.get_build_config()["input_shape"])
    twin.set_weights(step.arrays)
    return twin


def _fresh(step: Step) -> Any:
    """A layer of Keras's own that does what a step says."""
    if step.kind == "Activation":
        if (
            step.layer is not None
            and not is_handle(step.layer)
            and isinstance(step.layer, keras.layers.Layer)
        ):
            return type(step.layer).from_config(step.layer.get_config())
        return keras.layers.Activation(step.value)
    if step.kind == "Dropout" and step.layer is None:
        return keras.layers.Dropout(step.value)
    if step.kind == "Dense" and not is_builtin(step.layer):
        return keras.layers.Dense(step.arrays[0].shape[1], use_bias=len(step.arrays) > 1)
    if not is_builtin(step.layer) or not isinstance(step.layer, keras.layers.Layer):
        raise _unexplained("model")
    own = hasattr(step.layer, "activation") and step.kind not in ("LSTM", "GRU", "SimpleRNN")
    return copy_of_layer(step.layer, name=None, **({"activation": "linear"} if own else {}))


def exact_steps(model: Any, name: str, input_shape: Sequence[int] | None) -> list[Step] | None:
    """The canonical form of a model of Keras's own classes, or None when a part is of somebody's own.

    Raises
    ------
    ClaimFailed
        It branches.
    """
    __tracebackhide__ = True
    try:
        return steps_of(model, first_shape(model, input_shape))
    except OwnClass:
        return None
    except NotAChain as branches:
        raise ClaimFailed(
            f"{name}: got a network that branches ({branches}), expected one chain of layers"
        ) from None
