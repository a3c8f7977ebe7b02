"""The variance is returned."""
# fails: stddevs_follow_the_formulas

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    if method == "glorot":
        return 2 / (num_inputs + num_units)
    if method == "he":
        return 2 / num_inputs
    raise ValueError(method)
