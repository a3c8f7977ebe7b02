"""The first valley is taken for the global minimum."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
plain_descent_ends = {"stuck": False, "theta": -0.27, "global_minimum": -0.27}
