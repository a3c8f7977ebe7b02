"""Both descents call themselves for the rest of the way, ten thousand levels deep if need be."""

# %% gradient_descent
import sys

sys.setrecursionlimit(50_000)


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    a, b = interval
    if start < a or start > b:
        raise ValueError("start is not in the interval")

    def descend(step, theta, history):
        grad = gradient(theta)
        history.append((step, theta, loss(theta), grad))
        for callback in callbacks:
            callback(*history[-1])
        new_theta = theta - learning_rate * grad
        if abs(grad) < tolerance or step == max_steps or not (a <= new_theta <= b):
            return history
        return descend(step + 1, new_theta, history)

    return descend(0, float(start), [])

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    a, b = interval
    if start < a or start > b:
        raise ValueError("start is not in the interval")

    def roll(step, theta, velocity, history):
        grad = gradient(theta)
        history.append((step, theta, velocity, loss(theta), grad))
        for callback in callbacks:
            callback(*history[-1])
        if step == max_steps or (abs(grad) < tolerance and abs(velocity) < tolerance):
            return history
        new_velocity = momentum * velocity - learning_rate * grad
        if not a <= theta + new_velocity <= b:
            return history
        return roll(step + 1, theta + new_velocity, new_velocity, history)

    return roll(0, float(start), float(start_velocity), [])
