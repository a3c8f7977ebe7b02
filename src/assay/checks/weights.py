"""Checks of the weights of a network: how they are drawn at the start, and what a penalty on them adds to the loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from assay.checks.answers import (
    borrowed,
    build_own,
    copy_of,
    first_shape,
    model_of,
    shake,
    undisturbed,
)
from assay.checks.claims import ClaimFailed
from assay.checks.layers import built
from assay.checks.networks import Step, all_builtin, exact_steps, layer_name
from assay.checks.observed import in_order, parts_of

#: The most often that one call of `initial_weights` refuses weights of the right distribution.
FALSE_ALARM = 1e-8
#: Weights of one layer that are looked at: enough to tell a uniform from a normal distribution of the same spread.
MOST_NUMBERS = 20_000
_CELLS = 16


@dataclass(frozen=True)
class Distribution:
    """How the weights of one kernel are drawn, independently of each other.

    Attributes
    ----------
    name
        For the message.
    quantile_of
        Its distribution function, for arrays.
    mean, std
        Mean and standard deviation of a weight.
    low, high
        The smallest and the largest weight that is possible.
    fourth
        The mean fourth power of a weight in units of its standard deviation, from the mean.
    """

    name: str
    quantile_of: Callable[[np.ndarray], np.ndarray]
    mean: float
    std: float
    low: float = -math.inf
    high: float = math.inf
    fourth: float = 3.0


@dataclass(frozen=True)
class Start:
    """Initial weights of one layer with a kernel, build by build."""

    name: str
    kernels: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]


def initial_weights(
    build: Callable[[], Any],
    expected: Any,
    name: str = "model",
    *,
    layers: str | Collection[int] = "all",
    builds: int = 4,
    seed: int = 0,
    input_shape: Sequence[int] | None = None,
    biases: bool = True,
    equal_kernels: bool = True,
) -> None:
    """Check how the kernels of a network are drawn, layer by layer, over several fresh networks.

    The weights of each layer are compared with the distribution of the initialiser in four ways, each by a bound that holds
    exactly for every sample size: the largest distance of the distribution functions (Kolmogorov and Smirnov; Massart's
    bound P(D > d) <= 2 exp(-2 n d^2)), the numbers of weights in 16 cells of equal probability (Chernoff), the mean square
    (Bernstein; for normal weights Laurent and Massart), and the limits of the distribution. Weights of the right
    distribution are refused less than once in 10^8 calls.

    Parameters
    ----------
    build
        Makes a fresh network and takes no argument; called ``builds`` times, after
        ``keras.utils.set_random_seed(seed)``, ``seed + 1`` and so on.
    expected
        An initialiser of Keras's: its name, an object or its class. Zeros, Ones, Constant, RandomNormal, TruncatedNormal,
        RandomUniform and VarianceScaling with all that come from it (Glorot, He, LeCun) are known. Glorot normal and He normal
        are drawn from a normal distribution cut off at two standard deviations, whose scale is
        divided by 0.87962566 so that the standard deviation of what is left is the nominal one (keras/src/initializers/random_initializers.py).
    layers
        "all", "hidden" (all but the output layer), "output", or the numbers of layers with a kernel, the first being 1.
    input_shape
        The shape of one example, for networks that come unbuilt.
    biases
        Whether the biases of these layers have to be zero.
    equal_kernels
        Whether layers of one shape may start from identical kernels, as they do when one initialiser object was given to all of
        them. (Keras does this by itself when the test has passed an object.)

    Raises
    ------
    ClaimFailed
        A layer's weights come from another distribution; the message says from which, as far as it is a usual one.
    TypeError
        The distribution of ``expected`` is not known; a mistake of the test.
    """
    __tracebackhide__ = True
    with undisturbed():
        initializer = keras.initializers.get(expected)
        starts = _starts(build, name, builds, seed, input_shape)
        wanted = _wanted(layers, len(starts))
        chosen = [start for number, start in enumerate(starts) if number in wanted]
        for start in chosen:
            _compare_kernel(start, initializer, name, FALSE_ALARM / len(chosen))
            if biases and any(np.any(bias != 0) for bias in start.biases):
                raise ClaimFailed(f"{name}: the biases of {start.name} do not start at zero")
        if not equal_kernels:
            _refuse_equal(chosen, name)


def weight_penalty(
    model: Any,
    l1: float = 0.0,
    l2: float = 0.0,
    *,
    layers: str = "all",
    input_shape: Sequence[int] | None = None,
    name: str = "model",
) -> None:
    """Compare what a network adds to its loss with the closed form l1 sum |w| + l2 sum w^2 over its kernels.

    The network is a copy with random weights, or, when it is of the student's own class, gets its weights back afterwards.

    Parameters
    ----------
    model
        The answer.
    l1, l2
        The factors; both zero if no penalty is asked for.
    layers
        Whose kernels are penalised: "all", "hidden" (all but the output layer's), or "either" if both are right.
    input_shape
        The shape of one example, for a network that is not built.

    Raises
    ------
    ClaimFailed
        The penalty is another one; the message says which, as far as it is a usual slip.
    Ungradable
        The network is not built and ``input_shape`` is not given.
    """
    __tracebackhide__ = True
    if layers not in ("all", "hidden", "either"):
        raise TypeError(f"layers has to be 'all', 'hidden' or 'either', not {layers!r}.")
    model = model_of(model, name)
    with undisturbed():
        model = _ready(model, name, input_shape)
        with borrowed(model):
            shake(model)
            shape = first_shape(model, input_shape)
            mains = _mains(model, name)
            shape = shape or (mains[0].arrays[0].shape[0],)
            # Whatever is added by a call, such as a penalty on activations, is added now.
            model(np.random.default_rng(2).normal(size=(4, *shape)).astype("float32"), training=False)
            got = float(sum(float(np.asarray(loss)) for loss in model.losses))
    kernels = [step.arrays[0].astype(float) for step in mains]
    right = {
        "all": [_penalty(kernels, l1, l2)],
        "hidden": [_penalty(kernels[:-1], l1, l2)],
        "either": [_penalty(kernels, l1, l2), _penalty(kernels[:-1], l1, l2)],
    }[layers]
    if any(_is_close(got, each) for each in right):
        return
    slip = _penalty_slip(got, mains, kernels, l1, l2)
    what = (
        " + ".join(f"{factor:g} * sum of {term}" for factor, term in ((l1, "|w|"), (l2, "w^2")) if factor)
        or "no penalty"
    )
    raise ClaimFailed(
        f"{name}: with random weights, its losses sum to {got:.6g}, expected {right[0]:.6g} ({what})"
        + (f" ({slip})" if slip else "")
    )


def distribution_of(initializer: Any, shape: Sequence[int]) -> Distribution:
    """The distribution that an initialiser of Keras's draws the weights of a kernel of a shape from.

    Raises
    ------
    TypeError
        It is not known.
    """
    kind = type(initializer).__name__
    if kind == "Zeros":
        return _constant(0.0, "zeros")
    if kind == "Ones":
        return _constant(1.0, "ones")
    if kind == "Constant":
        return _constant(float(initializer.value), f"the constant {initializer.value:g}")
    if kind == "RandomNormal":
        return _normal(float(initializer.mean), float(initializer.stddev))
    if kind == "TruncatedNormal":
        mean, scale = float(initializer.mean), float(initializer.stddev)
        return _truncated(
            mean, scale, f"a normal distribution cut off at two standard deviations of {scale:g}"
        )
    if kind == "RandomUniform":
        low, high = float(initializer.minval), float(initializer.maxval)
        return _uniform(low, high, f"uniform between {low:g} and {high:g}")
    if isinstance(initializer, keras.initializers.VarianceScaling):
        return _scaled(initializer, kind, shape)
    raise TypeError(f"initial_weights knows no distribution of {kind}.")


def _scaled(initializer: Any, kind: str, shape: Sequence[int]) -> Distribution:
    fan_in, fan_out = _fans(shape)
    fan = {"fan_in": fan_in, "fan_out": fan_out}.get(initializer.mode, (fan_in + fan_out) / 2)
    std = math.sqrt(float(initializer.scale) / max(1.0, fan))
    words = {
        "GlorotNormal": "Glorot normal",
        "GlorotUniform": "Glorot uniform",
        "HeNormal": "He normal",
        "HeUniform": "He uniform",
        "LecunNormal": "LeCun normal",
        "LecunUniform": "LeCun uniform",
    }
    name = f"{words.get(kind, kind)} (std {std:.3g})"
    if initializer.distribution == "uniform":
        limit = math.sqrt(3.0) * std
        return _uniform(-limit, limit, name)
    if initializer.distribution == "untruncated_normal":
        return _normal(0.0, std, name)
    return _truncated(0.0, std / _TRUNCATED_STD, name)


#: Standard deviation of a standard normal variable cut off at two: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1)).
_TRUNCATED_STD = 0.87962566103423978


def _cumulative(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.vectorize(math.erf, otypes=[float])(np.asarray(z, dtype=float) / math.sqrt(2.0)))


def _normal(mean: float, std: float, name: str = "") -> Distribution:
    return Distribution(name or f"N({mean:g}, {std:g})", lambda x: _cumulative((x - mean) / std), mean, std)


def _truncated(mean: float, scale: float, name: str) -> Distribution:
    inside = math.erf(math.sqrt(2.0))
    start = 0.5 * (1.0 - inside)
    density = math.exp(-2.0) / math.sqrt(2.0 * math.pi)
    # Moments of a normal variable cut off at two: E z^2 = 1 - 4 phi(2) / c and E z^4 = 3 E z^2 - 16 phi(2) / c.
    second = 1.0 - 4.0 * density / inside
    fourth = 3.0 * second - 16.0 * density / inside
    return Distribution(
        name,
        lambda x: np.clip((_cumulative((x - mean) / scale) - start) / inside, 0.0, 1.0),
        mean,
        scale * math.sqrt(second),
        mean - 2.0 * scale,
        mean + 2.0 * scale,
        fourth / second**2,
    )


def _uniform(low: float, high: float, name: str) -> Distribution:
    return Distribution(
        name,
        lambda x: np.clip((x - low) / (high - low), 0.0, 1.0),
        (low + high) / 2,
        (high - low) / math.sqrt(12.0),
        low,
        high,
        1.8,
    )


def _constant(value: float, name: str) -> Distribution:
    return Distribution(name, lambda x: (x >= value).astype(float), value, 0.0, value, value)


def _fans(shape: Sequence[int]) -> tuple[float, float]:
    """As Keras's ``compute_fans``: what one unit takes in, and how many units take what it gives."""
    if len(shape) < 2:
        return float(shape[0] if shape else 1), float(shape[0] if shape else 1)
    receptive = math.prod(shape[:-2])
    return float(shape[-2] * receptive), float(shape[-1] * receptive)


def disagreement(sample: np.ndarray, distribution: Distribution, false_alarm: float) -> bool:
    """Whether a sample is so unlike a distribution that chance explains it less often than ``false_alarm``."""
    if distribution.std == 0.0:
        return bool(np.any(np.abs(sample - distribution.mean) > 1e-7 * max(1.0, abs(distribution.mean))))
    if not np.all(np.isfinite(sample)):
        return True
    slack = 1e-5 * distribution.std
    if sample.min() < distribution.low - slack or sample.max() > distribution.high + slack:
        return True
    count = len(sample)
    share = false_alarm / 3
    quantiles = np.sort(distribution.quantile_of(sample))
    steps = np.arange(count + 1) / count
    distance = max((steps[1:] - quantiles).max(), (quantiles - steps[:-1]).max())
    if 2 * math.exp(-min(2 * count * distance**2, 700)) < share:
        return True
    cells = np.bincount(np.minimum((quantiles * _CELLS).astype(int), _CELLS - 1), minlength=_CELLS) / count
    if 2 * _CELLS * math.exp(-min(count * max(map(_divergence, cells)), 700)) < share:
        return True
    return _square_bound(sample, distribution) < share


def _divergence(got: float) -> float:
    """The exponent of Chernoff's bound for the share of a cell: the divergence of two coins."""
    right = 1.0 / _CELLS
    parts = ((got, right), (1.0 - got, 1.0 - right))
    return sum(p * math.log(p / q) for p, q in parts if p > 0)


def _square_bound(sample: np.ndarray, distribution: Distribution) -> float:
    """A bound on the probability of a mean square as far from the right one as that of a sample."""
    count = len(sample)
    excess = float(np.mean(((sample - distribution.mean) / distribution.std) ** 2)) - 1.0
    if math.isinf(distribution.high):
        # Laurent and Massart 2000, Lemma 1: P(X - n >= 2 sqrt(n t) + 2 t) <= exp(-t), P(n - X >= 2 sqrt(n t)) <= exp(-t).
        if excess < 0:
            exponent = count * excess**2 / 4
        else:
            exponent = (math.sqrt(count / 4 + count * excess / 2) - math.sqrt(count / 4)) ** 2
    else:
        largest = ((distribution.high - distribution.mean) / distribution.std) ** 2
        exponent = count * excess**2 / (2 * (distribution.fourth - 1 + largest * abs(excess) / 3))
    return 2 * math.exp(-min(exponent, 700))


def _starts(
    build: Callable[[], Any], name: str, builds: int, seed: int, input_shape: Sequence[int] | None
) -> list[Start]:
    __tracebackhide__ = True
    networks: list[list[Step]] = []
    for number in range(builds):
        keras.utils.set_random_seed(seed + number)
        model = built(model_of(build(), name), name, input_shape)
        networks.append(_mains(model, name))
    if len({len(network) for network in networks}) != 1:
        raise ClaimFailed(f"{name}: fresh networks differ in their number of layers")
    starts = []
    for number, steps in enumerate(zip(*networks, strict=True)):
        if len({step.arrays[0].shape for step in steps}) != 1:
            raise ClaimFailed(f"{name}: fresh networks differ in the sizes of their layers")
        starts.append(
            Start(
                layer_name(number, len(networks[0])),
                tuple(step.arrays[0].astype(float) for step in steps),
                tuple(step.arrays[1] for step in steps if len(step.arrays) > 1 and step.has_bias),
            )
        )
    if not starts:
        raise ClaimFailed(f"{name}: got a network without a layer that has a kernel")
    return starts


def _mains(model: Any, name: str) -> list[Step]:
    """The layers with a kernel, in the order in which they are passed through as far as that is known."""
    __tracebackhide__ = True
    steps = exact_steps(model, name, None)
    if steps is None:
        return in_order([step for step in parts_of(model) if step.is_main and step.arrays])
    return [step for step in steps if step.is_main and step.arrays]


def _wanted(layers: str | Collection[int], count: int) -> set[int]:
    if layers == "all":
        return set(range(count))
    if layers == "hidden":
        return set(range(count - 1))
    if layers == "output":
        return {count - 1}
    if isinstance(layers, str):
        raise TypeError(f"layers has to be 'all', 'hidden', 'output' or numbers, not {layers!r}.")
    return {number - 1 for number in layers}


def _compare_kernel(start: Start, initializer: Any, name: str, false_alarm: float) -> None:
    __tracebackhide__ = True
    shape = start.kernels[0].shape
    expected = distribution_of(initializer, shape)
    sample = _fresh_numbers(start.kernels)
    if not disagreement(sample, expected, false_alarm):
        return
    got, slip = _resemblance(sample, shape, expected)
    raise ClaimFailed(
        f"{name}: kernel of {start.name} looks like {got}, expected {expected.name}"
        + (f" ({slip})" if slip else "")
    )


def _fresh_numbers(kernels: Iterable[np.ndarray]) -> np.ndarray:
    """The weights of all builds; of identical kernels, which an object with a seed gives, only one counts."""
    different = {kernel.tobytes(): kernel for kernel in kernels}
    sample = np.concatenate([kernel.ravel() for kernel in different.values()])
    if len(sample) <= MOST_NUMBERS:
        return sample
    return np.random.default_rng(0).choice(sample, MOST_NUMBERS, replace=False)


def _resemblance(sample: np.ndarray, shape: Sequence[int], expected: Distribution) -> tuple[str, str]:
    """What a sample looks like, and the slip that leads there."""
    usual = {
        "glorot_uniform": "this is Keras's default: does the initialiser reach this layer?",
        "zeros": "",
        "ones": "",
        "random_normal": 'the string "random_normal" means a standard deviation of 0.05',
        "glorot_normal": "",
        "he_normal": "",
        "he_uniform": "",
        "lecun_normal": "",
        "lecun_uniform": "",
        "random_uniform": "",
    }
    found = [(distribution_of(keras.initializers.get(key), shape), slip) for key, slip in usual.items()]
    found.append((_normal(0.0, 1.0), ""))
    for distribution, slip in found:
        if not disagreement(sample, distribution, 1e-6):
            return distribution.name, slip
    spread = float(sample.std())
    if spread == 0.0:
        return f"the constant {sample[0]:g}", ""
    half = "the mean is not that of the initialiser" if abs(spread / (expected.std or 1) - 1) < 0.05 else ""
    return f"something of mean {sample.mean():.3g} and standard deviation {spread:.3g}", half


def _refuse_equal(starts: Sequence[Start], name: str) -> None:
    __tracebackhide__ = True
    for place, one in enumerate(starts):
        for other in starts[place + 1 :]:
            first, second = one.kernels[0], other.kernels[0]
            if first.shape == second.shape and first.std() > 0 and np.array_equal(first, second):
                raise ClaimFailed(
                    f"{name}: {one.name} and {other.name} start from identical kernels "
                    "(one initialiser object was given to both: make a fresh one for each)"
                )


def _ready(model: Any, name: str, input_shape: Sequence[int] | None) -> Any:
    """A built copy of a model of Keras's own classes; any other model itself, built."""
    if all_builtin(model):
        ready = built(model, name, input_shape)
        return copy_of(model) if ready is model else ready
    build_own(model, first_shape(model, input_shape), name)
    return model


def _penalty(arrays: Iterable[np.ndarray], l1: float, l2: float) -> float:
    return float(sum(l1 * np.abs(array).sum() + l2 * np.square(array).sum() for array in arrays))


def _is_close(got: float, wanted: float) -> bool:
    return abs(got - wanted) <= 1e-4 * abs(wanted) + 1e-6


def _penalty_slip(
    got: float, mains: Sequence[Step], kernels: Sequence[np.ndarray], l1: float, l2: float
) -> str:
    """What the penalty may have been computed from instead."""
    arrays = [array.astype(float) for step in mains for array in step.arrays]
    if _is_close(got, 0.0):
        return "no layer has a kernel_regularizer"
    cases = [
        (
            "the biases are penalised too: kernel_regularizer is for the kernels alone",
            _penalty(arrays, l1, l2),
        ),
        (
            "the factor of L2 is half of what it should be: Keras has no factor 1/2",
            _penalty(kernels, l1, l2 / 2),
        ),
        ("the two factors are exchanged", _penalty(kernels, l2, l1)),
        ("only L1 is there", _penalty(kernels, l1, 0.0)),
        ("only L2 is there", _penalty(kernels, 0.0, l2)),
        ("L1 is there in the place of L2", _penalty(kernels, l2, 0.0)),
        ("L2 is there in the place of L1", _penalty(kernels, 0.0, l1)),
        ("the output layer's kernel is left out", _penalty(kernels[:-1], l1, l2)),
        ("the output layer's kernel is penalised too", _penalty(kernels, l1, l2)),
        ("only hidden layer 1 is penalised", _penalty(kernels[:1], l1, l2)),
        ("hidden layer 1 is left out", _penalty(kernels[1:], l1, l2)),
        ("hidden layer 1 is left out", _penalty(kernels[1:-1], l1, l2)),
        ("only the output layer's kernel is penalised", _penalty(kernels[-1:], l1, l2)),
    ]
    return next((slip for slip, value in cases if value and _is_close(got, value)), "")
