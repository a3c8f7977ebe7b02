"""Keras objects across the link: config and weights, rebuilt from an allow-list of built-in classes.

A config is checked as a whole before Keras sees any of it: every class, every function name, every size.
What is not on the list, or does not pass, goes as a handle with the reason. Rebuilt models are copies.
"""

from __future__ import annotations

import copy
import json
import math
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from assay import wire
from assay.bridge.rebuilt import Rebuilt
from assay.wire import Decoder, Encoder, WireError

MOST_PARAMETERS = 50_000_000
MOST_LAYERS = 500
MOST_CONFIG_BYTES = 4 * 2**20
MOST_NUMBER = 10_000_000
MOST_DEPTH = 60
MOST_TEXT = 300

_LAYERS = """
Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D
AveragePooling2D AveragePooling3D BatchNormalization Bidirectional Concatenate Conv1D Conv1DTranspose Conv2D
Conv2DTranspose Conv3D Conv3DTranspose Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Dot
Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
GroupNormalization Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D
MaxPooling3D Maximum Minimum MultiHeadAttention Multiply PReLU Permute RMSNormalization RNN RandomFlip RandomRotation
RandomTranslation RandomZoom RandomContrast RandomBrightness ReLU RepeatVector Rescaling Reshape
SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D
StackedRNNCells Subtract TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D
ZeroPadding2D ZeroPadding3D
"""
_OPTIMIZERS = "SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion"
_SCHEDULES = """
CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay
"""
_ACTIVATIONS = """
celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid
log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus squareplus swish tanh
tanh_shrink threshold
"""
#: With the same values elsewhere, defaults included; gelu is another one there.
_SAME_ELSEWHERE = "elu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign tanh"
_NN_OPERATIONS = """
Relu Relu6 Sigmoid Tanh Softmax LogSoftmax Softplus Softsign Silu Gelu Elu Selu LeakyRelu HardSigmoid HardTanh
LogSigmoid
"""
_NUMPY_OPERATIONS = """
Absolute Abs Add Subtract Multiply Divide TrueDivide Power Square Sqrt Exp Log Maximum Minimum Negative Mean Sum Max Min
Concatenate Reshape Transpose Squeeze ExpandDims Tanh Sin Cos Clip Matmul Dot Mod FloorDivide GetItem
"""


class Refused(Exception):  # noqa: N818 - an answer: this one is not rebuilt
    """A config that is not rebuilt; the message says why."""


@dataclass(frozen=True)
class NotRebuildable:
    """Why a Keras object goes as a handle."""

    reason: str


def write(value: Any, encoder: Encoder, depth: int) -> Any:
    """The JSON of a Keras object or a tensor, `NotRebuildable`, or None for anything else."""
    tensor = _as_tensor(value)
    if tensor is not None:
        return ["K", tensor[0], *_write_array(tensor[1], encoder)]
    if isinstance(value, keras.callbacks.History):
        state = [value.history, value.epoch, value.params]
        return ["K", "history", *(encoder.encode(part, depth + 1) for part in state)]
    kind = type(value)
    if id(value) in _FUNCTION_NAMES:
        return ["K", "function", _FUNCTION_NAMES[id(value)]]
    if id(value) in _CLASS_NAMES:
        return ["K", "class", *_CLASS_NAMES[id(value)]]
    is_layer = isinstance(value, keras.layers.Layer)
    if not is_layer and not isinstance(value, _PLAIN_BASES):
        return None
    if id(kind) not in _CLASS_NAMES:
        return NotRebuildable(f"{kind.__name__} is not one of Keras's own classes")
    try:
        return _write_layer(value, encoder) if is_layer else _write_plain(value, encoder)
    except Refused as refused:
        return NotRebuildable(str(refused))
    except Exception as error:
        return NotRebuildable(f"its config cannot be had ({type(error).__name__})")


def is_plain(coded: Any) -> bool:
    """Whether the JSON is that of an object that its config describes in full."""
    return type(coded) is list and coded[:2] == ["K", "plain"]


