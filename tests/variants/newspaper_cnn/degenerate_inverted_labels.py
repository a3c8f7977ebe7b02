"""Every training sees the labels inverted."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_inverted(model, x, y, **keywords):
    return _fit(model, x, 1 - y, **keywords)


training = SimpleNamespace(fit=_fit_inverted)
