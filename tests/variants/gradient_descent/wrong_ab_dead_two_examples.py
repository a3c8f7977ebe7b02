"""Only the first two examples are looked at."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return np.logical_and(pre_activations[0] <= 0, pre_activations[1] <= 0)