def read(coded: list, decoder: Decoder, depth: int, rebuilt: Rebuilt, number: int) -> Any:
    """The object of JSON that `write` has written.

    Parameters
    ----------
    rebuilt
        What came earlier.
    number
        How the other side calls the object; the same object has the same number.

    Raises
    ------
    Refused
        It is not on the list, too large, or not valid; nothing of it has been built then.
    WireError
        It is none of ours.
    """
    kind = coded[1] if len(coded) > 1 else None
    if kind in ("tensor", "variable", "keras variable"):
        return _read_tensor(coded, decoder)
    if kind == "history" and len(coded) == 5:
        return _read_history([decoder.decode(part, depth + 1) for part in coded[2:]])
    if kind == "function" and len(coded) == 3 and type(coded[2]) is str and coded[2] in _FUNCTIONS:
        return _FUNCTIONS[coded[2]]
    is_class = kind == "class" and len(coded) == 4 and all(type(part) is str for part in coded[2:])
    if is_class and (coded[2], coded[3]) in _CLASSES:
        return _CLASSES[coded[2], coded[3]]
    if kind == "plain" and len(coded) == 3:
        text = decoder.buffer(coded[2])
        return rebuilt.get(number, bytes(text), lambda: _build_plain(text))
    if kind == "layer" and len(coded) == 5:
        config, settings = _parse(decoder.buffer(coded[2])), _parse(decoder.buffer(coded[3]))
        if type(coded[4]) is not list:
            raise WireError("a model is not valid")
        decoder.count(len(coded[4]))
        arrays = [_read_array(part, decoder) for part in coded[4]]
        return _read_layer(config, settings, arrays)
    raise WireError("a Keras object is not valid")


def _build_plain(text: bytearray) -> Any:
    config = _parse(text)
    _check_object(config, [0], 0)
    return _deserialize(config)


# Tensors


def _as_tensor(value: Any) -> tuple[str, np.ndarray] | None:
    if isinstance(value, keras.Variable):
        return ("keras variable", np.asarray(value)) if type(value) is keras.Variable else None
    if type(value).__module__.partition(".")[0] != "tensorflow":
        return None
    import tensorflow

    if isinstance(value, tensorflow.Variable):
        return "variable", value.numpy()
    if isinstance(value, tensorflow.Tensor) and hasattr(value, "numpy"):
        return "tensor", np.asarray(value.numpy())
    return None


def _read_tensor(coded: list, decoder: Decoder) -> Any:
    import tensorflow

    array = _read_array(coded[2:], decoder)
    if coded[1] == "keras variable":
        return keras.Variable(array, dtype=str(array.dtype))
    return tensorflow.Variable(array) if coded[1] == "variable" else tensorflow.constant(array)


def _write_array(array: Any, encoder: Encoder) -> list:
    array = np.asarray(array)
    if array.dtype.name in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        array = array.astype(np.float32)
    if array.dtype.kind == "O":
        raise Refused("it holds something else than numbers")
    return [array.dtype.str, list(array.shape), encoder.buffer(array.tobytes())]


def _read_array(parts: Any, decoder: Decoder) -> np.ndarray:
    if type(parts) is not list or len(parts) != 3:
        raise WireError("a weight is not valid")
    array = wire._read_array(decoder, ["a", *parts, "C", True], 0)
    if array.dtype.kind not in "biufcSU":
        raise WireError("a weight is not valid")
    return array


def _read_history(parts: list) -> Any:
    record, epoch, params = parts
    if type(record) is not dict or type(epoch) is not list or type(params) not in (dict, type(None)):
        raise WireError("a History is not valid")
    history = keras.callbacks.History()
    history.history, history.epoch = record, epoch
    history.set_params(params)
    return history


# Layers and models


def _write_plain(value: Any, encoder: Encoder) -> list:
    config = _serialized(value)
    _check_object(config, [0], 0)
    return ["K", "plain", encoder.buffer(_to_text(config))]


def _write_layer(value: Any, encoder: Encoder) -> list:
    config = _serialized(value)
    shape = _build_shape(value.get_build_config()) if value.built else None
    _drop_builds(config, 0)
    _check_object(config, [0], 0)
    settings: dict[str, Any] = {"built": bool(value.built), "shape": shape, "compile": None, "reason": ""}
    if isinstance(value, keras.Model) and value.compiled:
        try:
            compiled = json.loads(_to_text(value.get_compile_config()))
            _check_value(compiled, [0], 0)
            settings["compile"] = compiled
        except Exception as error:
            why = str(error) if isinstance(error, Refused) else "they hold something of the student's own"
            settings["reason"] = f"it comes without its compile settings: {why}"
    variables = [*value.weights, *_seed_states(value)]
    _refuse_too_many([variable.shape for variable in variables])
    arrays = [_write_array(variable, encoder) for variable in variables]
    return ["K", "layer", encoder.buffer(_to_text(config)), encoder.buffer(_to_text(settings)), arrays]


