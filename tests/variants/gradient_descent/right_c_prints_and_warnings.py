"""Says why it stopped, by print and by warnings."""

# %% gradient_descent
import warnings


def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    if not interval[0] <= start <= interval[1]:
        raise ValueError(f"start = {start} is outside of {interval}")
    theta = float(start)
    history = [(0, theta, loss(theta), gradient(theta))]
    for callback in callbacks:
        callback(*history[0])
    while len(history) <= max_steps:
        step, theta, value, slope = history[-1]
        if abs(slope) < tolerance:
            print(f"converged after {step} steps, loss {value:.6f}")
            break
        theta = theta - learning_rate * slope
        if not interval[0] <= theta <= interval[1]:
            warnings.warn(f"the next theta, {theta}, would be outside of {interval}", RuntimeWarning)
            break
        history.append((step + 1, theta, loss(theta), gradient(theta)))
        for callback in callbacks:
            callback(*history[-1])
    else:
        print("not converged")
    return history

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    if not interval[0] <= start <= interval[1]:
        raise ValueError(f"start = {start} is outside of {interval}")
    if not 0 <= momentum < 1:
        warnings.warn("momentum is usually between 0 and 1")
    theta, velocity = float(start), start_velocity
    history = []
    for step in range(max_steps + 1):
        value, slope = loss(theta), gradient(theta)
        history.append((step, theta, velocity, value, slope))
        for callback in callbacks:
            callback(step, theta, velocity, value, slope)
        if abs(slope) < tolerance and abs(velocity) < tolerance:
            print("the ball is at rest")
            break
        velocity = momentum * velocity - learning_rate * slope
        if not interval[0] <= theta + velocity <= interval[1]:
            print("the ball would leave the interval")
            break
        theta += velocity
    return history
