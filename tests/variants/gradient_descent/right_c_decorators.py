"""Wrapped functions: one decorator checks the start, another calls the callbacks."""

# %% gradient_descent
import functools
import inspect


def start_inside(function):
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        low, high = bound.arguments["interval"]
        if not low <= bound.arguments["start"] <= high:
            raise ValueError("the start lies outside the interval")
        return function(*args, **kwargs)

    return wrapper


def watched(append, callbacks):
    @functools.wraps(append)
    def wrapper(entry):
        append(entry)
        for callback in callbacks:
            callback(*entry)

    return wrapper


@start_inside
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    history = []
    append = watched(history.append, callbacks)
    theta = float(start)
    for step in range(max_steps + 1):
        slope = gradient(theta)
        append((step, theta, loss(theta), slope))
        if abs(slope) < tolerance:
            break
        theta = theta - learning_rate * slope
        if not interval[0] <= theta <= interval[1]:
            break
    return history

# %% momentum_descent
@start_inside
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    history = []
    append = watched(history.append, callbacks)
    theta, velocity = float(start), start_velocity
    for step in range(max_steps + 1):
        slope = gradient(theta)
        append((step, theta, velocity, loss(theta), slope))
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            break
        velocity = momentum * velocity - learning_rate * slope
        theta = theta + velocity
        if not interval[0] <= theta <= interval[1]:
            break
    return history
