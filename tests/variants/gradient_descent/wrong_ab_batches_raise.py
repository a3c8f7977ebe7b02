"""The permutation is asked of the number of examples, which has none."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.shuffle(np.arange(num_examples))
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
