"""It computes with the L of the text instead of the functions it is given."""
# fails: descent_steps_against_the_gradient descent_stops_when_it_is_flat descent_stays_inside callbacks_see_every_entry

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    low, high = interval
    if start < low or start > high:
        raise ValueError("start is outside the interval")
    theta = float(start)
    value = lambda t: t * np.cos(np.pi * t)
    derivative = lambda t: np.cos(np.pi * t) - np.pi * t * np.sin(np.pi * t)
    history = []
    for step in range(max_steps + 1):
        slope = derivative(theta)
        history.append((step, theta, value(theta), slope))
        for callback in callbacks:
            callback(step, theta, value(theta), slope)
        if abs(slope) < tolerance:
            break
        new_theta = theta - learning_rate * slope
        if not (low <= new_theta <= high):
            break
        theta = new_theta
    return history
