"""Three hidden layers are written out by hand, so that lists of another length are refused."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    first, second, third, last = layersizes
    model = keras.Sequential()
    model.add(keras.Input((784,)))
    model.add(keras.layers.Dense(first, activation=activation))
    model.add(keras.layers.Dense(second, activation=activation))
    model.add(keras.layers.Dense(third, activation=activation))
    model.add(keras.layers.Dense(last, activation="softmax"))
    return model
