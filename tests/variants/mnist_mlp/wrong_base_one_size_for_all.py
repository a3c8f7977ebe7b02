"""All hidden layers have the first size."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for _ in range(len(layersizes) - 1):
        model.add(keras.layers.Dense(layersizes[0], activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
