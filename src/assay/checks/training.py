"""Checks of how a network is trained: its optimizer, its loss, and how far a training that the test runs itself gets."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import keras
import numpy as np

from assay.checks.answers import is_handle, model_of, undisturbed, ungradable
from assay.checks.claims import ClaimFailed
from assay.checks.margins import AT_LEAST, AT_MOST, keeps
from assay.checks.networks import as_sequential

#: The diagonal of the bowl on which optimizers take their steps, and where they start.
_CURVATURES = np.array([1.0, 4.0, 0.25])
_START = np.array([1.0, -0.5, 2.0])


def optimizer_steps(
    optimizer: Any,
    expected: Any,
    name: str = "optimizer",
    *,
    learning_rate: float | None = None,
    steps: int = 3,
) -> None:
    """Compare the first steps of an optimizer on a small bowl with the closed form of the one that is asked for.

    With gradient g, rate eta and step t = 1, 2, ..., in Keras's form (keras/src/optimizers):

    - SGD: theta -= eta g; with momentum beta: v = beta v - eta g, theta += v; with Nesterov's: theta += beta v - eta g
      (Sutskever et al. 2013).
    - RMSprop (Hinton, lecture 6e, 2012): v = rho v + (1 - rho) g^2, theta -= eta g / sqrt(v + epsilon); centred and with
      momentum as in Keras's documentation.
    - Adam (Kingma and Ba 2015, the form before section 2.1): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2,
      theta -= eta sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon).

    Parameters
    ----------
    optimizer
        The answer: an optimizer, its name, or a compiled model. A copy of it takes the steps.
    expected
        An optimizer of Keras's: SGD, RMSprop or Adam, as an object, a class or a name.
    learning_rate
        The rate, if ``expected`` is a name or a class.
    steps
        How many to compare.

    Raises
    ------
    ClaimFailed
        It is of another kind, has another setting, or takes other steps.
    Ungradable
        It is of the student's own class.
    NotImplementedError
        It is still open (an Ellipsis).
    """
    __tracebackhide__ = True
    with undisturbed():
        got = _optimizer_of(optimizer, name)
        wanted = _optimizer(expected, learning_rate)
        _compare_settings(got, wanted, name)
        fresh = type(got).from_config(got.get_config())
        path, closed = _path(fresh, steps), _closed_path(wanted, steps)
        for number, (one, other) in enumerate(zip(path, closed, strict=True)):
            if not np.allclose(one, other, rtol=1e-4, atol=1e-5):
                raise ClaimFailed(
                    f"{name}: step {number + 1} from {_short(_START)} on the bowl with curvatures {_short(_CURVATURES)} leads to "
                    f"{_short(one)}, expected {_short(other)}"
                )


def compiled_with(
    model: Any,
    optimizer: Any = None,
    learning_rate: float | None = None,
    loss: Any = None,
    metrics: Collection[Any] | None = None,
    name: str = "model",
) -> None:
    """Compare what a model was compiled with.

    Parameters
    ----------
    model
        The answer.
    optimizer
        An optimizer of Keras's: a name or a class (its kind is compared, and ``learning_rate`` if that is given), or
        an object (all its settings are compared); or several in a list or a tuple that are all right. None is not compared.
    learning_rate
        The rate.
    loss
        A loss of Keras's: a name, a function, an object or a class; or several in a list or a tuple that are all right. "sparse_categorical_crossentropy"
        and "categorical_crossentropy" are two losses: name both to accept both. Logits are no probabilities: ``from_logits=True`` is
        right only for an output without softmax or sigmoid, and the other way round.
    metrics
        Names of metrics that have to be among those of the model ("accuracy" stands for each of its kinds).

    Raises
    ------
    ClaimFailed
        The model is not compiled, or with something else.
    """
    __tracebackhide__ = True
    model = model_of(model, name)
    with undisturbed():
        if model.compiled is not True:
            reason = getattr(model, "__assay_reason__", "") if not is_handle(model) else ""
            if "compile" in str(reason):
                raise ungradable(f"{name}: {reason}")
            raise ClaimFailed(f"{name}: it is not compiled")
        if optimizer is not None:
            _compare_optimizer(model, optimizer, learning_rate, name)
        elif learning_rate is not None:
            _compare_rate(_optimizer_of(model, name), learning_rate, f"{name}'s optimizer")
        if loss is not None:
            _compare_loss(model, loss, name)
        if metrics is not None:
            _compare_metrics(model, metrics, name)


def converges(
    model: Any,
    data: Sequence[Any],
    *,
    at_least: float,
    epochs: int,
    batch_size: int,
    optimizer: Any = "sgd",
    loss: Any = "sparse_categorical_crossentropy",
    seed: int = 0,
    fit: Callable[..., Any] | None = None,
    input_shape: Sequence[int] | None = None,
    name: str = "model",
) -> float:
    """Train a copy of a network, and check the accuracy that it reaches.

    Parameters
    ----------
    model
        The answer. Its weights are where the training starts; its own compile settings do not matter. One of the student's own class is trained as
        the ``keras.Sequential`` of its layers that `as_sequential` makes.
    data
        ``(x, y)``, or ``(x, y, x_validation, y_validation)``, or ``((x, y), (x_validation, y_validation))``. Accuracy is measured
        on the validation examples where there are some.
    at_least
        The accuracy that is needed, between 0 and 1.
    epochs, batch_size, optimizer, loss
        Of the training. An optimizer object is copied.
    seed
        For ``keras.utils.set_random_seed``.
    fit
        Trains instead of Keras's own: ``fit(model, x, y, batch_size=..., epochs=..., verbose=0)``.

    Returns
    -------
    float
        The accuracy reached.

    Raises
    ------
    ClaimFailed
        It is lower.
    Ungradable
        The network is of a class of its own that no chain of layers explains.
    """
    __tracebackhide__ = True
    return _reaches(
        AT_LEAST, at_least, model, data, epochs, batch_size, optimizer, loss, seed, fit, input_shape, name
    )


def does_not_converge(
    model: Any,
    data: Sequence[Any],
    *,
    at_most: float,
    epochs: int,
    batch_size: int,
    optimizer: Any = "sgd",
    loss: Any = "sparse_categorical_crossentropy",
    seed: int = 0,
    fit: Callable[..., Any] | None = None,
    input_shape: Sequence[int] | None = None,
    name: str = "model",
) -> float:
    """Train a copy of a network, and check that it stays as bad as it has to.

    The parameters are those of `converges`; ``at_most`` is the accuracy that must not be exceeded.

    Returns
    -------
    float
        The accuracy reached.

    Raises
    ------
    ClaimFailed
        It is higher.
    Ungradable
        The network is of a class of its own that no chain of layers explains.
    """
    __tracebackhide__ = True
    return _reaches(
        AT_MOST, at_most, model, data, epochs, batch_size, optimizer, loss, seed, fit, input_shape, name
    )


def _reaches(
    direction: str,
    threshold: float,
    model: Any,
    data: Sequence[Any],
    epochs: int,
    batch_size: int,
    optimizer: Any,
    loss: Any,
    seed: int,
    fit: Callable[..., Any] | None,
    input_shape: Sequence[int] | None,
    name: str,
) -> float:
    __tracebackhide__ = True
    model = model_of(model, name)
    x, y, x_check, y_check = _unpacked(data)
    with undisturbed():
        keras.utils.set_random_seed(seed)
        shape = tuple(x.shape[1:]) if input_shape is None else tuple(input_shape)
        trained = as_sequential(model, name, input_shape=shape)
        trained.compile(optimizer=_fresh_optimizer(optimizer), loss=loss)
        keywords = {"batch_size": batch_size, "epochs": epochs, "verbose": 0}
        if fit is None:
            trained.fit(x, y, **keywords)
        else:
            fit(trained, x, y, **keywords)
        reached = _accuracy(trained, x_check, y_check)
    if not keeps(direction, reached, threshold):
        length = f"{epochs} {'epoch' if epochs == 1 else 'epochs'}"
        raise ClaimFailed(
            f"{name}: after {length} of training it is right on {reached:.1%} of the examples, expected {direction} {threshold:.1%}"
        )
    return reached


def _unpacked(data: Sequence[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    parts = [part for each in data for part in (each if isinstance(each, (tuple, list)) else [each])]
    if len(parts) not in (2, 4):
        raise TypeError(
            f"data has to hold (x, y) or (x, y, x_validation, y_validation), not {len(parts)} arrays."
        )
    x, y, x_check, y_check = (np.asarray(part) for part in (parts * 2)[:4])
    return x, y, x_check, y_check


def _fresh_optimizer(optimizer: Any) -> Any:
    if isinstance(optimizer, keras.optimizers.Optimizer):
        return type(optimizer).from_config(optimizer.get_config())
    return keras.optimizers.get(optimizer)


def _accuracy(model: Any, x: np.ndarray, y: np.ndarray, chunk: int = 4096) -> float:
    outputs = np.concatenate(
        [np.asarray(model(x[start : start + chunk], training=False)) for start in range(0, len(x), chunk)]
    )
    if not np.all(np.isfinite(outputs)):
        # Of what is no number, the first class would be taken for the most likely one.
        return (
            0.0
            if not np.isfinite(outputs).any()
            else float(np.mean(_right(outputs, y) & np.isfinite(outputs).all(axis=-1)))
        )
    return float(np.mean(_right(outputs, y)))


def _right(outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    if outputs.ndim == 2 and outputs.shape[1] == 1:
        return (outputs[:, 0] > 0.5) == (np.asarray(y).reshape(-1) > 0.5)
    labels = (
        y.argmax(axis=-1)
        if y.ndim == outputs.ndim and y.shape[-1] == outputs.shape[-1]
        else y.reshape(outputs.shape[:-1])
    )
    return outputs.argmax(axis=-1) == labels


# Optimizers


def _optimizer_of(answer: Any, name: str) -> Any:
    __tracebackhide__ = True
    if answer is Ellipsis:
        raise NotImplementedError(f"{name} is not answered yet.")
    if answer is None:
        raise ClaimFailed(f"{name}: got None (is there a return?)")
    if isinstance(answer, str):
        try:
            return keras.optimizers.get(answer)
        except ValueError:
            raise ClaimFailed(f"{name}: got {answer!r}, which is no optimizer of Keras's") from None
    found = answer
    if isinstance(answer, keras.Model) or (is_handle(answer) and hasattr(answer, "compiled")):
        found = getattr(answer, "optimizer", None)
        if found is None:
            raise ClaimFailed(f"{name}: the model is not compiled")
    if isinstance(found, keras.optimizers.Optimizer) and type(found).__module__.startswith("keras."):
        return found
    if (is_handle(found) and hasattr(found, "apply_gradients")) or isinstance(
        found, keras.optimizers.Optimizer
    ):
        raise ungradable(f"{name}: it is an optimizer of its own class.")
    if isinstance(found, type):
        raise ClaimFailed(f"{name}: got the class {found.__name__}, expected an optimizer (is it called?)")
    raise ClaimFailed(f"{name}: got a {type(found).__name__}, expected an optimizer")


def _optimizer(expected: Any, learning_rate: float | None) -> Any:
    """The optimizer that a test names."""
    if isinstance(expected, str):
        expected = keras.optimizers.get(expected)
    elif isinstance(expected, type):
        expected = expected()
    if learning_rate is not None:
        expected = type(expected).from_config({**expected.get_config(), "learning_rate": learning_rate})
    return expected


def _rate(optimizer: Any) -> float:
    return float(np.asarray(optimizer.learning_rate))


_WORDS = {
    "momentum": "momentum",
    "nesterov": "nesterov",
    "rho": "rho",
    "beta_1": "beta_1",
    "beta_2": "beta_2",
    "epsilon": "epsilon",
    "centered": "centered",
    "amsgrad": "amsgrad",
}


def _compare_settings(got: Any, wanted: Any, name: str) -> None:
    __tracebackhide__ = True
    if type(got) is not type(wanted):
        raise ClaimFailed(f"{name}: got {type(got).__name__}, expected {type(wanted).__name__}")
    _compare_rate(got, _rate(wanted), name)
    ours, theirs = got.get_config(), wanted.get_config()
    for key, word in _WORDS.items():
        if key not in theirs or key not in ours:
            continue
        one, other = ours[key], theirs[key]
        if isinstance(one, bool) or isinstance(other, bool):
            if bool(one) != bool(other):
                raise ClaimFailed(f"{name}: {word} is {bool(one)}, expected {bool(other)}")
        elif not math.isclose(float(one or 0), float(other or 0), rel_tol=1e-5, abs_tol=1e-12):
            raise ClaimFailed(f"{name}: {word} is {float(one or 0):g}, expected {float(other or 0):g}")


def _compare_rate(got: Any, wanted: float, name: str) -> None:
    __tracebackhide__ = True
    rate = _rate(got)
    if not math.isclose(rate, wanted, rel_tol=1e-4):
        default = _rate(type(got)())
        slip = " (this is Keras's default)" if math.isclose(rate, default, rel_tol=1e-4) else ""
        raise ClaimFailed(f"{name}: learning rate is {rate:g}, expected {wanted:g}{slip}")


def _path(optimizer: Any, steps: int) -> list[np.ndarray]:
    variable = keras.Variable(_START.astype("float32"))
    path = []
    for _ in range(steps):
        gradient = keras.ops.convert_to_tensor((_CURVATURES * np.asarray(variable)).astype("float32"))
        optimizer.apply([gradient], [variable])
        path.append(np.asarray(variable).astype(float))
    return path


def _closed_path(optimizer: Any, steps: int) -> list[np.ndarray]:
    settings = optimizer.get_config()
    kind = type(optimizer).__name__
    step = {"SGD": _sgd, "RMSprop": _rmsprop, "Adam": _adam}.get(kind)
    if step is None:
        raise TypeError(f"optimizer_steps knows the closed form of SGD, RMSprop and Adam, not of {kind}.")
    schedule = optimizer._learning_rate
    theta, state, path = _START.copy(), {name: np.zeros(3) for name in "mvab"}, []
    for number in range(1, steps + 1):
        rate = float(np.asarray(schedule(number - 1))) if callable(schedule) else _rate(optimizer)
        theta = theta + step(_CURVATURES * theta, rate, number, settings, state)
        path.append(theta)
    return path


def _sgd(g: np.ndarray, rate: float, number: int, settings: dict, state: dict) -> np.ndarray:
    beta = settings["momentum"]
    state["v"] = beta * state["v"] - rate * g
    return beta * state["v"] - rate * g if settings["nesterov"] and beta else state["v"]


def _rmsprop(g: np.ndarray, rate: float, number: int, settings: dict, state: dict) -> np.ndarray:
    rho = settings["rho"]
    state["v"] = rho * state["v"] + (1 - rho) * g**2
    spread = state["v"]
    if settings["centered"]:
        state["a"] = rho * state["a"] + (1 - rho) * g
        spread = spread - state["a"] ** 2
    increment = rate * g / np.sqrt(spread + settings["epsilon"])
    state["b"] = settings["momentum"] * state["b"] + increment
    return -state["b"]


def _adam(g: np.ndarray, rate: float, number: int, settings: dict, state: dict) -> np.ndarray:
    one, two = settings["beta_1"], settings["beta_2"]
    state["m"] = one * state["m"] + (1 - one) * g
    state["v"] = two * state["v"] + (1 - two) * g**2
    state["a"] = np.maximum(state["a"], state["v"]) if settings["amsgrad"] else state["v"]
    alpha = rate * math.sqrt(1 - two**number) / (1 - one**number)
    return -alpha * state["m"] / (np.sqrt(state["a"]) + settings["epsilon"])


def _short(values: np.ndarray) -> str:
    return f"({', '.join(f'{value:.5g}' for value in values)})"


# What a model is compiled with


def _compare_optimizer(model: Any, optimizer: Any, learning_rate: float | None, name: str) -> None:
    __tracebackhide__ = True
    got = _optimizer_of(model, name)
    choices = list(optimizer) if isinstance(optimizer, (list, tuple)) else [optimizer]
    wanted = [_optimizer(each, None) for each in choices]
    fitting = [place for place, each in enumerate(wanted) if type(each) is type(got)]
    if not fitting:
        names = " or ".join(type(each).__name__ for each in wanted)
        raise ClaimFailed(f"{name}: it is compiled with {type(got).__name__}, expected {names}")
    if learning_rate is not None:
        _compare_rate(got, learning_rate, f"{name}'s optimizer")
    chosen = choices[fitting[0]]
    if isinstance(chosen, keras.optimizers.Optimizer):
        settings = _optimizer(chosen, learning_rate)
        _compare_settings(got, settings, f"{name}'s optimizer")


def _compare_loss(model: Any, loss: Any, name: str) -> None:
    __tracebackhide__ = True
    got = model.loss
    if isinstance(got, (list, tuple)) and len(got) == 1:
        got = got[0]
    ours = _loss_name(got)
    choices = [_loss_name(each) for each in (loss if isinstance(loss, (list, tuple)) else [loss])]
    if ours not in choices:
        slip = ""
        if "categorical_crossentropy" in str(ours) and any(
            "categorical_crossentropy" in each for each in choices
        ):
            slip = " (the sparse one is for whole numbers as labels, the other for one-hot vectors)"
        raise ClaimFailed(f"{name}: its loss is {ours}, expected {' or '.join(choices)}{slip}")
    takes_logits = _takes_logits(got)
    if takes_logits is None or "crossentropy" not in ours:
        return
    output = _output_activation(model, name)
    if takes_logits and output in ("softmax", "sigmoid"):
        raise ClaimFailed(
            f"{name}: its loss has from_logits=True, but the output layer's activation is {output} "
            "(the output is no logit any more: leave from_logits out)"
        )
    if not takes_logits and output == "linear":
        raise ClaimFailed(
            f"{name}: its loss takes probabilities, but the output layer has no activation "
            "(end with a softmax, or say from_logits=True)"
        )


def _loss_name(loss: Any) -> str:
    """The name of the function that a loss of Keras's computes."""
    if isinstance(loss, type):
        loss = loss() if not is_handle(loss) else loss
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return loss
    if isinstance(loss, keras.losses.Loss) and type(loss).__module__.startswith("keras."):
        function = getattr(loss, "fn", None)
        return str(getattr(function, "__name__", type(loss).__name__))
    if getattr(type(loss), "__name__", "") == "function" and getattr(loss, "__module__", "").startswith(
        "keras."
    ):
        return str(loss.__name__)
    return "a function of its own"


