"""No velocity is kept: the ball is two positions, and the velocity of an entry is their difference."""

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    low, high = interval
    here = float(start)
    before = here - start_velocity
    if not low <= here <= high:
        raise ValueError("start outside the interval")
    history = []
    step = 0
    while step <= max_steps:
        slope = gradient(here)
        history.append((step, here, here - before, loss(here), slope))
        for callback in callbacks:
            callback(*history[-1])
        if abs(slope) < tolerance and abs(here - before) < tolerance:
            break
        after = here + momentum * (here - before) - learning_rate * slope
        if not low <= after <= high:
            break
        before, here = here, after
        step += 1
    return history
