"""The global minimum is taken to be where the cosine is -1."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
plain_descent_ends = {"stuck": True, "theta": -0.27, "global_minimum": 1.0}
