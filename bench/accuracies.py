"""Trains the networks that mnist_mlp compares, at full budget over several seeds, and prints a table for the docs.

Usage: python bench/accuracies.py [--seeds 5] [--epochs 20] [--examples 48000]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

os.environ["DESCENT_BUDGET"] = "full"

import keras
import numpy as np

from assay.cells import is_solution
from assay.course import Course
from assay.regions import Kind, drop_delimiters
from assay.variants import read_master
from descent import data, training

ROOT = Path(__file__).resolve().parents[1]
SIZES = [50, 50, 50, 10]
WIDE = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 1.0}}
NARROW = {"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.05}}
INITIALIZERS = {
    "glorot_normal": "glorot_normal",
    "N(0, 1)": WIDE,
    "N(0, 0.05)": NARROW,
    "zero": "zeros",
    "he_normal": "he_normal",
}

#: After one, three and twenty epochs, one seed, by another program; and what a published student solution of the exercise
#: printed after twenty ("asked").
REFERENCE: dict[str, tuple[float | None, ...]] = {
    "sigmoid, glorot_uniform (the baseline)": (0.665, 0.895, 0.964, 0.9645),
    "sigmoid, glorot_normal": (0.649, 0.893, 0.965, 0.9644),
    "sigmoid, N(0, 1)": (0.758, 0.857, 0.923, None),
    "sigmoid, N(0, 0.05)": (0.106, 0.712, 0.959, 0.9575),
    "sigmoid, zero": (0.106, 0.106, 0.372, 0.4513),
    "sigmoid, he_normal": (0.819, 0.909, 0.967, 0.9689),
    "relu, glorot_normal": (0.953, 0.966, 0.971, 0.9699),
    "relu, N(0, 1)": (0.100, 0.100, 0.100, None),
    "relu, N(0, 0.05)": (0.947, 0.964, 0.970, None),
    "relu, zero": (0.106, 0.106, 0.106, 0.10),
    "relu, he_normal": (0.951, 0.964, 0.972, None),
    "batch norm, sigmoid, glorot_normal": (0.923, 0.948, 0.969, 0.9724),
    "batch norm, sigmoid, N(0, 1)": (0.815, 0.874, 0.940, None),
    "batch norm, relu, glorot_normal": (0.955, 0.965, 0.974, None),
    "batch norm, relu, N(0, 1)": (0.840, 0.900, 0.954, None),
    "relu, glorot_normal, SGD 0.001": (0.406, 0.820, 0.926, 0.9228),
    "relu, glorot_normal, RMSprop 0.001": (0.953, 0.963, 0.971, 0.9683),
    "relu, glorot_normal, momentum 0.001": (0.896, 0.930, 0.966, 0.9684),
    "relu, glorot_normal, Adam 0.001": (0.943, 0.966, 0.970, None),
}


def main(arguments: list[str] | None = None) -> int:
    """Train and print; the table's lines come as they are done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--examples", type=int, default=48_000)
    options = parser.parse_args(arguments)
    answers = solution()
    (images, labels), _ = data.load_mnist()
    x, y = images.reshape(-1, 784).astype("float32") / 255, labels.astype("int64")
    train, validation = (x[: options.examples], y[: options.examples]), (x[48_000:], y[48_000:])
    shown = [epoch for epoch in (1, 3, 20) if epoch <= options.epochs]
    heads = [f"after {epoch}" for epoch in shown]
    print("| network | " + " | ".join(f"{head} | before" for head in heads) + " | asked |")
    print("|---|" + "---|" * (2 * len(heads) + 1))
    for name, reference in REFERENCE.items():
        runs = []
        for seed in range(options.seeds):
            keras.utils.set_random_seed(100 + seed)
            model, optimizer = network(answers, name)
            model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
            history = training.fit(
                model, *train, batch_size=32, epochs=options.epochs, validation_data=validation, verbose=0
            )
            runs.append([history.history["val_accuracy"][epoch - 1] for epoch in shown])
        means, spreads = np.mean(runs, axis=0), np.std(runs, axis=0, ddof=1 if options.seeds > 1 else 0)
        cells = []
        for mean, spread, before in zip(means, spreads, reference, strict=False):
            cells += [f"{mean:.3f} ± {spread:.3f}", f"{before:.3f}"]
        asked = "-" if reference[3] is None else f"{reference[3]:.4f}"
        print(f"| {name} | " + " | ".join([*cells, asked]) + " |", flush=True)
    return 0


def solution() -> dict[str, Any]:
    """The functions of the solved notebook."""
    names: dict[str, Any] = {"keras": keras, "np": np}
    for cell in read_master(Course.at(ROOT), "mnist_mlp").cells:
        source = drop_delimiters(cell.source, Kind.SOLUTION)
        if cell.cell_type == "code" and is_solution(cell) and "def " in source and "def train(" not in source:
            exec(compile(source, "<solution>", "exec"), names)
    return names


def network(answers: dict[str, Any], name: str) -> tuple[keras.Model, keras.optimizers.Optimizer]:
    """A network and its optimizer, by the name of a row."""
    words = name.removesuffix(" (the baseline)").split(", ", 1)
    normalised = words[0] == "batch norm"
    activation, rest = words[1].split(", ", 1) if normalised else words
    initializer, _, method = rest.rpartition(", ") if rest.endswith("0.001") else (rest, "", "")
    optimizer = answers["make_optimizer"](method.split()[0], 0.001) if method else keras.optimizers.SGD(0.1)
    if initializer == "glorot_uniform":
        return answers["baseline_model"](SIZES, activation), optimizer
    build = answers["model_batchnorm" if normalised else "model_param_init"]
    return build(SIZES, keras.initializers.get(INITIALIZERS[initializer]), activation), optimizer


if __name__ == "__main__":
    sys.exit(main())
