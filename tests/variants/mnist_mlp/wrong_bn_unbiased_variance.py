"""The variance divides by n - 1."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    if training:
        mean, variance = z.mean(axis=0), z.var(axis=0, ddof=1)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    else:
        mean, variance = moving_mean, moving_variance
    return gamma * (z - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
