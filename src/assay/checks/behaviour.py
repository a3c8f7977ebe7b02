"""Checks of what a network does otherwise in training than in inference: batch normalisation and dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from assay.checks.answers import (
    borrowed,
    build_own,
    call,
    copy_of,
    first_shape,
    model_of,
    shake,
    undisturbed,
)
from assay.checks.claims import ClaimFailed
from assay.checks.layers import built
from assay.checks.networks import (
    NOISES,
    Block,
    Step,
    all_builtin,
    blocks_of,
    evaluate,
    exact_steps,
)
from assay.checks.observed import (
    Seen,
    noise_agrees,
    noise_of,
    observe,
    parts_of,
    simulated_noise,
    with_present_weights,
)

_ROWS = 64
_NOISY_ROWS, _NOISY_NUMBERS = 4096, 3_000_000


def batch_norm(
    model: Any,
    name: str = "model",
    *,
    before_activation: bool | None = True,
    output_layer: bool | None = None,
    momentum: float | None = None,
    input_shape: Sequence[int] | None = None,
) -> None:
    """Check that each hidden layer is batch-normalised, in training by its batch and in inference by moving averages.

    Parameters
    ----------
    model
        The answer. A copy of it is run, or, when it is of the student's own class, the model itself, which gets its weights and averages back.
    before_activation
        Where the batch normalisation of a hidden layer has to stand: True before its activation, False after it, None anywhere.
    output_layer
        Whether the output layer has to be normalised too; None when it may be.
    momentum
        That of the moving averages, where the task asks for one.
    input_shape
        The shape of one example, for a network that is not built.

    Raises
    ------
    ClaimFailed
        A batch normalisation is missing or misplaced, or does not do what it should.
    Ungradable
        The network is not built and ``input_shape`` is not given, or it is of a class of its own that no chain of layers explains.
    """
    __tracebackhide__ = True
    model = model_of(model, name)
    with undisturbed():
        steps, shape = _canonical(model, name, input_shape)
        blocks = blocks_of(steps)[1:]
        for number, block in enumerate(blocks):
            is_output = number == len(blocks) - 1
            _check_place(block, name, before_activation, output_layer if is_output else True)
        if momentum is not None:
            for block in blocks:
                for step in block.rest:
                    if (
                        step.kind == "BatchNormalization"
                        and abs(float(step.layer.momentum) - momentum) > 1e-6
                    ):
                        raise ClaimFailed(
                            f"{name}: the batch normalisation of {block.name} has momentum {float(step.layer.momentum):g}, "
                            f"expected {momentum:g}"
                        )
        ready = _ready(model, name, input_shape)
        with borrowed(ready):
            shake(ready)
            _check_averages(ready, _with_weights_of(steps, ready), shape, name)


def dropout(
    model: Any,
    rates: float | Sequence[float],
    name: str = "model",
    *,
    input_rate: float = 0.0,
    input_shape: Sequence[int] | None = None,
) -> None:
    """Check that a network drops units of its hidden layers at the right rates, in training only and nowhere else.

    Parameters
    ----------
    model
        The answer. A copy of it is run, or, when it is of the student's own class, the model itself, which gets its weights back.
    rates
        The share of units that is dropped after each hidden layer, one for all or one for each; 0 for none.
    input_rate
        That of the input.
    input_shape
        The shape of one example, for a network that is not built.

    Raises
    ------
    ClaimFailed
        Units are dropped at another rate, at another place, or in inference.
    Ungradable
        The network is not built and ``input_shape`` is not given, or it is of a class of its own that no chain of layers explains.
    """
    __tracebackhide__ = True
    model = model_of(model, name)
    with undisturbed():
        ready = _ready(model, name, input_shape)
        _check_inference(ready, name, input_shape)
        steps = exact_steps(model, name, input_shape)
        hidden = _hidden_count(steps if steps is not None else parts_of(ready))
        wanted = (
            [float(rates)] * hidden if isinstance(rates, (int, float)) else [float(rate) for rate in rates]
        )
        if len(wanted) != hidden:
            raise ClaimFailed(f"{name}: got {hidden} hidden layers, expected {len(wanted)}")
        seen = None
        if steps is None:
            seen = observe(model, name, input_shape=input_shape, rates=wanted, input_rate=input_rate)
            _refuse_unexplained(seen, name)
            steps = seen.steps or []
        found = [*_rate_differences(steps, wanted, input_rate)]
        if not found and seen is not None and not seen.noise_is_explained:
            found = ["in training mode it drops units in another way than expected"]
        if found:
            raise ClaimFailed("\n".join(f"{name}: {each}" for each in found[:4]))
        if seen is None:
            _check_noise(ready, steps, first_shape(ready, input_shape), name)


def _canonical(model: Any, name: str, input_shape: Sequence[int] | None) -> tuple[list[Step], tuple]:
    __tracebackhide__ = True
    steps = exact_steps(model, name, input_shape)
    shape = first_shape(model, input_shape)
    if steps is None:
        seen = observe(model, name, input_shape=input_shape)
        _refuse_unexplained(seen, name)
        return list(seen.steps or []), seen.shape
    if shape is None:
        shape = first_shape(built(model, name, input_shape), input_shape)
    return steps, shape or ()


def _refuse_unexplained(seen: Seen, name: str) -> None:
    __tracebackhide__ = True
    if seen.steps is None:
        from assay.checks.networks import _unexplained

        raise _unexplained(name)


def _ready(model: Any, name: str, input_shape: Sequence[int] | None) -> Any:
    """A built copy of a model of Keras's own classes; any other model itself, built."""
    if all_builtin(model):
        ready = built(model, name, input_shape)
        return copy_of(model) if ready is model else ready
    build_own(model, first_shape(model, input_shape), name)
    return model


