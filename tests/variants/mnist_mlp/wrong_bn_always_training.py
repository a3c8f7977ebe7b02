"""The minibatch normalises in inference, too."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    mean, variance = z.mean(axis=0), z.var(axis=0)
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    return gamma * (z - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
