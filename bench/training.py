"""How long ``descent.training.fit`` takes beside plain ``model.fit``, and whether both end at the same accuracy."""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import machine
import numpy as np
import tensorflow as tf

from descent import training
from descent.data import load_mnist

LAYER_SIZES = (50, 50, 50, 10)
BATCH_SIZE = 32
NUM_TRAINING = 48_000


@dataclass(frozen=True)
class Kind:
    """One of the networks that the notebook trains."""

    activation: str = "relu"
    batch_norm: bool = False
    l2: float = 0.0
    dropout: float = 0.0
    optimizer: Callable[[], keras.optimizers.Optimizer] = lambda: keras.optimizers.SGD(0.1)


KINDS = {
    "sigmoid (baseline)": Kind(activation="sigmoid"),
    "relu": Kind(),
    "batch norm": Kind(batch_norm=True),
    "dropout + L2": Kind(l2=1e-4, dropout=0.2),
    "Adam": Kind(optimizer=lambda: keras.optimizers.Adam(0.001)),
}


@dataclass(frozen=True)
class Run:
    """What one training took and where it ended."""

    wall: float
    cpu: float
    accuracy: float


def main() -> int:
    """Train every kind both ways in turn, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--epochs", type=int, default=20, help="epochs of each training (the exercise has 20)"
    )
    parser.add_argument(
        "--seeds", type=int, default=3, help="trainings of each kind and way, each from another seed"
    )
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), metavar="KIND")
    parser.add_argument("--no-tensorboard", action="store_true", help="leave the TensorBoard callback out")
    parser.add_argument(
        "--threads", type=int, help="threads of TensorFlow, for both ways (its own choice if not given)"
    )
    options = parser.parse_args()
    if options.threads:
        tf.config.threading.set_intra_op_parallelism_threads(options.threads)
        tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    (images, labels), _ = load_mnist()
    x = images.reshape(len(images), -1).astype("float32") / 255.0
    data = (x[:NUM_TRAINING], labels[:NUM_TRAINING])
    validation = (x[NUM_TRAINING:], labels[NUM_TRAINING:])
    description = (
        f"Layers {list(LAYER_SIZES)}, batches of {BATCH_SIZE}, {options.epochs} epochs, {NUM_TRAINING:,} training and "
        f"{len(validation[0]):,} validation examples, "
        f"{'no TensorBoard' if options.no_tensorboard else 'TensorBoard with histograms'}; {options.seeds} seeds, "
        f"the two ways in turn on {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start.\n"
        "Each time holds compiling the model, training, validation and callbacks; medians over the seeds, in seconds.\n"
        "Accuracy is that on the validation examples after the last epoch, mean and standard deviation over the seeds.\n"
    )
    runs: dict[tuple[str, str], list[Run]] = {
        (kind, way): [] for kind in options.kinds for way in ("plain", "fast")
    }
    for seed in range(options.seeds):
        for kind in options.kinds:
            # Who comes first changes, so that neither has the warmer machine every time.
            for way in ("plain", "fast") if seed % 2 == 0 else ("fast", "plain"):
                run = train(KINDS[kind], way, seed, data, validation, options)
                runs[kind, way].append(run)
                print(
                    f"seed {seed}: {kind}, {way}: {run.wall:.1f} s, {run.accuracy:.4f}",
                    file=sys.stderr,
                    flush=True,
                )
    machine.write(
        "training",
        f"# Training beside model.fit\n\n{description}\n```text\n{shown(runs, options.kinds)}\n```",
    )
    return 0


def train(
    kind: Kind, way: str, seed: int, data: tuple, validation: tuple, options: argparse.Namespace
) -> Run:
    """Train one network from its seed."""
    keras.utils.set_random_seed(seed)
    model = make_model(kind)
    with tempfile.TemporaryDirectory() as folder:
        callbacks = [] if options.no_tensorboard else [keras.callbacks.TensorBoard(folder, histogram_freq=1)]
        settings = {
            "epochs": options.epochs,
            "validation_data": validation,
            "callbacks": callbacks,
            "verbose": 0,
        }
        wall, cpu = time.perf_counter(), time.process_time()
        model.compile(kind.optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
        fit = training.fit if way == "fast" else keras.Model.fit
        history = fit(model, *data, batch_size=BATCH_SIZE, **settings)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(wall, cpu, history.history["val_accuracy"][-1])


def make_model(kind: Kind) -> keras.Model:
    """Build one network."""
    model = keras.Sequential([keras.Input((784,))])
    for size in LAYER_SIZES[:-1]:
        penalty = keras.regularizers.L2(kind.l2) if kind.l2 else None
        model.add(keras.layers.Dense(size, kernel_regularizer=penalty))
        if kind.batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(kind.activation))
        if kind.dropout:
            model.add(keras.layers.Dropout(kind.dropout))
    model.add(keras.layers.Dense(LAYER_SIZES[-1], activation="softmax"))
    return model


def shown(runs: dict[tuple[str, str], list[Run]], kinds: list[str]) -> str:
    """One line for each kind and one for all of them."""
    lines = [
        f"{'':20}{'wall time':^28}{'CPU time':^28}{'accuracy':^34}",
        f"{'kind':20}" + f"{'plain':>9}{'fast':>9}{'ratio':>8}  " * 2 + f"{'plain':>16}{'fast':>16}",
    ]
    totals = {}
    for kind in kinds:
        plain, fast = runs[kind, "plain"], runs[kind, "fast"]
        line = f"{kind:20}"
        for what in ("wall", "cpu"):
            one, other = (statistics.median(getattr(run, what) for run in way) for way in (plain, fast))
            line += f"{one:9.1f}{other:9.1f}{one / other:8.1f}  "
            totals[what] = [
                sum(pair) for pair in zip(totals.get(what, (0.0, 0.0)), (one, other), strict=True)
            ]
        for way in (plain, fast):
            accuracies = [run.accuracy for run in way]
            line += f"{np.mean(accuracies):10.4f} ±{np.std(accuracies, ddof=len(accuracies) > 1):.4f}"
        lines.append(line)
    totalled = "".join(f"{one:9.1f}{other:9.1f}{one / other:8.1f}  " for one, other in totals.values())
    return "\n".join(each.rstrip() for each in [*lines, f"{'all together':20}{totalled}"])


if __name__ == "__main__":
    sys.exit(main())
