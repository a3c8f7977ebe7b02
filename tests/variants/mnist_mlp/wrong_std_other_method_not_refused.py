"""Every method but Glorot's is taken for He's."""
# fails: stddevs_follow_the_formulas

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    if method == "glorot":
        return np.sqrt(2 / (num_inputs + num_units))
    else:
        return np.sqrt(2 / num_inputs)
