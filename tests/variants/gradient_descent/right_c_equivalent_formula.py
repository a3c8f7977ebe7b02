"""The derivative as one shifted cosine, and both functions in terms of a shared angle."""

# %% loss_and_gradient
def loss(theta):
    angle = np.pi * theta
    return angle * np.cos(angle) / np.pi


def gradient(theta):
    # cos(a) - a sin(a) = sqrt(1 + a^2) cos(a + arctan(a))
    angle = np.pi * theta
    return np.sqrt(1 + angle**2) * np.cos(angle + np.arctan(angle))
