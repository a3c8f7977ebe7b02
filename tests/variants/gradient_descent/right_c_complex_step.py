"""The derivative by a complex step, which has no rounding error to speak of."""

# %% loss_and_gradient
def loss(theta):
    return np.multiply(theta, np.cos(np.multiply(np.pi, theta)))


def gradient(theta):
    step = 1e-30
    shifted = np.asarray(theta, dtype=float) + 1j * step
    return np.imag(loss(shifted)) / step
