"""True stands for a unit that is alive."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return (pre_activations > 0).any(axis=0)
