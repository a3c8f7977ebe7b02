"""The indices run from 1."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permutation(np.arange(1, num_examples + 1))
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
