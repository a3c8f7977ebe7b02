"""The indices are floats, with which no array can be indexed."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = np.zeros(num_examples)
    order[:] = rng.permutation(num_examples)
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