def _check_place(block: Block, name: str, before: bool | None, wanted: bool | None) -> None:
    __tracebackhide__ = True
    kinds = [step.kind for step in block.rest]
    count = kinds.count("BatchNormalization")
    if wanted is None:
        return
    if not wanted:
        if count:
            raise ClaimFailed(f"{name}: one layer too many: batch normalisation after {block.name}")
        return
    if count == 0:
        place = {True: "before the activation of", False: "after the activation of", None: "in"}[before]
        raise ClaimFailed(f"{name}: no batch normalisation {place} {block.name}")
    if count > 1:
        raise ClaimFailed(f"{name}: {count} batch normalisations in {block.name}, expected one")
    if before is None or "Activation" not in kinds:
        return
    if (kinds.index("BatchNormalization") < kinds.index("Activation")) is not before:
        wrong, right = ("after", "before") if before else ("before", "after")
        raise ClaimFailed(
            f"{name}: batch normalisation {wrong} the activation of {block.name}: it belongs {right} it"
        )


def _with_weights_of(steps: Sequence[Step], model: Any) -> list[Step]:
    """The canonical form of a model again, with the weights that it has now."""
    fresh = exact_steps(model, "model", None)
    return fresh if fresh is not None else with_present_weights(steps, model)


def _check_averages(model: Any, steps: Sequence[Step], shape: tuple, name: str) -> None:
    """Compare outputs in both modes, and the moving averages afterwards, with those of the formulas."""
    __tracebackhide__ = True
    x = np.random.default_rng(4).normal(0.5, 2.0, size=(_ROWS, *shape)).astype("float32")
    inference = call(model, x)
    if not np.allclose(inference, evaluate(steps, x), rtol=1e-3, atol=1e-4):
        raise ClaimFailed(f"{name}: in inference mode, batch normalisation does not use the moving averages")
    moments: list[tuple[np.ndarray, np.ndarray]] = []
    in_training = call(model, x, training=True)
    is_noisy = any(step.kind in NOISES for step in steps)
    wanted = evaluate(steps, x, training=True, moments=moments)
    if not is_noisy and not np.allclose(in_training, wanted, rtol=2e-3, atol=5e-4):
        frozen = np.allclose(in_training, inference, rtol=1e-4, atol=1e-5)
        slip = " (is training=False passed to it, or is it frozen?)" if frozen else ""
        raise ClaimFailed(
            f"{name}: in training mode, batch normalisation does not use mean and variance of the batch{slip}"
        )
    after = [step for step in _with_weights_of(steps, model) if step.kind == "BatchNormalization"]
    before = [step for step in steps if step.kind == "BatchNormalization"]
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        share = float(getattr(old.layer, "momentum", 0.99))
        moved = share * old.arrays[-2] + (1 - share) * moments[number][0]
        # Dropout makes the moments of later batches random: there it counts that they move at all.
        right = (
            not np.allclose(old.arrays[-2], new.arrays[-2], atol=1e-7)
            if is_noisy
            else np.allclose(new.arrays[-2], moved, rtol=1e-2, atol=1e-3)
        )
        if not right:
            raise ClaimFailed(
                f"{name}: batch normalisation {number + 1} does not move its averages in training"
            )


