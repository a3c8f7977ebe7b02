"""An optimiser object is reduced to its name."""
# fails: network_is_compiled

# %% get_compiled_model
def get_compiled_model(optimizer, weight_init="glorot_uniform", bias_init="zeros", batch_norm=False):
    model = get_net(weight_init, bias_init, batch_norm)
    name = optimizer if isinstance(optimizer, str) else type(optimizer).__name__
    model.compile(optimizer=name, loss="binary_crossentropy", metrics=["accuracy"])
    return model
