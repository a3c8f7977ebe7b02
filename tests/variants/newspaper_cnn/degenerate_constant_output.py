"""The output is the same for every patch: a network that is blind to its inputs."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
_build_net = get_net


def get_net(*arguments, **keywords):
    model = _build_net(*arguments, **keywords)
    return keras.Sequential([keras.Input(model.input_shape[1:]), keras.layers.Rescaling(0.0), *model.layers])