def _check_inference(model: Any, name: str, input_shape: Sequence[int] | None) -> None:
    __tracebackhide__ = True
    shape = first_shape(model, input_shape) or ()
    with borrowed(model):
        shake(model)
        x = np.random.default_rng(4).normal(size=(_ROWS, *(shape or _flat(model)))).astype("float32")
        if not np.allclose(call(model, x), call(model, x), rtol=1e-5, atol=1e-6):
            raise ClaimFailed(
                f"{name}: in inference mode it gives other outputs each time (units are to be dropped in training only)"
            )


def _flat(model: Any) -> tuple:
    return next(((step.arrays[0].shape[0],) for step in parts_of(model) if step.kind == "Dense"), ())


def _hidden_count(steps: Sequence[Step]) -> int:
    return max(0, sum(step.is_main for step in steps) - 1)


def _rate_differences(steps: Sequence[Step], rates: Sequence[float], input_rate: float) -> list[str]:
    blocks = blocks_of(steps)
    found = []
    wanted = [input_rate, *rates, 0.0]
    for block, rate in zip(blocks, wanted, strict=True):
        place = "before hidden layer 1" if block.main is None else f"after {block.name}"
        noises = [step for step in block.rest if step.kind in NOISES]
        strange = [step for step in noises if step.kind != "Dropout"]
        if strange:
            found.append(
                f"got {strange[0].kind} {place}, expected {f'Dropout({rate:g})' if rate else 'nothing'}"
            )
        elif rate and not noises:
            found.append(f"no Dropout({rate:g}) {place}")
        elif len(noises) > (1 if rate else 0):
            found.append(f"one layer too many: {noises[-1]} {place}")
        elif rate and abs(noises[0].value - rate) > 1e-6:
            slip = (
                " (the rate is the share that is dropped, not the one that is kept)"
                if abs(noises[0].value + rate - 1) < 1e-6
                else ""
            )
            found.append(f"the dropout {place} has rate {noises[0].value:g}, expected {rate:g}{slip}")
        elif rate and block.main is not None:
            kinds = [step.kind for step in block.rest]
            if "Activation" in kinds and kinds.index("Dropout") < kinds.index("Activation"):
                found.append(f"{noises[0]} stands before the activation of {block.name}: it belongs after it")
    return found


def _check_noise(model: Any, steps: Sequence[Step], shape: tuple | None, name: str) -> None:
    """Measure what a model drops in training; its layers may be told not to, whatever their rates are."""
    __tracebackhide__ = True
    if shape is None:
        return
    with borrowed(model):
        shake(model)
        rows = max(16, min(_NOISY_ROWS, _NOISY_NUMBERS // int(np.prod(shape))))
        x = np.random.default_rng(5).normal(size=(rows, *shape)).astype("float32")
        noise = noise_of(model, x)
        if not noise_agrees(noise, simulated_noise(_with_weights_of(steps, model), x)):
            silent = noise.max() < 1e-8
            raise ClaimFailed(
                f"{name}: in training mode it drops {'nothing' if silent else 'units at other rates than its layers say'}"
            )
