"""Every training has a learning rate a thousand times too large."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_too_fast(model, x, y, **keywords):
    model.optimizer.learning_rate = 1000 * float(model.optimizer.learning_rate)
    return _fit(model, x, y, **keywords)


training = SimpleNamespace(fit=_fit_too_fast)
