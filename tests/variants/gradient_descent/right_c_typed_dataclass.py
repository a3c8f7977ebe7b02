"""Type hints everywhere, and a frozen dataclass for the state, which is turned into tuples."""

# %% gradient_descent
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class State:
    step: int
    theta: float
    loss: float
    gradient: float


def gradient_descent(
    start: float,
    loss: Callable[[float], float],
    gradient: Callable[[float], float],
    learning_rate: float = 0.01,
    tolerance: float = 1e-6,
    max_steps: int = 10_000,
    callbacks: Sequence[Callable[[int, float, float, float], None]] = (),
    interval: tuple[float, float] = (-1.0, 2.0),
) -> list[tuple[int, float, float, float]]:
    def inside(theta: float) -> bool:
        return bool(interval[0] <= theta <= interval[1])

    if not inside(start):
        raise ValueError("start outside")
    state = State(0, float(start), float(loss(start)), float(gradient(start)))
    history: list[tuple[int, float, float, float]] = []
    while True:
        history.append(astuple(state))
        for callback in callbacks:
            callback(*astuple(state))
        theta = state.theta - learning_rate * state.gradient
        if abs(state.gradient) < tolerance or state.step == max_steps or not inside(theta):
            return history
        state = State(state.step + 1, theta, float(loss(theta)), float(gradient(theta)))

# %% momentum_descent
@dataclass
class Ball:
    step: int
    theta: float
    velocity: float
    loss: float
    gradient: float


def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    if start < low or start > high:
        raise ValueError("start outside")
    history: list[tuple[int, float, float, float, float]] = []
    ball = Ball(0, float(start), float(start_velocity), float(loss(start)), float(gradient(start)))
    while True:
        history.append((ball.step, ball.theta, ball.velocity, ball.loss, ball.gradient))
        [callback(*history[-1]) for callback in callbacks]
        at_rest: bool = abs(ball.gradient) < tolerance and abs(ball.velocity) < tolerance
        velocity: float = momentum * ball.velocity - learning_rate * ball.gradient
        theta: float = ball.theta + velocity
        if at_rest or ball.step >= max_steps or not (low <= theta <= high):
            return history
        ball = Ball(ball.step + 1, theta, velocity, float(loss(theta)), float(gradient(theta)))
