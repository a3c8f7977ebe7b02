"""The moving averages take a step of 1 - momentum towards the new value, and the result is scaled last."""

# %% batch_normalise
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    if not training:
        return (z - moving_mean) / (moving_variance + epsilon) ** 0.5 * gamma + beta, moving_mean, moving_variance
    n = z.shape[0]
    mu = z.sum(axis=0) / n
    var = (z**2).sum(axis=0) / n - mu**2
    z_hat = (z - mu) * (var + epsilon) ** -0.5
    return (
        z_hat * gamma + beta,
        moving_mean - (1 - momentum) * (moving_mean - mu),
        moving_variance - (1 - momentum) * (moving_variance - var),
    )