def _takes_logits(loss: Any) -> bool | None:
    if isinstance(loss, str) or (callable(loss) and not isinstance(loss, keras.losses.Loss)):
        return False
    if isinstance(loss, keras.losses.Loss):
        value = getattr(loss, "from_logits", None)
        if value is None:
            value = getattr(loss, "_fn_kwargs", {}).get("from_logits")
        return None if value is None else bool(value)
    return None


def _output_activation(model: Any, name: str) -> str | None:
    """The activation of the output layer, or None where it is not known."""
    from assay.checks.networks import blocks_of, exact_steps

    try:
        steps = exact_steps(model, name, None)
    except ClaimFailed:
        return None
    if steps is None:
        return None
    functions = [step.value for step in blocks_of(steps)[-1].rest if step.kind == "Activation"]
    return functions[-1] if functions else "linear"


def _compare_metrics(model: Any, metrics: Collection[Any], name: str) -> None:
    __tracebackhide__ = True
    got = _metric_names(model)
    for metric in metrics:
        wanted = (
            metric
            if isinstance(metric, str)
            else str(getattr(metric, "name", getattr(metric, "__name__", metric)))
        )
        short = {"acc": "accuracy"}.get(wanted, wanted)
        if not any(short == each or (short == "accuracy" and each.endswith("accuracy")) for each in got):
            raise ClaimFailed(
                f"{name}: its metrics are {', '.join(got) or 'none'}, expected {short} among them"
            )


def _metric_names(model: Any) -> list[str]:
    """The names of the metrics that a model was compiled with."""
    settings = model.get_compile_config() or {}
    asked = settings.get("metrics") or []
    found: list[str] = []
    waiting = [*(asked.values() if isinstance(asked, dict) else asked)]
    while waiting:
        each = waiting.pop(0)
        if isinstance(each, (list, tuple)):
            waiting[:0] = list(each)
        elif isinstance(each, dict):
            inner = each.get("config")
            text = inner.get("name") if isinstance(inner, dict) else inner
            found.append(str(text or each.get("class_name")))
        elif each is not None:
            found.append({"acc": "accuracy"}.get(str(each), str(each)))
    return found
