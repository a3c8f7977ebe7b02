"""The moving averages normalise in training, too."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    if training:
        moving_mean = momentum * moving_mean + (1 - momentum) * z.mean(axis=0)
        moving_variance = momentum * moving_variance + (1 - momentum) * z.var(axis=0)
    return gamma * (z - moving_mean) / np.sqrt(moving_variance + epsilon) + beta, moving_mean, moving_variance
