"""The answers are strings."""
# fails: plain_descent_is_placed

# %% plain_descent_ends
plain_descent_ends = {"stuck": "True", "theta": "-0.27", "global_minimum": "1.09"}
