"""The examples are cut in their original order, and only then shuffled inside each minibatch."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    batches = []
    for first in range(0, num_examples, batch_size):
        batch = np.arange(first, min(first + batch_size, num_examples))
        rng.shuffle(batch)
        batches.append(batch)
    return batches
