"""He's formula has the units in the place of the inputs."""
# fails: stddevs_follow_the_formulas

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    if method == "glorot":
        return np.sqrt(2 / (num_inputs + num_units))
    if method == "he":
        return np.sqrt(2 / num_units)
    raise ValueError(method)
