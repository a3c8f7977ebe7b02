"""The cell of the answer searches until the gradient is exactly zero, which never happens."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
t = 2.0
while gradient(t) != 0:
    t = t - 0.01 * gradient(t)
plain_descent_ends = {"stuck": True, "theta": -0.274, "global_minimum": t}
