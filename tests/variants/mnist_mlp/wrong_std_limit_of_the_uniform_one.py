"""The limits of the uniform distributions are returned."""
# fails: stddevs_follow_the_formulas

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    if method == "glorot":
        return np.sqrt(6 / (num_inputs + num_units))
    if method == "he":
        return np.sqrt(6 / num_inputs)
    raise ValueError(method)
