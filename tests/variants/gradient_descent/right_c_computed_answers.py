"""The three answers are computed from runs instead of typed in, as Python's truth values and floats."""

# %% plain_descent_ends
last_theta = float(gradient_descent(-0.95, loss, gradient)[-1][1])
fine = np.linspace(-1, 2, 3001)
lowest = float(fine[loss(fine).argmin()])
plain_descent_ends = dict(stuck=abs(last_theta - lowest) > 0.1, theta=round(last_theta, 2), global_minimum=round(lowest, 2))

# %% escapes_from_rest
def ends_right(beta):
    return bool(momentum_descent(-0.95, loss, gradient, momentum=beta)[-1][1] > 0.5)


escapes_from_rest = {beta: ends_right(beta) for beta in [0.6, 0.7, 0.8, 0.9, 0.95, 0.99]}

# %% after_a_push
def describe(beta):
    _, theta, _, _, slope = momentum_descent(-0.95, loss, gradient, momentum=beta, start_velocity=1.0)[-1]
    if abs(slope) > 1e-3:
        return "stopped at the border"
    return "deeper valley" if theta > 0.5 else "first valley"


after_a_push = {beta: describe(beta) for beta in [0.6, 0.7, 0.8, 0.9]}
