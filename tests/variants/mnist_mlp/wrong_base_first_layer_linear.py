"""The first hidden layer has no activation."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(layersizes[0])])
    for units in layersizes[1:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
