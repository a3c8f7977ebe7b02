"""The baseline is returned as it is."""
# fails: dropout_follows_each_hidden_layer penalties_are_on_every_kernel

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
