"""The share of silent examples is returned."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    return np.mean(pre_activations <= 0, axis=0)
