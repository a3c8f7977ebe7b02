"""Every patch comes with its pixels in another order."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
from types import SimpleNamespace

_fit = training.fit


def _fit_shuffled_pixels(model, x, y, **keywords):
    flat = np.random.default_rng(0).permuted(np.reshape(x, (len(x), -1)), axis=1)
    return _fit(model, flat.reshape(np.shape(x)), y, **keywords)


training = SimpleNamespace(fit=_fit_shuffled_pixels)
