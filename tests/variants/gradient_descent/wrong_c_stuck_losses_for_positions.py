"""The losses of the two minima stand where their positions should."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
stuck_at = gradient_descent(-0.95, loss, gradient)[-1]
plain_descent_ends = {"stuck": True, "theta": stuck_at[2], "global_minimum": -1.0}
