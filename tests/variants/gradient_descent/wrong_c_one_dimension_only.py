"""Arrays are looped over once, so that tables with rows do not work."""
# fails: loss_and_gradient_take_arrays

# %% loss_and_gradient
import math


def loss(theta):
    if isinstance(theta, np.ndarray) and theta.ndim > 0:
        return np.array([loss(float(t)) for t in theta])
    return theta * math.cos(math.pi * theta)


def gradient(theta):
    if isinstance(theta, np.ndarray) and theta.ndim > 0:
        return np.array([gradient(float(t)) for t in theta])
    return math.cos(math.pi * theta) - math.pi * theta * math.sin(math.pi * theta)
