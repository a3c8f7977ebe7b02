"""A unit is called dead when its pre-activations are not positive on average."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return pre_activations.mean(axis=0) <= 0
