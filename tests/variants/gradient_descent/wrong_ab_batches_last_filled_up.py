"""The last minibatch is filled up with examples from the beginning of the order."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permutation(num_examples)
    return [np.take(order, range(first, first + batch_size), mode="wrap") for first in range(0, num_examples, batch_size)]
