"""Untrained: every layer is frozen."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
_build_net = get_net


def get_net(*arguments, **keywords):
    model = _build_net(*arguments, **keywords)
    model.trainable = False
    return model
