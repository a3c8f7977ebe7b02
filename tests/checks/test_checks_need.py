"""What `assay.checks` needs: NumPy alone at import, and Keras alone for networks."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocker())
"""


def run(blocked, program):
    """Run a program in a process of its own where some packages cannot be imported."""
    text = f"BLOCKED = {set(blocked)!r}\n{BLOCKER}\n{program}"
    return subprocess.run(
        [sys.executable, "-c", text],
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": str(SOURCE),
            "PATH": "",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
        },
        check=False,
    )


def test_the_import_needs_no_keras():
    program = """
from assay import checks
from assay.checks import *
checks.close(1.0, 1.0, "one")
assert "architecture" in dir(checks)
assert not {"keras", "tensorflow", "scipy", "nbgrader"} & set(sys.modules)
try:
    checks.architecture
except ImportError as error:
    print(error)
"""
    done = run({"keras", "tensorflow", "scipy", "nbgrader", "descent"}, program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "keras is blocked"


def test_a_verb_that_does_not_exist_is_named():
    program = "from assay import checks\ntry:\n    checks.nonsense\nexcept AttributeError as error:\n    print(error)"
    done = run((), program)
    assert done.stdout.strip() == "module 'assay.checks' has no attribute 'nonsense'", done.stderr


@pytest.mark.xdist_group("tensorflow")
def test_checks_of_networks_need_neither_mnist_nor_nbgrader():
    pytest.importorskip("keras")
    program = """
import keras, numpy as np
from assay import checks

L = keras.layers
make = lambda: keras.Sequential([keras.Input((4,)), L.Dense(20, "relu", kernel_regularizer="l2"), L.Dropout(0.5), L.Dense(3, "softmax")])
model = make()
model.compile("sgd", "sparse_categorical_crossentropy")
checks.architecture(model, [L.Dense(20, "relu"), L.Dropout(0.5), L.Dense(3, "softmax")])
checks.parameter_count(model, 163)
checks.initial_weights(make, "glorot_uniform", builds=1)
checks.dropout(model, 0.5)
checks.weight_penalty(model, l2=0.01, layers="hidden")
checks.optimizer_steps(model, "sgd")
checks.compiled_with(model, "sgd")
x = np.zeros((4, 4), "float32")
checks.converges(model, (x, np.zeros(4)), at_least=0, epochs=1, batch_size=4, fit=lambda *a, **k: None)
checks.batch_norm(keras.Sequential([keras.Input((4,)), L.Dense(3), L.BatchNormalization(), L.ReLU(), L.Dense(2)]))
assert not any(name.startswith("assay.bridge") for name in sys.modules)
print("done")
"""
    done = run({"descent", "nbgrader", "nbformat", "nbconvert", "jupyter_client", "scipy"}, program)
    assert done.stdout.strip().endswith("done"), done.stderr
