"""It calls itself for every step, and Python's limit on recursion ends that after a thousand."""
# fails: descent_stops_when_it_is_flat

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    if start < low or start > high:
        raise ValueError("start is outside the interval")

    def descend(step, theta):
        slope = gradient(theta)
        for callback in callbacks:
            callback(step, theta, loss(theta), slope)
        new_theta = theta - learning_rate * slope
        entry = (step, theta, loss(theta), slope)
        if abs(slope) < tolerance or step == max_steps or not (low <= new_theta <= high):
            return [entry]
        return [entry] + descend(step + 1, new_theta)

    return descend(0, float(start))
