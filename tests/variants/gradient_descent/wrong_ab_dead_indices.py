"""The numbers of the dead units are returned, not a truth value for each unit."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return np.flatnonzero((pre_activations <= 0).all(axis=0))
