"""The order comes from NumPy's global generator, and rng is not used."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = np.random.permutation(num_examples)
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
