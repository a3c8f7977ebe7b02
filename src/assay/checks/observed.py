"""The canonical form of a model of the student's own class, found out from what it computes.

What such a model does stands in a method that nobody can read, so its layers are given random weights for a moment, its outputs
are compared with those that the same layers would give in the order and with the activations of a hypothesis, and
the hypothesis that agrees is its canonical form. Its own weights come back afterwards.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assay.checks.answers import (
    activation_name,
    borrowed,
    build_own,
    call,
    first_shape,
    is_builtin,
    shake,
)
from assay.checks.networks import NOISES, PREPARATION, OwnClass, Step, _opened, evaluate, step_of, tidy

_HIDDEN = ("relu", "sigmoid", "tanh", "linear", "elu", "selu", "silu", "softplus", "leaky_relu", "gelu")
_OUTPUT = ("softmax", "sigmoid", "linear", "relu", "tanh")
_ROWS = 16
_MOST_ORDERS = 720
#: Squared differences that rounding may make.
_SILENCE = 1e-8
#: Examples on which the noise of dropout is measured, and how many numbers these may hold.
_NOISY_ROWS, _NOISY_NUMBERS = 4096, 3_000_000
#: Standard errors that two means of the noise may lie apart; chance exceeds it once in 10**9 cases.
_MOST_ERRORS = 6.5
#: Outputs up to which the noise of each two of them is compared.
_FEW_OUTPUTS = 10


@dataclass(frozen=True)
class Seen:
    """What was seen of a model of the student's own class.

    Attributes
    ----------
    parts
        Its layers in the order in which they were declared; those that were never called are left out.
    steps
        The canonical form that computes what it computes in inference mode; None when none was found.
    shape
        The shape of one example.
    noise_is_explained
        Whether ``steps`` also drops units in training as the model does.
    """

    parts: tuple[Step, ...]
    steps: list[Step] | None
    shape: tuple
    noise_is_explained: bool = True


def observe(
    model: Any,
    name: str,
    *,
    input_shape: Sequence[int] | None = None,
    expected: Sequence[Step] | None = None,
    rates: Sequence[float] | None = None,
    input_rate: float = 0.0,
) -> Seen:
    """Find the chain of layers that computes what a model computes.

    Parameters
    ----------
    expected
        A canonical form to try first, in which the model's layers take the places of those of their kind.
    rates, input_rate
        Rates of dropout after the hidden layers and at the input, to try first.

    Raises
    ------
    Ungradable
        The model has no weights yet, and there is nothing to call it on.
    """
    shape = first_shape(model, input_shape)
    build_own(model, shape, name)
    with borrowed(model):
        shake(model)
        parts = parts_of(model)
        shape = shape or first_shape(model) or _shape_from(parts)
        if shape is None:
            raise OwnClass(name)
        generator = np.random.default_rng(1)
        x = generator.normal(size=(_ROWS, *shape)).astype("float32")
        outputs = call(model, x)
        steps = None
        memory: dict[int, np.ndarray] = {}
        for hypothesis in _hypotheses(parts, expected, shape):
            if agrees(hypothesis, x, outputs, memory):
                steps = tidy(hypothesis, shape)
                break
        if steps is None:
            return Seen(tuple(parts), None, shape)
        if rates is not None and len(rates) == sum(step.is_main for step in steps) - 1:
            steps = with_dropout(steps, rates, input_rate)
        # A few examples show that nothing is dropped; many are needed to see how much.
        if not any(step.kind in NOISES for step in steps) and noise_of(model, x).max() < _SILENCE:
            return Seen(tuple(parts), steps, shape)
        rows = max(_ROWS, min(_NOISY_ROWS, _NOISY_NUMBERS // int(np.prod(shape))))
        x = generator.normal(size=(rows, *shape)).astype("float32")
        noisy = _explained_noise(noise_of(model, x), x, steps, parts, expected)
        if noisy is None:
            return Seen(tuple(parts), steps, shape, noise_is_explained=False)
        return Seen(tuple(parts), tidy(noisy, shape), shape)


def parts_of(owner: Any) -> list[Step]:
    """The layers of a model of its own class, opened as far as they can be, in the order of their declaration."""
    return [replace(step, place=place) for place, step in enumerate(_declared(owner))]


def with_present_weights(steps: Sequence[Step], model: Any) -> list[Step]:
    """The canonical form of a model of its own class with the weights that the model has now."""
    parts = parts_of(model)
    return [step if step.place is None else replace(step, arrays=parts[step.place].arrays) for step in steps]


def _declared(owner: Any) -> list[Step]:
    parts: list[Step] = []
    for layer in _sublayers(owner):
        if is_builtin(layer):
            try:
                parts += [step for step in _opened(layer) if _is_used(step)]
                continue
            except OwnClass:
                pass
        weights = layer.get_weights()
        if _acts_as_dense(weights):
            arrays = tuple(np.asarray(weight) for weight in weights)
            parts.append(Step("Dense", arrays[0].shape[1], layer, arrays))
            function = activation_name(getattr(layer, "activation", None))
            if not function.startswith("("):
                parts.append(Step("Activation", function))
        elif inner := _declared(layer):
            parts += inner
        elif weights:
            parts.append(step_of(layer))
        else:
            function = activation_name(layer)
            known = not function.startswith("(")
            parts.append(Step("Activation", function, layer) if known else Step("own", None, layer))
    return parts


def agrees(
    steps: Sequence[Step], x: np.ndarray, outputs: np.ndarray, memory: dict[int, np.ndarray] | None = None
) -> bool:
    """Whether a canonical form computes the outputs, as closely as single precision allows.

    ``memory`` keeps, for other canonical forms and the same ``x``, what the first layer makes of it.
    """
    try:
        with np.errstate(all="ignore"):
            if memory is not None and steps and steps[0].kind == "Dense":
                key = id(steps[0].arrays)
                if key not in memory:
                    memory[key] = evaluate(steps[:1], x)
                values = evaluate(steps[1:], memory[key])
            else:
                values = evaluate(steps, x)
    except (ValueError, TypeError, AttributeError):
        return False
    return values.shape == outputs.shape and bool(np.allclose(values, outputs, rtol=2e-4, atol=2e-5))


def noise_of(model: Any, x: np.ndarray) -> np.ndarray:
    """The squared differences of the outputs of two runs in training mode, example by example."""
    return _difference(*(call(model, x, training=True) for _ in range(2)))


def simulated_noise(
    steps: Sequence[Step], x: np.ndarray, memory: dict[tuple, np.ndarray] | None = None
) -> np.ndarray:
    """The same of a canonical form.

    ``memory`` keeps, for other canonical forms and the same ``x``, what the steps before the first dropout make of it.
    """
    first = next((place for place, step in enumerate(steps) if step.kind in NOISES), None)
    if first is None:
        return np.zeros((len(x), 1))
    memory = {} if memory is None else memory
    key = tuple(map(id, steps[:first]))
    if key not in memory:
        memory[key] = evaluate(steps[:first], x, training=True)
    generator = np.random.default_rng(7)
    runs = (evaluate(steps[first:], memory[key], training=True, generator=generator) for _ in range(2))
    return _difference(*runs)


def _difference(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The squared difference of each example and, where the outputs are few, the products of the differences of each two of them.

    The sum alone cannot tell little dropout at two places from much at one. Where outputs are probabilities their logarithms
    are compared, in which the noise does not saturate.
    """
    one, other = (np.asarray(each, dtype=float).reshape(len(each), -1) for each in (first, second))
    if one.shape[1] > 1 and (one >= 0).all() and np.allclose(one.sum(axis=1), 1, atol=1e-3):
        one, other = (np.log(np.maximum(each, 1e-30)) for each in (one, other))
        one, other = (each - each.mean(axis=1, keepdims=True) for each in (one, other))
    apart = one - other
    total = np.square(apart).sum(axis=1, keepdims=True)
    if not 1 < apart.shape[1] <= _FEW_OUTPUTS:
        return np.hstack([total, np.square(total)])
    upper = np.triu_indices(apart.shape[1])
    return np.hstack([total, apart[:, upper[0]] * apart[:, upper[1]]])


