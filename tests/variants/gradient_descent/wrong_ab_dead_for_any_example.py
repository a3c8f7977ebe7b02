"""A unit that is silent for one example is called dead."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return (pre_activations <= 0).any(axis=0)
