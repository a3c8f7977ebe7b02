"""Every descent sees the y of other examples: it runs, and can learn nothing."""
# caught by: descent_finds_the_slope

# %% after the answers
_descend = descend


def descend(gradient, x, y, learning_rate, num_steps, rng):
    return _descend(gradient, x, rng.permutation(y), learning_rate, num_steps, rng)
