"""Functions of one number from math, made to take arrays by np.vectorize."""

# %% loss_and_gradient
from math import cos, pi, sin


def one_loss(t):
    return t * cos(pi * t)


def one_gradient(t):
    left = cos(pi * t)
    right = -pi * sin(pi * t)
    return left * 1 + t * right


loss = np.vectorize(one_loss, otypes=[float])
gradient = np.vectorize(one_gradient, otypes=[float])
