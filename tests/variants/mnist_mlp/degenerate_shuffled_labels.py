"""Every training sees the labels in a random order."""
# caught by: relu_baseline_learns he_and_relu_learn wide_weights_learn_when_normalised glorot_weights_learn_when_normalised

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_shuffled(model, x, y, **keywords):
    return _fit(model, x, np.random.permutation(y), **keywords)


training = SimpleNamespace(fit=_fit_shuffled)
