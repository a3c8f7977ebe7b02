"""Every kernel starts at zero, whatever is asked for."""
# caught by: network_learns_separators another_network_learns_another_page

# %% after the answers
_build_net = get_net


def get_net(*arguments, **keywords):
    model = _build_net(*arguments, **keywords)
    for layer in model.layers:
        if hasattr(layer, "kernel"):
            layer.kernel.assign(0 * layer.kernel)
    return model
