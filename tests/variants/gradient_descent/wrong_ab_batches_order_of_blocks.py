"""Only the order of the minibatches is shuffled, but the short one stays last: the same examples meet in every epoch."""
# fails: every_example_is_visited_once

# %% minibatches
def minibatches(num_examples, batch_size, rng):
    num_full = num_examples // batch_size
    batches = [np.arange(i * batch_size, (i + 1) * batch_size) for i in rng.permutation(num_full)]
    rest = np.arange(num_full * batch_size, num_examples)
    return batches + [rest] if len(rest) else batches
