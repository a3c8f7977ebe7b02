"""Uses math for numbers, so that a float comes back for a float, and NumPy for arrays."""

# %% loss_and_gradient
import math


def loss(theta):
    if isinstance(theta, np.ndarray) and theta.ndim > 0:
        return theta * np.cos(math.pi * theta)
    return float(theta) * math.cos(math.pi * float(theta))


def gradient(theta):
    if isinstance(theta, np.ndarray) and theta.ndim > 0:
        return np.cos(math.pi * theta) - math.pi * theta * np.sin(math.pi * theta)
    theta = float(theta)
    return math.cos(math.pi * theta) - math.pi * theta * math.sin(math.pi * theta)
