"""The four loss curves: what the notebook says of them is what they are."""

import ast
import re
import time
from pathlib import Path

import numpy as np
import pytest

from descent import curves

MASTER = Path(__file__).parents[2] / "source" / "gradient_descent.py"


@pytest.fixture(scope="module")
def labels():
    """From each letter to its label, recomputed from the seed."""
    order = np.random.default_rng(12).permutation(len(curves.LEARNING_RATES))
    names = list(curves.LEARNING_RATES)
    return {letter: names[index] for letter, index in zip("ABCD", order, strict=True)}


@pytest.fixture(scope="module")
def losses(labels):
    """From each label to its curve."""
    return {labels[letter]: loss for letter, loss in curves.learning_rate_curves().items()}


def test_there_are_four_curves_of_41_losses():
    found = curves.learning_rate_curves(num_epochs=2)
    assert list(found) == ["A", "B", "C", "D"]
    assert {loss.shape for loss in found.values()} == {(3,)}


def test_the_notebook_trains_for_forty_epochs(losses):
    assert {loss.shape for loss in losses.values()} == {(41,)}


def test_all_runs_start_from_the_same_loss(losses):
    assert len({loss[0] for loss in losses.values()}) == 1
    assert losses["good"][0] == pytest.approx(1.7, abs=0.05)


def test_the_labels_in_the_master_are_those_of_the_seed(labels):
    text = MASTER.read_text(encoding="utf-8")
    answers = [
        ast.literal_eval(found) for found in re.findall(r"^curve_labels = (\{.*\})$", text, re.MULTILINE)
    ]
    assert answers == [dict.fromkeys("ABCD"), labels]


def test_the_labels_in_the_hidden_test_are_those_of_the_seed(labels):
    found = re.findall(
        r'curve_labels == dict\(zip\("ABCD", (\(.*?\))\)\)', MASTER.read_text(encoding="utf-8")
    )
    assert [ast.literal_eval(one) for one in found] == [tuple(labels.values())]


def test_the_order_gives_nothing_away(labels):
    ranks = [list(curves.LEARNING_RATES).index(label) for label in labels.values()]
    assert ranks != sorted(ranks)
    assert ranks != sorted(ranks, reverse=True)


def test_the_rates_are_in_the_order_of_their_names():
    assert list(curves.LEARNING_RATES) == ["low", "good", "high", "very high"]
    rates = list(curves.LEARNING_RATES.values())
    assert rates == sorted(rates)


def test_each_curve_is_that_of_its_rate(losses, monkeypatch):
    for label, rate in list(curves.LEARNING_RATES.items()):
        monkeypatch.setattr(curves, "LEARNING_RATES", dict.fromkeys("wxyz", rate))
        for loss in curves.learning_rate_curves(num_epochs=1).values():
            np.testing.assert_array_equal(loss, losses[label][:2])


def test_the_good_run_ends_lowest_by_far(losses):
    ends = {label: loss[-5:].min() for label, loss in losses.items()}
    others = [end for label, end in ends.items() if label != "good"]
    assert ends["good"] < 0.6
    assert losses["good"][-5:].max() < min(others)


def test_the_good_run_falls_in_every_epoch(losses):
    assert (np.diff(losses["good"]) < 0).all()


def test_the_good_run_has_almost_settled_after_ten_epochs(losses):
    assert losses["good"][10] == pytest.approx(0.6, abs=0.03)
    assert losses["good"][10] - losses["good"][-1] < 0.03


def test_the_low_run_falls_in_every_epoch(losses):
    assert (np.diff(losses["low"]) < 0).all()


def test_the_low_run_is_slow(losses):
    assert losses["low"][1] > 0.9 * losses["low"][0]
    assert losses["low"][10] > losses["good"][2]
    assert losses["low"][-1] == pytest.approx(0.7, abs=0.05)


def test_the_low_run_has_not_levelled_off(losses):
    last_epochs = losses["low"][-6] - losses["low"][-1]
    assert last_epochs > 5 * (losses["good"][-6] - losses["good"][-1])


def test_the_high_run_falls_faster_at_first_than_the_low_one(losses):
    assert losses["high"][1] < 0.6 * losses["high"][0]
    assert losses["high"][1] < losses["low"][20]


def test_the_high_run_falls_faster_at_first_than_the_good_one(losses):
    assert (losses["high"][1:3] < losses["good"][1:3] - 0.05).all()


def test_the_high_run_stays_above_the_good_one(losses):
    later = slice(3, None)
    above = losses["high"][later] > losses["good"][later]
    assert above.mean() > 0.9
    assert losses["high"][later].mean() > losses["good"][later].mean() + 0.1


