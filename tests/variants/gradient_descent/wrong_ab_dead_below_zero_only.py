"""A unit whose pre-activations are 0 is not called dead."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return (pre_activations < 0).all(axis=0)
