"""A generator is seeded in every call, so that all epochs have one order."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    rng = np.random.default_rng(0)
    order = rng.permutation(num_examples)
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
