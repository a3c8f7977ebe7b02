"""The moving averages follow the minibatch in inference, too."""
# fails: both_modes_of_batch_normalisation

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    batch_mean, batch_variance = z.mean(axis=0), z.var(axis=0)
    mean, variance = (batch_mean, batch_variance) if training else (moving_mean, moving_variance)
    result = gamma * (z - mean) / np.sqrt(variance + epsilon) + beta
    new_mean = momentum * moving_mean + (1 - momentum) * batch_mean
    new_variance = momentum * moving_variance + (1 - momentum) * batch_variance
    return result, new_mean, new_variance
