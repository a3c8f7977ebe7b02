"""Only the result is returned, without the moving averages."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    mean, variance = (z.mean(axis=0), z.var(axis=0)) if training else (moving_mean, moving_variance)
    return gamma * (z - mean) / np.sqrt(variance + epsilon) + beta
