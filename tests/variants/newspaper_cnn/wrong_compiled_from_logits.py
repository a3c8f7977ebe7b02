"""The loss takes the probabilities for logits."""
# fails: network_is_compiled

# %% get_compiled_model
def get_compiled_model(optimizer, weight_init="glorot_uniform", bias_init="zeros", batch_norm=False):
    model = get_net(weight_init, bias_init, batch_norm)
    model.compile(optimizer=optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model
