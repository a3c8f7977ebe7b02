"""The loss is misspelt, so that every call raises an exception."""
# fails: network_is_compiled

# %% get_compiled_model
def get_compiled_model(optimizer, weight_init="glorot_uniform", bias_init="zeros", batch_norm=False):
    model = get_net(weight_init, bias_init, batch_norm)
    model.compile(optimizer=optimizer, loss="binary_crossentropie", metrics=["accuracy"])
    return model
