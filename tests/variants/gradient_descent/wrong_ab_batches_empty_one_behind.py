"""When the batch size divides the number of examples, an empty minibatch comes last."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    order = rng.permutation(num_examples)
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(num_examples // batch_size + 1)]
