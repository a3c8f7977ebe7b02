"""The history is a tuple that grows, made into a list on return, and entries are lists."""

# %% gradient_descent
def gradient_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0)):
    lower_bound, upper_bound = min(interval), max(interval)
    if start < lower_bound or start > upper_bound:
        raise ValueError("bad start")
    x = start + 0.0
    trace = ()
    for k in range(max_steps + 1):
        fx, dfx = loss(x), gradient(x)
        trace += ([k, x, fx, dfx],)
        for cb in callbacks:
            cb(k, x, fx, dfx)
        if abs(dfx) < tolerance:
            return list(trace)
        candidate = x - learning_rate * dfx
        if lower_bound <= candidate <= upper_bound:
            x = candidate
        else:
            return list(trace)
    return list(trace)

# %% momentum_descent
def momentum_descent(start, loss, gradient, learning_rate=0.01, tolerance=1e-6, max_steps=10_000, callbacks=(), interval=(-1.0, 2.0), momentum=0.9, start_velocity=0.0):
    lower_bound, upper_bound = min(interval), max(interval)
    if start < lower_bound or start > upper_bound:
        raise ValueError("bad start")
    x, v = start + 0.0, start_velocity + 0.0
    trace = ()
    for k in range(max_steps + 1):
        fx, dfx = loss(x), gradient(x)
        trace += ([k, x, v, fx, dfx],)
        for cb in callbacks:
            cb(k, x, v, fx, dfx)
        v = momentum * v - learning_rate * dfx
        still = k == 0 and abs(start_velocity) < tolerance or k > 0 and abs(x - trace[-2][1]) < tolerance
        if abs(dfx) < tolerance and still:
            return list(trace)
        if not lower_bound <= x + v <= upper_bound:
            return list(trace)
        x = x + v
    return list(trace)
