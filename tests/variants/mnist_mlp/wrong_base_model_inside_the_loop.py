"""The model is made anew for each hidden layer, so that only the last one remains."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    for units in layersizes[:-1]:
        model = keras.Sequential([keras.Input((784,))])
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
