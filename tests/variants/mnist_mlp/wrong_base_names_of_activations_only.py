"""The activation is looked up by its name, so that a function is refused."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    function = getattr(keras.activations, activation)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=function))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