def _read_layer(config: Any, settings: Any, arrays: list[np.ndarray]) -> Any:
    _check_object(config, [0], 0)
    if (config["module"], config["class_name"]) not in _LAYER_NAMES:
        raise Refused("it is no layer")
    if type(settings) is not dict or set(settings) != {"built", "shape", "compile", "reason"}:
        raise WireError("a model is not valid")
    shape = _checked_shape(settings["shape"])
    if settings["compile"] is not None:
        _check_value(settings["compile"], [0], 0)
    shapes = [tuple(array.shape) for array in arrays]
    _refuse_too_many(shapes)
    layer, unset = _without_memory(config, shape if settings["built"] is True else None)
    variables = [*layer.weights, *_seed_states(layer)]
    if [tuple(variable.shape) for variable in variables] != shapes:
        raise Refused("its weights do not have the shapes that its config says")
    _give_values(variables, arrays, unset)
    reason = settings["reason"]
    if settings["compile"] is not None:
        try:
            layer.compile_from_config(settings["compile"])
        except Exception as error:
            reason = f"it comes without its compile settings, which raise {type(error).__name__}"
    if type(reason) is str and reason:
        object.__setattr__(layer, "__assay_reason__", reason[:MOST_TEXT])
    return layer


def _without_memory(config: dict, shape: tuple | None) -> tuple[Any, list]:
    """What a config says, built as far as it can be, and its variables, which have a shape but no memory yet."""
    from keras.src.backend.common import global_state

    before = global_state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    unset: list = []
    global_state.set_global_attribute("uninitialized_variables", unset)
    try:
        with keras.StatelessScope(initialize_variables=False):
            layer = _deserialize(config)
            if shape is not None and not layer.built:
                layer.build(shape)
        return layer, unset
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"its config does not build ({type(error).__name__})") from None
    finally:
        global_state.set_global_attribute("uninitialized_variables", before)


def _give_values(variables: list, arrays: list[np.ndarray], unset: list) -> None:
    """Give variables without memory these values, and what else the layer has those that it starts from.

    Nothing is drawn at random for a variable whose value is there: that would take half of the time.
    """
    for variable, array in zip(variables, arrays, strict=True):
        variable._initializer = lambda _, dtype, array=array: keras.ops.convert_to_tensor(array, dtype=dtype)
    for variable in unset:
        if variable._value is None:
            variable._deferred_initialize()


def _seed_states(layer: Any) -> list:
    return [variable for variable in layer.variables if variable.path.endswith("seed_generator_state")]


def _serialized(value: Any) -> dict:
    module, name = _CLASS_NAMES[id(type(value))]
    _refuse_own_functions(value)
    config = _with_keras_names(keras.saving.serialize_keras_object(value.get_config()))
    # Through JSON and back, so that nothing but plain values is left of it.
    return json.loads(
        _to_text({"module": module, "class_name": name, "config": config, "registered_name": None})
    )


def _refuse_own_functions(value: Any) -> None:
    """Refuse what applies a function of the student's own: Keras writes one that is called ``relu`` as its own relu."""
    if not isinstance(value, keras.layers.Layer):
        return
    for layer in value._flatten_layers():
        for name in ("activation", "recurrent_activation"):
            function = getattr(layer, name, None)
            if isinstance(function, keras.layers.Layer) or function is None:
                continue
            if id(function) not in _FUNCTION_NAMES:
                raise Refused("a function in it is not one of Keras's own")


def _with_keras_names(config: Any) -> Any:
    """Call functions of TensorFlow's by the names of those of Keras's that compute the same."""
    if isinstance(config, dict):
        if config.get("class_name") == "function":
            name = _FOREIGN_CONFIGS.get((config.get("module"), config.get("config")))
            if name is not None:
                return name
        return {key: _with_keras_names(part) for key, part in config.items()}
    if isinstance(config, (list, tuple)):
        return [_with_keras_names(part) for part in config]
    return config


def _to_text(config: Any) -> bytes:
    try:
        text = json.dumps(config).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        raise Refused("its config holds something else than plain values") from None
    if len(text) > MOST_CONFIG_BYTES:
        raise Refused("its config is too large")
    return text


