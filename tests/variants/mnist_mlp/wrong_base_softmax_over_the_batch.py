"""The softmax runs over the examples."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1]))
    model.add(keras.layers.Softmax(axis=0))
    return model
