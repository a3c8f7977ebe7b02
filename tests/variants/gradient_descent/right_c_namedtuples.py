"""Entries are named tuples."""

# %% gradient_descent
from collections import namedtuple

Entry = namedtuple("Entry", "step theta loss gradient")


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    if not (start >= low and start <= high):
        raise ValueError("start must lie in the interval")
    entries = [Entry(0, float(start), loss(float(start)), gradient(float(start)))]
    for callback in callbacks:
        callback(*entries[0])
    for step in range(1, max_steps + 1):
        last = entries[-1]
        if abs(last.gradient) < tolerance:
            break
        theta = last.theta - learning_rate * last.gradient
        if not (theta >= low and theta <= high):
            break
        entries.append(Entry(step=step, theta=theta, loss=loss(theta), gradient=gradient(theta)))
        for callback in callbacks:
            callback(*entries[-1])
    return entries

# %% momentum_descent
from typing import NamedTuple


class BallEntry(NamedTuple):
    step: int
    theta: float
    velocity: float
    loss: float
    gradient: float


def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if not (start >= low and start <= high):
        raise ValueError("start must lie in the interval")
    entries = []
    new = BallEntry(0, float(start), start_velocity, loss(float(start)), gradient(float(start)))
    while True:
        entries.append(new)
        for callback in callbacks:
            callback(*new)
        if new.step == max_steps or (abs(new.gradient) < tolerance and abs(new.velocity) < tolerance):
            break
        velocity = momentum * new.velocity - learning_rate * new.gradient
        theta = new.theta + velocity
        if not (theta >= low and theta <= high):
            break
        new = BallEntry(new.step + 1, theta, velocity, loss(theta), gradient(theta))
    return entries
