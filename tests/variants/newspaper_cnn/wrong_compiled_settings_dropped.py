"""Initialisers are not handed on."""
# fails: network_is_compiled

# %% get_compiled_model
def get_compiled_model(optimizer, weight_init="glorot_uniform", bias_init="zeros", batch_norm=False):
    model = get_net("glorot_uniform", "zeros", batch_norm)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model
