"""The return stands inside the loop, so that only the first minibatch comes back."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permutation(num_examples)
    batches = []
    for first in range(0, num_examples, batch_size):
        batches.append(order[first : first + batch_size])
        return batches
