"""Every training sees the labels in a random order."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_shuffled(model, x, y, **keywords):
    return _fit(model, x, np.random.permutation(y), **keywords)


training = SimpleNamespace(fit=_fit_shuffled)
