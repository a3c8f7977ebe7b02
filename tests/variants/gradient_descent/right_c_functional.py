"""Functional style: itertools.accumulate makes the iterates, takewhile keeps those inside, and a walrus stops."""

# %% gradient_descent
import itertools


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    inside = lambda theta: interval[0] <= theta <= interval[1]
    if not inside(start):
        raise ValueError(start)
    iterates = itertools.accumulate(
        range(max_steps), lambda theta, _: theta - learning_rate * gradient(theta), initial=float(start)
    )
    history = []
    for step, theta in enumerate(itertools.takewhile(inside, iterates)):
        history.append(entry := (step, theta, loss(theta), (slope := gradient(theta))))
        for callback in callbacks:
            callback(*entry)
        if abs(slope) < tolerance:
            break
    return history

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    if not interval[0] <= start <= interval[1]:
        raise ValueError(start)

    def move(ball, _):
        theta, velocity = ball
        velocity = momentum * velocity - learning_rate * gradient(theta)
        return theta + velocity, velocity

    balls = itertools.accumulate(range(max_steps), move, initial=(float(start), start_velocity))
    history = []
    for step, (theta, velocity) in enumerate(balls):
        if not interval[0] <= theta <= interval[1]:
            break
        history.append(entry := (step, theta, velocity, loss(theta), (slope := gradient(theta))))
        for callback in callbacks:
            callback(*entry)
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            break
    return history
