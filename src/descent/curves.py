"""Loss curves of one small network, trained from the same start at four learning rates."""

from __future__ import annotations

import string

import numpy as np

#: Very different step sizes on the same network and the same minibatches.
LEARNING_RATES = {"low": 0.0003, "good": 0.004, "high": 2.0, "very high": 8.0}

NUM_CLASSES = 3
NUM_UNITS = 32


def learning_rate_curves(num_epochs: int = 40, seed: int = 12) -> dict[str, np.ndarray]:
    """Train the same network at each of ``LEARNING_RATES`` and hide which curve is which.

    The network has one hidden layer of 32 tanh units and a softmax over three classes. It learns to tell
    three overlapping arms apart by minibatch gradient descent, 10 examples at a time. Every run starts from
    the same weights and sees the same minibatches: only the learning rate differs.

    Parameters
    ----------
    num_epochs
        Passes over the 600 training examples.
    seed
        Fixes data, start, order of minibatches and order of labels.

    Returns
    -------
    dict
        From the letters A, B, C, ... to the mean cross entropy in nats over the training set,
        shape ``(num_epochs + 1,)``; entry 0 is the loss before training.
    """
    rng = np.random.default_rng(seed)
    rates = list(LEARNING_RATES.values())
    order = rng.permutation(len(rates))
    x, y = make_arms(rng)
    start = {
        "hidden": rng.normal(0.0, 1.0, (x.shape[1], NUM_UNITS)),
        "hidden_bias": np.zeros(NUM_UNITS),
        "out": rng.normal(0.0, np.sqrt(1.0 / NUM_UNITS), (NUM_UNITS, NUM_CLASSES)),
        "out_bias": np.zeros(NUM_CLASSES),
    }
    batch_seed = int(rng.integers(2**31))
    return {
        letter: _train(x, y, start, rates[index], num_epochs, np.random.default_rng(batch_seed))
        for letter, index in zip(string.ascii_uppercase, order, strict=False)
    }


def make_arms(
    rng: np.random.Generator, num_examples: int = 600, noise: float = 0.35
) -> tuple[np.ndarray, np.ndarray]:
    """Draw points on three bent arms that overlap, so that no network can tell all of them apart.

    Returns
    -------
    x : ndarray of shape (num_examples, 2)
        Coordinates, mostly within [-2.5, 2.5].
    y : ndarray of shape (num_examples,)
        The arm that a point was drawn from: 0, 1 or 2.
    """
    y = rng.integers(NUM_CLASSES, size=num_examples)
    radius = rng.uniform(0.1, 1.0, num_examples)
    angle = 1.5 * radius + 2.0 * np.pi * y / NUM_CLASSES
    arms = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return 1.5 * (arms + rng.normal(0.0, noise, arms.shape)), y


def _train(
    x: np.ndarray,
    y: np.ndarray,
    start: dict[str, np.ndarray],
    learning_rate: float,
    num_epochs: int,
    rng: np.random.Generator,
    batch_size: int = 10,
) -> np.ndarray:
    weights = {name: value.copy() for name, value in start.items()}
    losses = [_loss_and_gradients(x, y, weights)[0]]
    for _ in range(num_epochs):
        shuffled = rng.permutation(len(x))
        for first in range(0, len(x), batch_size):
            batch = shuffled[first : first + batch_size]
            gradients = _loss_and_gradients(x[batch], y[batch], weights)[1]
            for name, gradient in gradients.items():
                weights[name] -= learning_rate * gradient
        losses.append(_loss_and_gradients(x, y, weights)[0])
    return np.array(losses)


def _loss_and_gradients(
    x: np.ndarray, y: np.ndarray, weights: dict[str, np.ndarray]
) -> tuple[float, dict[str, np.ndarray]]:
    hidden = np.tanh(x @ weights["hidden"] + weights["hidden_bias"])
    logits = hidden @ weights["out"] + weights["out_bias"]
    # Subtracting the largest logit keeps the exponential finite and changes no probability.
    logits = logits - logits.max(axis=1, keepdims=True)
    log_probability = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    loss = -log_probability[rows, y].mean()
    error = np.exp(log_probability)
    error[rows, y] -= 1.0
    error /= len(y)
    back = error @ weights["out"].T * (1.0 - hidden**2)
    return float(loss), {
        "hidden": x.T @ back,
        "hidden_bias": back.sum(axis=0),
        "out": hidden.T @ error,
        "out_bias": error.sum(axis=0),
    }
