"""Checks of what a network is made of: its layers, by meaning, and how many parameters they have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from assay.checks.answers import build_own, copy_of, first_shape, model_of, undisturbed
from assay.checks.claims import ClaimFailed
from assay.checks.networks import (
    NOISES,
    PREPARATION,
    Block,
    NotAChain,
    OwnClass,
    Step,
    all_builtin,
    blocks_of,
    exact_steps,
    steps_of,
)
from assay.checks.observed import observe

MOST_DIFFERENCES = 4


def architecture(
    model: Any,
    expected: Any,
    name: str = "model",
    *,
    input_shape: Sequence[int] | None = None,
    compare_input: bool = False,
) -> None:
    """Compare the layers of a network with those that the task asks for, by meaning and not by spelling.

    Both are put into one canonical form. In it a Sequential, a functional and a subclassed model are the same; so are an
    activation inside a layer and beside it, by name, function or object; nested models are opened; input layers,
    Dropout(0), linear activations, a Flatten of flat input and Rescaling(1) are dropped. A missing bias before batch
    normalisation is no difference. A model of the student's own class is called with random weights, which are taken back
    afterwards, to see what its ``call`` does with its layers; when it was never called before, it is built by this.

    Parameters
    ----------
    model
        The answer: a Keras model, or a handle on one; it is not changed.
    expected
        A list of Keras layers, which need not be built, or a Keras model.
    name
        What the model is called in the message.
    input_shape
        The shape of one example; needed for a model of the student's own class that was never called. A model that is built for
        another one, of as many axes, is wrong.
    compare_input
        Whether layers that only rearrange or rescale the input (Flatten, Reshape, Rescaling, Normalization, Permute) and stand before the
        first layer with a kernel have to be the expected ones.

    Raises
    ------
    ClaimFailed
        The networks differ; the message names each difference.
    Ungradable
        A model of the student's own class was never called and ``input_shape`` is not given.
    NotImplementedError
        The answer is still open.
    """
    __tracebackhide__ = True
    model = model_of(model, name)
    with undisturbed():
        wanted = expected_steps(expected, input_shape)
        got = exact_steps(model, name, input_shape)
        noise_is_explained = True
        if got is None:
            seen = observe(model, name, input_shape=input_shape, expected=wanted)
            noise_is_explained = seen.noise_is_explained
            if seen.steps is None:
                _fail_unexplained(list(seen.parts), wanted, name, compare_input)
                return
            got = seen.steps
    found = [*_shape_difference(model, input_shape), *differences(got, wanted, compare_input=compare_input)]
    if not found and not noise_is_explained:
        found = ["in training mode it drops units in another way than expected"]
    if found:
        raise ClaimFailed("\n".join(f"{name}: {each}" for each in found[:MOST_DIFFERENCES]))


def _shape_difference(model: Any, input_shape: Sequence[int] | None) -> Iterable[str]:
    own = first_shape(model)
    wanted = None if input_shape is None else tuple(input_shape)
    if own is not None and wanted is not None and len(own) == len(wanted) and own != wanted:
        yield f"it takes examples of shape {_written(own)}, expected {_written(wanted)}"


def parameter_count(
    model: Any,
    total: int | Collection[int] | None = None,
    trainable: int | Collection[int] | None = None,
    non_trainable: int | Collection[int] | None = None,
    *,
    input_shape: Sequence[int] | None = None,
    name: str = "model",
) -> None:
    """Compare how many parameters a network has.

    Parameters
    ----------
    model
        The answer. One of Keras's own classes that is not built is built as a copy; one of the student's own class is built by
        calling it.
    total, trainable, non_trainable
        A number, or several that are all right: without a bias before batch normalisation there are fewer. None is not
        compared.
    input_shape
        The shape of one example, for a model that is not built.

    Raises
    ------
    ClaimFailed
        A number differs; the message says what the difference may come from.
    Ungradable
        The model is not built and ``input_shape`` is not given.
    """
    __tracebackhide__ = True
    model = model_of(model, name)
    with undisturbed():
        model = built(model, name, input_shape)
        learned = _sizes(model.trainable_weights)
        fixed = _sizes(model.non_trainable_weights)
        hints = _parts_by_size(model, name, input_shape)
    for got, wanted, kind in (
        (learned + fixed, total, "parameters"),
        (learned, trainable, "trainable parameters"),
        (fixed, non_trainable, "parameters that are not trainable"),
    ):
        right = _numbers(wanted)
        if right and got not in right:
            slip = next((hints[abs(got - each)] for each in right if abs(got - each) in hints), "")
            more = ("as many more as " if got > right[0] else "as many fewer as ") + slip if slip else ""
            raise ClaimFailed(
                f"{name}: got {got} {kind}, expected {' or '.join(map(str, right))}{f' ({more})' if more else ''}"
            )


def expected_steps(expected: Any, input_shape: Sequence[int] | None) -> list[Step]:
    """The canonical form of what a test asks for.

    Raises
    ------
    TypeError
        It is no list of layers of Keras's own and no such model; a mistake of the test.
    """
    if isinstance(expected, str):
        from assay.checks.stacks import stack

        expected = stack(expected)
    try:
        shape = tuple(input_shape) if input_shape is not None else None
        return steps_of(
            expected, shape if isinstance(expected, (list, tuple)) else first_shape(expected, shape)
        )
    except (OwnClass, NotAChain, AttributeError) as error:
        raise TypeError(
            f"expected has to be a list of Keras's own layers or a model that is a chain of them ({error})."
        ) from None


def differences(got: Sequence[Step], expected: Sequence[Step], *, compare_input: bool = False) -> list[str]:
    """Name each difference of two networks in canonical form, in words for the student."""
    ours, theirs = blocks_of(got), blocks_of(expected)
    if len(ours) != len(theirs):
        return [_other_depth(ours[1:], theirs[1:])]
    found: list[str] = []
    for one, other in zip(ours[1:], theirs[1:], strict=True):
        found += _main_differences(one, other)
    before = (
        list(_without_preparation(ours[0], compare_input)),
        list(_without_preparation(theirs[0], compare_input)),
    )
    found += _rest_differences("the input", *before)
    for one, other in zip(ours[1:], theirs[1:], strict=True):
        found += _rest_differences(one.name, list(one.rest), list(other.rest))
    found += _shared(ours)
    return found


def built(model: Any, name: str, input_shape: Sequence[int] | None) -> Any:
    """The model, or a built copy of it when it is of Keras's own classes and not built.

    Raises
    ------
    Ungradable
        It is not built, and ``input_shape`` is not given.
    """
    if all_builtin(model) and not model.built:
        shape = first_shape(model, input_shape)
        if shape is None:
            from assay.checks.answers import ungradable

            raise ungradable(f"{name}: it is not built, and no input_shape was given.")
        model = copy_of(model)
        model.build((None, *shape))
        return model
    build_own(model, first_shape(model, input_shape), name)
    return model


def _fail_unexplained(parts: list[Step], wanted: list[Step], name: str, compare_input: bool) -> None:
    """Say what differs in the layers of a model of its own class; their order and activations are not known."""
    __tracebackhide__ = True
    kinds = ("Activation", *NOISES)
    found = differences(
        [step for step in parts if step.kind not in kinds],
        [step for step in wanted if step.kind not in kinds],
        compare_input=compare_input,
    )
    if not found:
        found = [
            "it has the layers that are expected and computes something else "
            "(is each of them called once, in order, and followed by its activation?)"
        ]
    raise ClaimFailed("\n".join(f"{name}: {each}" for each in found[:MOST_DIFFERENCES]))


def _other_depth(ours: Sequence[Block], theirs: Sequence[Block]) -> str:
    got, wanted = _sizes_of(ours), _sizes_of(theirs)
    slip = ""
    if len(got) == len(wanted) + 1 and wanted and got == [*wanted, wanted[-1]]:
        slip = "the last size is that of the output layer, which is no hidden layer"
    elif wanted and got == wanted[:-1]:
        slip = "the output layer is missing"
    elif got == wanted[-1:]:
        slip = "the hidden layers are missing"
    elif len(got) < len(wanted) and got and wanted[: len(got) - 1] == got[:-1]:
        slip = "is there one layer for each size?"
    elif len(got) > len(wanted):
        slip = "is there a loop too many, or a number of layers written by hand?"
    return (
        f"got {len(got)} {_plural('layer', len(got))} with weights ({_listed(got)}), expected {len(wanted)} ({_listed(wanted)})"
        + (f" ({slip})" if slip else "")
    )


def _sizes_of(blocks: Sequence[Block]) -> list[Any]:
    return [_size_of(block.main) for block in blocks if block.main is not None]


def _size_of(step: Step) -> Any:
    return step.value[0] if isinstance(step.value, tuple) else step.value


def _listed(sizes: Sequence[Any]) -> str:
    return ", ".join(map(str, sizes)) + (" units" if sizes else "none")


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


def _main_differences(one: Block, other: Block) -> Iterable[str]:
    got, wanted = one.main, other.main
    if got is None or wanted is None:
        return
    if got.kind != wanted.kind:
        yield f"{one.name} is a {got.kind} layer, expected {wanted.kind}"
    elif got.value != wanted.value:
        unit = "units" if hasattr(wanted.layer, "units") else "filters"
        if _size_of(got) != _size_of(wanted):
            yield f"{one.name} has {_size_of(got)} {unit}, expected {_size_of(wanted)}"
        else:
            yield from _setting_differences(one.name, got, wanted)
    # Batch normalisation subtracts a bias again; where it is missing or misplaced, that is what is said.
    is_normalised = bool(other.rest) and other.rest[0].kind == "BatchNormalization"
    if got.kind == wanted.kind and got.has_bias != wanted.has_bias and not is_normalised:
        yield f"{one.name} has {'a' if got.has_bias else 'no'} bias, expected {'one' if wanted.has_bias else 'none'}"


def _without_preparation(block: Block, compare_input: bool) -> Iterable[Step]:
    return (step for step in block.rest if compare_input or step.kind not in PREPARATION)


def _rest_differences(where: str, got: list[Step], wanted: list[Step]) -> list[str]:
    """Differences in what follows a layer with a kernel."""
    if got == wanted:
        return []
    found = [
        *_norm_differences(where, got, wanted),
        *_function_differences(where, got, wanted),
        *_other_differences(where, got, wanted),
    ]
    if not found:
        found.append(
            f"in {where} the order is {', '.join(map(str, got))}; expected {', '.join(map(str, wanted))}"
        )
    return found


def _norm_differences(where: str, got: list[Step], wanted: list[Step]) -> Iterable[str]:
    ours, theirs = _count(got, "BatchNormalization"), _count(wanted, "BatchNormalization")
    if ours > theirs:
        yield (
            f"one layer too many: batch normalisation after {where}"
            if not theirs
            else f"{ours} batch normalisations in {where}, expected {theirs}"
        )
    elif ours < theirs:
        place = "before the activation of" if _norm_comes_first(wanted) else "after"
        yield f"no batch normalisation {place} {where}"
    elif ours and _count(got, "Activation") and _norm_comes_first(got) != _norm_comes_first(wanted):
        right, wrong = ("before", "after") if _norm_comes_first(wanted) else ("after", "before")
        yield f"batch normalisation {wrong} the activation of {where}: it belongs {right} it"


def _norm_comes_first(steps: Sequence[Step]) -> bool:
    kinds = [step.kind for step in steps]
    if "Activation" not in kinds or "BatchNormalization" not in kinds:
        return True
    return kinds.index("BatchNormalization") < kinds.index("Activation")


def _function_differences(where: str, got: list[Step], wanted: list[Step]) -> Iterable[str]:
    ours = [str(step.value) for step in got if step.kind == "Activation"]
    theirs = [str(step.value) for step in wanted if step.kind == "Activation"]
    if ours == theirs:
        return
    if len(ours) == 1 and len(theirs) == 1:
        yield f"{where}'s activation is {ours[0]}, expected {theirs[0]}"
    elif not ours:
        yield f"{where} has no activation, expected {' and '.join(theirs)}"
    else:
        noun = _plural("activation", len(ours))
        yield f"{where} has the {noun} {' and '.join(ours)}, expected {' and '.join(theirs) or 'none'}"


def _other_differences(where: str, got: list[Step], wanted: list[Step]) -> Iterable[str]:
    kinds = ("Activation", "BatchNormalization")
    ours = [step for step in got if step.kind not in kinds]
    theirs = [step for step in wanted if step.kind not in kinds]
    side = "before" if where == "the input" else "after"
    place = "hidden layer 1" if where == "the input" else where
    if ours == theirs:
        if [step for step in got if step.kind != "BatchNormalization"] != [
            step for step in wanted if step.kind != "BatchNormalization"
        ]:
            functions = [step.value for step in got if step.kind == "Activation"]
            if ours and functions == [step.value for step in wanted if step.kind == "Activation"]:
                yield f"{ours[0]} stands before the activation of {place}: it belongs after it"
        return
    for kind in dict.fromkeys(step.kind for step in [*ours, *theirs]):
        mine = [step for step in ours if step.kind == kind]
        yours = [step for step in theirs if step.kind == kind]
        if len(mine) > len(yours):
            yield f"one layer too many: {mine[-1]} {side} {place}"
        elif len(mine) < len(yours):
            yield f"no {yours[-1]} {side} {place}"
        elif mine != yours:
            wrong = next(one for one, other in zip(mine, yours, strict=True) if one != other)
            right = next(other for one, other in zip(mine, yours, strict=True) if one != other)
            if kind in NOISES:
                yield f"the {kind.lower()} {side} {place} has rate {wrong.value:g}, expected {right.value:g}"
            else:
                yield from _setting_differences(f"{kind} {side} {place}", wrong, right)


def _setting_differences(where: str, got: Step, wanted: Step) -> Iterable[str]:
    found = False
    for setting in ("kernel_size", "pool_size", "strides", "padding"):
        mine, yours = (getattr(step.layer, setting, None) for step in (got, wanted))
        if mine != yours:
            found = True
            yield f"{where} has {setting.replace('_', ' ')} {_written(mine)}, expected {_written(yours)}"
    if not found:
        yield f"{where} has other settings than expected"


def _written(setting: Any) -> str:
    return " x ".join(map(str, setting)) if isinstance(setting, (list, tuple)) else repr(setting)


def _count(steps: Iterable[Step], kind: str) -> int:
    return sum(step.kind == kind for step in steps)


def _shared(blocks: Sequence[Block]) -> Iterable[str]:
    """Layers that stand at two places with one set of weights."""
    seen: dict[int, str] = {}
    for block in blocks:
        for step in (block.main, *block.rest):
            if step is None or step.layer is None or not (step.is_main or step.kind == "BatchNormalization"):
                continue
            if id(step.layer) in seen:
                yield f"{seen[id(step.layer)]} and {block.name} are one and the same layer (make one for each)"
            seen[id(step.layer)] = block.name


def _sizes(weights: Iterable[Any]) -> int:
    return sum(int(np.prod(tuple(weight.shape), dtype=int)) for weight in weights)


def _numbers(wanted: int | Collection[int] | None) -> list[int]:
    if wanted is None:
        return []
    return [int(wanted)] if isinstance(wanted, (int, np.integer)) else [int(each) for each in wanted]


def _parts_by_size(model: Any, name: str, input_shape: Sequence[int] | None) -> dict[int, str]:
    """What has how many parameters, for a guess at where a difference comes from."""
    try:
        steps = exact_steps(model, name, input_shape)
    except ClaimFailed:
        return {}
    if steps is None:
        return {}
    hints: dict[int, str] = {}
    blocks = blocks_of(steps)[1:]
    units = [
        (block.name, step.arrays[0].shape[-1]) for block in blocks if (step := block.main) and step.arrays
    ]
    for block in blocks:
        for step in (block.main, *block.rest):
            if step is not None and step.arrays:
                what = block.name if step is block.main else f"batch normalisation in {block.name}"
                hints.setdefault(sum(array.size for array in step.arrays), f"{what} has")
    for where, count in units:
        hints.setdefault(count, f"the biases of {where}")
        hints.setdefault(4 * count, f"batch normalisation in {where} would have")
    if units:
        hints.setdefault(sum(count for _, count in units), "the biases of all layers")
        hints.setdefault(sum(count for _, count in units[:-1]), "the biases of the hidden layers")
        hints.setdefault(
            4 * sum(count for _, count in units[:-1]), "batch normalisation in all hidden layers would have"
        )
        hints.setdefault(
            2 * sum(count for _, count in units[:-1]), "half of the parameters of batch normalisation"
        )
    return hints
