"""The default of max_steps is 1000."""
# fails: momentum_keeps_the_rules

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=1_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    a, b = interval
    if not a <= start <= b:
        raise ValueError("start must lie in the interval")
    x, v = float(start), start_velocity
    history = [(0, x, v, loss(x), gradient(x))]
    for f in callbacks:
        f(*history[0])
    step = 0
    while step < max_steps:
        g = history[-1][4]
        if abs(g) < tolerance and abs(v) < tolerance:
            break
        v = momentum * v - learning_rate * g
        if not a <= x + v <= b:
            break
        step += 1
        x = x + v
        history.append((step, x, v, loss(x), gradient(x)))
        for f in callbacks:
            f(*history[-1])
    return history
