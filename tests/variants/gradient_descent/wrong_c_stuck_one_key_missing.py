"""The global minimum is not given."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
plain_descent_ends = {"stuck": True, "theta": -0.274}
