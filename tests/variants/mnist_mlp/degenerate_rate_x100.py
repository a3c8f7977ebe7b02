"""Every training has a learning rate a hundred times too large."""
# caught by: relu_baseline_learns he_and_relu_learn wide_weights_learn_when_normalised

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_too_fast(model, x, y, **keywords):
    model.optimizer.learning_rate = 100 * float(model.optimizer.learning_rate)
    return _fit(model, x, y, **keywords)


training = SimpleNamespace(fit=_fit_too_fast)