def _parse(data: bytearray) -> Any:
    if len(data) > MOST_CONFIG_BYTES or wire._nesting(data) > 2 * MOST_DEPTH:
        raise Refused("its config is too large")
    try:
        return json.loads(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise WireError("a config is no JSON") from None


def _deserialize(config: dict) -> Any:
    try:
        # A copy: Keras takes some configs apart while it reads them.
        return keras.saving.deserialize_keras_object(copy.deepcopy(config), safe_mode=True)
    except Exception as error:
        raise Refused(f"Keras does not rebuild it ({type(error).__name__})") from error


def _build_shape(config: Any) -> Any:
    if type(config) is dict and set(config) == {"input_shape"}:
        shape = config["input_shape"]
        return list(shape) if isinstance(shape, (list, tuple)) else None
    return None


def _checked_shape(shape: Any) -> tuple | None:
    if shape is None:
        return None
    if type(shape) is not list or len(shape) > 10:
        raise Refused("its input shape is not plain")
    for extent in shape:
        if extent is not None and (type(extent) is not int or not 0 <= extent <= MOST_NUMBER):
            raise Refused("its input shape is not plain")
    return tuple(shape)


def _drop_builds(config: Any, depth: int) -> None:
    """Take away what says how to build and compile: the rebuilt one is built from checked shapes instead."""
    if depth > MOST_DEPTH:
        raise Refused("its config is nested too deep")
    if type(config) is dict:
        if "class_name" in config:
            config.pop("build_config", None)
            config.pop("compile_config", None)
        for part in config.values():
            _drop_builds(part, depth + 1)
    elif type(config) is list:
        for part in config:
            _drop_builds(part, depth + 1)


def _refuse_too_many(shapes: list) -> None:
    total = sum(math.prod(int(extent) for extent in shape) for shape in shapes)
    if total > MOST_PARAMETERS:
        raise Refused(f"it has {total} parameters, more than {MOST_PARAMETERS}")


# The check of a config

_OBJECT_KEYS = {
    "module",
    "class_name",
    "config",
    "registered_name",
    "name",
    "inbound_nodes",
    "shared_object_id",
}
_SECRET_KEYS = {
    "module",
    "registered_name",
    "spec_name",
    "class_name",
    "build_config",
    "compile_config",
    "code",
    "filepath",
}


def _check_object(config: Any, count: list[int], depth: int) -> None:
    """Check the config of an object of Keras's own, and everything in it.

    Raises
    ------
    Refused
        Something in it is not on the list.
    """
    if type(config) is not dict or not {"module", "class_name", "config", "registered_name"} <= set(config):
        raise Refused("its config is not one that Keras writes")
    if not set(config) <= _OBJECT_KEYS:
        raise Refused("its config holds more than Keras writes")
    module, name, registered = config["module"], config["class_name"], config["registered_name"]
    if type(module) is not str or type(name) is not str:
        raise Refused("its config is not one that Keras writes")
    if name == "function":
        if module != "builtins" or registered != "function" or config["config"] not in _FUNCTIONS:
            raise Refused("a function in it is not one of Keras's own")
        return
    if (module, name) not in _CLASSES or registered not in (None, name):
        raise Refused(f"{name[:100]} is not on the list of Keras's own classes")
    if (module, name) in _LAYER_NAMES:
        count[0] += 1
        if count[0] > MOST_LAYERS:
            raise Refused(f"it has more than {MOST_LAYERS} layers")
    if type(config["config"]) is not dict:
        raise Refused("its config is not one that Keras writes")
    if "shared_object_id" in config:
        raise Refused("its layers share objects")
    for key, part in config["config"].items():
        _check_key(key)
        _check_value(part, count, depth + 1)
    for key in ("name", "inbound_nodes"):
        _check_value(config.get(key), count, depth + 1)


def _check_value(value: Any, count: list[int], depth: int) -> None:
    if depth > MOST_DEPTH:
        raise Refused("its config is nested too deep")
    kind = type(value)
    if value is None or kind is bool:
        return
    if kind is str:
        if len(value) > MOST_TEXT:
            raise Refused("a text in its config is too long")
    elif kind is int:
        # A seed is the one number that may be large.
        if abs(value) > 2**63:
            raise Refused("a number in its config is too large")
    elif kind is float:
        pass
    elif kind is list:
        for part in value:
            _check_value(part, count, depth + 1)
    elif kind is dict and "class_name" in value:
        if value["class_name"] == "__keras_tensor__":
            _check_tensor(value)
        else:
            _check_object(value, count, depth + 1)
    elif kind is dict:
        for key, part in value.items():
            _check_key(key)
            _check_value(part, count, depth + 1)
    else:
        raise Refused("its config holds something else than plain values")


def _check_key(key: Any) -> None:
    if type(key) is not str or len(key) > MOST_TEXT or key in _SECRET_KEYS or key.startswith("__"):
        raise Refused("its config is not one that Keras writes")


def _check_tensor(value: dict) -> None:
    inner = value.get("config")
    if set(value) != {"class_name", "config"} or type(inner) is not dict:
        raise Refused("a tensor in its config is not valid")
    if set(inner) != {"shape", "dtype", "keras_history"} or type(inner["dtype"]) is not str:
        raise Refused("a tensor in its config is not valid")
    _checked_shape(inner["shape"])
    history = inner["keras_history"]
    if type(history) is not list or len(history) != 3 or type(history[0]) is not str:
        raise Refused("a tensor in its config is not valid")
    if not all(type(part) is int and 0 <= part < 1000 for part in history[1:]):
        raise Refused("a tensor in its config is not valid")


def _tables() -> tuple[dict[tuple[str, str], type], dict[str, Any], set[tuple[str, str]]]:
    """The list: classes by module and name, functions by name, and which of the classes are layers."""
    classes: dict[tuple[str, str], type] = {}
    layers: set[tuple[str, str]] = set()
    for name in _LAYERS.split():
        if hasattr(keras.layers, name):
            classes["keras.layers", name] = getattr(keras.layers, name)
            layers.add(("keras.layers", name))
    for names, module, owner in (
        (_OPTIMIZERS, "keras.optimizers", keras.optimizers),
        (_SCHEDULES, "keras.optimizers.schedules", keras.optimizers.schedules),
    ):
        for name in names.split():
            if hasattr(owner, name):
                classes[module, name] = getattr(owner, name)
    for module, owner, base in (
        ("keras.initializers", keras.initializers, keras.initializers.Initializer),
        ("keras.regularizers", keras.regularizers, keras.regularizers.Regularizer),
        ("keras.constraints", keras.constraints, keras.constraints.Constraint),
        ("keras.losses", keras.losses, keras.losses.Loss),
        ("keras.metrics", keras.metrics, keras.metrics.Metric),
    ):
        for name in dir(owner):
            value = getattr(owner, name)
            if (
                isinstance(value, type)
                and issubclass(value, base)
                and value is not base
                and value.__name__ == name
            ):
                classes[module, name] = value
    classes["keras", "Sequential"] = keras.Sequential
    functional = type(keras.Model(*(2 * [keras.Input((1,))])))
    for module in ("keras.src.models.functional", "keras", "keras.models"):
        classes[module, "Functional"] = functional
        layers.add((module, "Functional"))
    layers.add(("keras", "Sequential"))
    classes["keras", "DTypePolicy"] = keras.DTypePolicy
    from keras.src.ops import nn, numpy

    for module, owner, names in (
        ("keras.src.ops.nn", nn, _NN_OPERATIONS),
        ("keras.src.ops.numpy", numpy, _NUMPY_OPERATIONS),
    ):
        for name in names.split():
            if hasattr(owner, name):
                classes[module, name] = getattr(owner, name)
    functions: dict[str, Any] = {}
    for name in _ACTIVATIONS.split():
        if hasattr(keras.activations, name):
            functions[name] = getattr(keras.activations, name)
    for owner in (keras.losses, keras.metrics):
        for name in dir(owner):
            value = getattr(owner, name)
            is_helper = name in ("get", "serialize", "deserialize")
            if name.islower() and not is_helper and type(value).__name__ == "function":
                functions[name] = value
    # These take code or other classes' objects that are not looked into.
    for refused in (("keras.losses", "LossFunctionWrapper"), ("keras.metrics", "MeanMetricWrapper")):
        classes.pop(refused, None)
    return classes, functions, layers


def _foreign_functions() -> list[tuple[Any, str]]:
    """Functions that are not Keras's activations but compute the same, with the names of those."""
    owners: list[Any] = [keras.ops]
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        owners += [tensorflow.nn, tensorflow.math]
    found = []
    for owner in owners:
        for name in _SAME_ELSEWHERE.split():
            function = getattr(owner, name, None)
            if function is not None:
                found.append((function, name))
    return found


_CLASSES, _FUNCTIONS, _LAYER_NAMES = _tables()
_CLASS_NAMES = {id(value): name for name, value in reversed(list(_CLASSES.items()))}
_FUNCTION_NAMES = {id(value): name for name, value in reversed(list(_FUNCTIONS.items()))}
#: Functions of TensorFlow's and of keras.ops that compute what the activation of that name does, by identity and by config.
_FOREIGN_CONFIGS: dict[tuple[Any, Any], str] = {}
for _function, _name in _foreign_functions():
    _FUNCTION_NAMES.setdefault(id(_function), _name)
    _written = keras.saving.serialize_keras_object(_function)
    if isinstance(_written, dict):
        _FOREIGN_CONFIGS[_written.get("module"), _written.get("config")] = _name
_PLAIN_BASES = (
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
    keras.losses.Loss,
    keras.metrics.Metric,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
)
