"""The network is built by a function that calls itself."""

# %% baseline_model
def onwards(tensor, sizes, activation):
    size, *rest = sizes
    if not rest:
        return keras.layers.Dense(size, activation="softmax")(tensor)
    return onwards(keras.layers.Dense(size, activation=activation)(tensor), rest, activation)


def baseline_model(layersizes, activation):
    inputs = keras.Input((784,))
    return keras.Model(inputs, onwards(inputs, layersizes, activation))
