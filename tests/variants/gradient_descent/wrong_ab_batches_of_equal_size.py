"""np.array_split makes minibatches of nearly equal size, 4, 3 and 3."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    return np.array_split(rng.permutation(num_examples), -(-num_examples // batch_size))
