"""Fills a result array element by element, whatever the shape is."""

# %% loss_and_gradient
def loss(theta):
    theta = np.asarray(theta, dtype=float)
    result = np.zeros(theta.shape)
    for index in np.ndindex(theta.shape):
        result[index] = theta[index] * np.cos(np.pi * theta[index])
    return result


def gradient(theta):
    theta = np.asarray(theta, dtype=float)
    result = np.zeros_like(theta)
    for index, t in np.ndenumerate(theta):
        u, v = t, np.cos(np.pi * t)
        du, dv = 1.0, -np.pi * np.sin(np.pi * t)
        result[index] = du * v + u * dv
    return result
