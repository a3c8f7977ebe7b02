"""The sizes of the notebook are taken, not those that are given."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(sizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
