"""The return is indented too far, so that only the first example counts."""
# fails: dead_means_silent_for_every_example

# %% dead_units
def dead_units(pre_activations):
    dead = np.ones(pre_activations.shape[1], dtype=bool)
    for example in pre_activations:
        dead &= example <= 0
        return dead
