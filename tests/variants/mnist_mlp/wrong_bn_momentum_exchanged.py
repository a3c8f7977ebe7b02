"""The moving averages move by momentum instead of 1 - momentum."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    if not training:
        return gamma * (z - moving_mean) / np.sqrt(moving_variance + epsilon) + beta, moving_mean, moving_variance
    mean, variance = z.mean(axis=0), z.var(axis=0)
    result = gamma * (z - mean) / np.sqrt(variance + epsilon) + beta
    return result, (1 - momentum) * moving_mean + momentum * mean, (1 - momentum) * moving_variance + momentum * variance
