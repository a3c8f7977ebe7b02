"""The layers have no biases."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, use_bias=False))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", use_bias=False))
    return model
