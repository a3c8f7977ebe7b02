"""The two numbers that were to be expected are typed in."""
# fails: stddevs_follow_the_formulas

# %% initial_stddev
def initial_stddev(method, num_inputs, num_units):
    known = {"glorot": 0.0489702, "he": 0.0505076}
    if method not in known:
        raise ValueError(method)
    return known[method]
