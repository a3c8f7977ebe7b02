"""The order is drawn from a copy, which leaves rng where it was: all epochs have one order."""
# fails: every_example_is_visited_once

# %% minibatches
import copy


def minibatches(num_examples, batch_size, rng):
    order = copy.deepcopy(rng).permutation(num_examples)
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