def test_the_high_run_jumps(losses):
    changes = np.diff(losses["high"][3:])
    assert 10 < (changes > 0).sum() < len(changes) - 10
    assert changes.max() > 0.3
    assert losses["high"][3:].max() == pytest.approx(1.6, abs=0.1)


def test_the_high_run_stays_below_its_start(losses):
    assert losses["high"][1:].max() < losses["high"][0]


def test_the_very_high_run_rises_above_its_start_and_stays_there(losses):
    assert losses["very high"][1] > 2 * losses["very high"][0]
    assert (losses["very high"][1:] > losses["very high"][0]).all()


def test_the_very_high_run_does_not_overflow(losses):
    assert np.isfinite(losses["very high"]).all()
    assert losses["very high"].max() < 100


def test_the_curves_are_the_same_in_every_call(losses, labels):
    np.random.seed(99)  # The global generator must not matter.
    again = curves.learning_rate_curves(num_epochs=3)
    for letter, loss in again.items():
        np.testing.assert_array_equal(loss, losses[labels[letter]][:4])


def test_another_seed_makes_other_curves(losses):
    other = curves.learning_rate_curves(num_epochs=1, seed=13)
    assert {loss[0] for loss in other.values()} != {loss[0] for loss in losses.values()}


def test_no_training_is_the_loss_of_the_start():
    assert {loss.shape for loss in curves.learning_rate_curves(num_epochs=0).values()} == {(1,)}


def test_all_curves_together_take_a_few_seconds_at_most():
    begin = time.process_time()
    curves.learning_rate_curves()
    assert time.process_time() - begin < 5.0


def test_the_arms_are_points_and_classes():
    x, y = curves.make_arms(np.random.default_rng(0), num_examples=90)
    assert (x.shape, y.shape) == ((90, 2), (90,))
    assert set(y.tolist()) == {0, 1, 2}


def test_arms_without_noise_do_not_overlap():
    x, y = curves.make_arms(np.random.default_rng(0), noise=0.0)
    radius = np.linalg.norm(x, axis=1) / 1.5
    angle = np.angle(x @ [1, 1j]) - 1.5 * radius
    np.testing.assert_allclose(np.exp(1j * angle), np.exp(2j * np.pi * y / 3))


def small_network(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(7, 2)), rng.integers(3, size=7)
    weights = {
        "hidden": rng.normal(size=(2, 4)),
        "hidden_bias": rng.normal(size=4),
        "out": rng.normal(size=(4, 3)),
        "out_bias": rng.normal(size=3),
    }
    return x, y, weights


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", ["hidden", "hidden_bias", "out", "out_bias"])
def test_the_gradient_agrees_with_central_differences(seed, name):
    x, y, weights = small_network(seed)
    gradient = curves._loss_and_gradients(x, y, weights)[1][name]
    differences = np.zeros_like(weights[name])
    for place in np.ndindex(weights[name].shape):
        sides = []
        for shift in (1e-5, -1e-5):
            moved = {key: value.copy() for key, value in weights.items()}
            moved[name][place] += shift
            sides.append(curves._loss_and_gradients(x, y, moved)[0])
        differences[place] = (sides[0] - sides[1]) / 2e-5
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-9)


def test_the_loss_of_a_network_that_knows_nothing_is_the_logarithm_of_the_classes():
    x, y, weights = small_network(0)
    weights["out"][:], weights["out_bias"][:] = 0.0, 0.0
    assert curves._loss_and_gradients(x, y, weights)[0] == pytest.approx(np.log(3))


def test_huge_weights_give_a_finite_loss():
    x, y, weights = small_network(0)
    loss, gradients = curves._loss_and_gradients(x, y, {name: 1e6 * value for name, value in weights.items()})
    assert np.isfinite(loss)
    assert all(np.isfinite(gradient).all() for gradient in gradients.values())


def test_training_leaves_the_start_alone():
    x, y, weights = small_network(0)
    before = {name: value.copy() for name, value in weights.items()}
    curves._train(x, y, weights, 0.1, 2, np.random.default_rng(0), batch_size=3)
    for name, value in before.items():
        np.testing.assert_array_equal(weights[name], value)


def test_a_short_last_minibatch_is_trained_on_too():
    x, y, weights = small_network(0)
    whole = curves._train(x, y, weights, 0.1, 1, np.random.default_rng(0), batch_size=100)
    gradients = curves._loss_and_gradients(x, y, weights)[1]
    moved = {name: value - 0.1 * gradients[name] for name, value in weights.items()}
    assert whole[1] == pytest.approx(curves._loss_and_gradients(x, y, moved)[0])
