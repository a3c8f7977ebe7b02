"""The examples come in their original order."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    for first in range(0, num_examples, batch_size):
        yield np.arange(first, min(first + batch_size, num_examples))
