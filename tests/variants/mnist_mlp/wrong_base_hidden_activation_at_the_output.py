"""The output has the hidden activation before its softmax."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Softmax())
    return model