def noise_agrees(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two samples of noise have the same means, or are both nothing."""
    return noise_distance(one, other) <= _MOST_ERRORS


def noise_distance(one: np.ndarray, other: np.ndarray) -> float:
    """How many standard errors the means of two samples of noise lie apart, where they lie farthest apart."""
    is_silent = [float(np.abs(each).max()) < _SILENCE for each in (one, other)]
    if any(is_silent):
        return 0.0 if all(is_silent) else np.inf
    errors = np.sqrt((one.var(axis=0) + other.var(axis=0)) / len(one))
    apart = np.abs(one.mean(axis=0) - other.mean(axis=0))
    return float(np.max(apart[errors > 0] / errors[errors > 0], initial=0.0))


def with_dropout(steps: Sequence[Step], rates: Sequence[float], input_rate: float = 0.0) -> list[Step]:
    """Put dropout after the activation of each hidden layer, and nowhere else."""
    bare = [step for step in steps if step.kind not in NOISES]
    places = [place for place, step in enumerate(bare) if step.is_main]
    placed: list[Step] = []
    first = places[0] if places else 0
    for place, step in enumerate(bare):
        if place in places and places.index(place) > 0 and rates[places.index(place) - 1]:
            placed.append(Step("Dropout", rates[places.index(place) - 1]))
        if place == first and input_rate:
            placed.append(Step("Dropout", input_rate))
        placed.append(step)
    return placed


def _sublayers(owner: Any) -> list[Any]:
    # Asked for once: a handle sends all layers with their weights each time.
    layers = getattr(owner, "layers", None)
    if layers is None and hasattr(owner, "_flatten_layers"):
        layers = owner._flatten_layers(include_self=False, recursive=False)
    return [] if layers is None else list(layers)


def _acts_as_dense(weights: Sequence[Any]) -> bool:
    """Whether the weights of a layer of its own class are a matrix, and perhaps a bias for each of its columns."""
    shapes = [np.shape(weight) for weight in weights]
    return bool(shapes) and len(shapes[0]) == 2 and shapes[1:] in ([], [shapes[0][1:]])


def _is_used(step: Step) -> bool:
    return (step.is_main is False and not _needs_weights(step)) or len(step.arrays) > 0


def _needs_weights(step: Step) -> bool:
    return step.kind == "BatchNormalization"


def _shape_from(parts: Sequence[Step]) -> tuple | None:
    for step in parts:
        if step.kind == "Dense":
            return (step.arrays[0].shape[0],)
    return None


def _hypotheses(parts: Sequence[Step], expected: Sequence[Step] | None, shape: tuple) -> Iterator[list[Step]]:
    if expected is not None:
        prepared = [step for step in parts[: _first_main(parts)] if step.kind in PREPARATION]
        for order in _orders(parts):
            taken = _taken(expected, order)
            if taken is not None:
                yield taken
                if prepared:
                    yield [*prepared, *taken]
    yield list(parts)
    yield from _searched(parts)


def _orders(parts: Sequence[Step]) -> Iterator[list[Step]]:
    """The parts as they are declared, and then with their layers with a kernel in every other order."""
    mains = [step for step in parts if step.is_main]
    others = [step for step in parts if not step.is_main]
    for order in itertools.islice(itertools.permutations(mains), _MOST_ORDERS):
        yield [*order, *others]


def _first_main(parts: Sequence[Step]) -> int:
    return next((place for place, step in enumerate(parts) if step.is_main), len(parts))


def _taken(expected: Sequence[Step], parts: Sequence[Step]) -> list[Step] | None:
    """The expected steps with the layers of the model in the places of those with weights."""
    waiting = [step for step in parts if step.arrays]
    taken: list[Step] = []
    features: int | None = None
    for step in expected:
        if not (step.is_main or step.kind == "BatchNormalization"):
            taken.append(step)
            continue
        fitting = [each for each in waiting if (each.kind, each.value) == (step.kind, step.value)]
        chained = [each for each in fitting if features is None or _takes(each, features)]
        if not chained:
            return None
        # By identity: two layers of one size are equal as steps, and have weights of their own.
        waiting = [each for each in waiting if each is not chained[0]]
        taken.append(chained[0])
        if step.kind == "Dense":
            features = chained[0].arrays[0].shape[1]
    return None if waiting else taken


def _takes(step: Step, features: int) -> bool:
    if step.kind == "Dense":
        return bool(step.arrays[0].shape[0] == features)
    return step.kind != "BatchNormalization" or step.arrays[-1].shape == (features,)


def _searched(parts: Sequence[Step]) -> Iterator[list[Step]]:
    """Every layer with a kernel once, in order, with the same activation in all hidden layers, or with one exception."""
    mains = in_order([step for step in parts if step.is_main])
    if not mains or any(step.kind != "Dense" for step in mains):
        return
    own = _own_activations(parts)
    norms = _norms(parts, mains)
    if norms is None:
        return
    heads: list[list[Step]] = [[step for step in parts[: _first_main(parts)] if step.kind in PREPARATION]]
    heads += [[]] if heads[0] else []
    declared = [step.value for step in parts if step.kind == "Activation"]
    hidden = list(dict.fromkeys([*declared, *_HIDDEN]))
    output = list(dict.fromkeys([*declared, *_OUTPUT]))
    few = list(dict.fromkeys([*declared, *_HIDDEN[:4]]))
    count = len(mains)
    places = (False, True) if any(norm is not None for norm in norms) else (False,)
    for head in heads:
        if any(own):
            yield _network(head, mains, norms, own, [("linear", False)] * count)
        # First nothing is applied to the result of a layer that has an activation itself.
        for is_bare in (True, False) if any(own) else (False,):

            def network(
                choices: Sequence[tuple[str, bool]], head: list[Step] = head, is_bare: bool = is_bare
            ) -> list[Step]:
                free = [
                    ("linear", place) if is_bare and inner else (function, place)
                    for inner, (function, place) in zip(own, choices, strict=True)
                ]
                return _network(head, mains, norms, own, free)

            for function, place, last in itertools.product(hidden, places, output):
                yield network([(function, place)] * (count - 1) + [(last, False)])
            for function, place, last, odd, other, elsewhere in itertools.product(
                few, places, output[:4], range(count - 1), few, places
            ):
                if (other, elsewhere) != (function, place):
                    choices = [(function, place)] * (count - 1) + [(last, False)]
                    choices[odd] = (other, elsewhere)
                    yield network(choices)


def _network(
    head: Sequence[Step],
    mains: Sequence[Step],
    norms: Sequence[Step | None],
    own: Sequence[str | None],
    choices: Sequence[tuple[str, bool]],
) -> list[Step]:
    """Layers with their own activations, and with a further one after or before the batch normalisation of each."""
    steps = list(head)
    for main, norm, inner, (function, norm_is_last) in zip(mains, norms, own, choices, strict=True):
        steps.append(main)
        if inner is not None:
            steps.append(Step("Activation", inner))
        steps += [norm] if norm is not None and not norm_is_last else []
        steps.append(Step("Activation", function))
        steps += [norm] if norm is not None and norm_is_last else []
    return steps


def in_order(mains: Sequence[Step]) -> list[Step]:
    """Layers with kernels in an order in which each takes what the one before gives, as near to the declared one as can be."""
    if any(step.kind != "Dense" or not step.arrays for step in mains):
        return list(mains)

    def is_chain(order: Sequence[Step]) -> bool:
        return all(a.arrays[0].shape[1] == b.arrays[0].shape[0] for a, b in itertools.pairwise(order))

    orders = itertools.islice(itertools.permutations(mains), 1000)
    return list(next((order for order in orders if is_chain(order)), mains))


def _own_activations(parts: Sequence[Step]) -> list[str | None]:
    """The activation that each layer with a kernel applies itself."""
    mains = [step for step in parts if step.is_main]
    found: dict[int, str | None] = {id(step): None for step in mains}
    for step, following in itertools.pairwise(parts):
        if step.is_main and following.kind == "Activation" and following.layer is None:
            found[id(step)] = None if following.value == "linear" else following.value
    return [found[id(step)] for step in in_order(mains)]


def _norms(parts: Sequence[Step], mains: Sequence[Step]) -> list[Step | None] | None:
    """The batch normalisation that belongs to each layer with a kernel."""
    norms: list[Step | None] = [None] * len(mains)
    place_of = {id(step): place for place, step in enumerate(mains)}
    waiting: list[Step] = []
    current = -1
    for step in parts:
        if step.is_main:
            current = place_of[id(step)]
        elif step.kind == "BatchNormalization":
            fits = current >= 0 and norms[current] is None and _takes(step, mains[current].arrays[0].shape[1])
            if fits and not waiting:
                norms[current] = step
            else:
                waiting.append(step)
    if waiting:
        # They stand in a list of their own: one after the other, each where it fits.
        grouped = [step for step in parts if step.kind == "BatchNormalization"]
        norms = [None] * len(mains)
        place = 0
        for step in grouped:
            while place < len(mains) and not _takes(step, mains[place].arrays[0].shape[1]):
                place += 1
            if place == len(mains):
                return None
            norms[place] = step
            place += 1
    return norms


def _explained_noise(
    noise: np.ndarray,
    x: np.ndarray,
    steps: Sequence[Step],
    parts: Sequence[Step],
    expected: Sequence[Step] | None,
) -> list[Step] | None:
    """The steps with dropout where the model may have it: as expected, as declared, or in the likeliest of the usual places."""
    memory: dict[tuple, np.ndarray] = {}
    if noise_agrees(noise, simulated_noise(steps, x, memory)):
        return list(steps)
    declared = _declared_noise(steps, parts)
    if declared is not None and noise_agrees(noise, simulated_noise(declared, x, memory)):
        return declared
    best, distance = None, _MOST_ERRORS
    for placed in _noisy(steps, parts, expected):
        errors = noise_distance(noise, simulated_noise(placed, x, memory))
        if errors <= distance:
            best, distance = placed, errors
    return best


def _declared_noise(steps: Sequence[Step], parts: Sequence[Step]) -> list[Step] | None:
    """Dropout after those hidden layers after which it is declared."""
    mains = [step for step in parts if step.is_main]
    rates = {id(step): 0.0 for step in mains}
    input_rate, current = 0.0, None
    for step in parts:
        current = step if step.is_main else current
        if step.kind == "Dropout":
            input_rate = step.value if current is None else input_rate
            if current is not None:
                rates[id(current)] = step.value
    hidden = [step for step in steps if step.is_main][:-1]
    if any(id(step) not in rates for step in hidden):
        return None
    return with_dropout(steps, [rates[id(step)] for step in hidden], input_rate)


def _noisy(
    steps: Sequence[Step], parts: Sequence[Step], expected: Sequence[Step] | None
) -> Iterator[list[Step]]:
    yield [step for step in steps if step.kind not in NOISES]
    hidden = sum(step.is_main for step in steps) - 1
    rates = [step.value for step in [*parts, *(expected or [])] if step.kind == "Dropout"]
    for rate in dict.fromkeys(rates):
        yield with_dropout(steps, [rate] * hidden)
        for place in range(hidden):
            yield with_dropout(steps, [rate * (other == place) for other in range(hidden)])
        yield with_dropout(steps, [0.0] * hidden, rate)
        yield with_dropout(steps, [rate] * hidden, rate)
    if len(rates) == hidden:
        yield with_dropout(steps, rates)
