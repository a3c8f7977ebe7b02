"""Each minibatch is a sample of its own, so that some examples come twice and others never."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    batches = []
    for first in range(0, num_examples, batch_size):
        size = min(batch_size, num_examples - first)
        batches.append(rng.choice(num_examples, size=size))
    return batches
