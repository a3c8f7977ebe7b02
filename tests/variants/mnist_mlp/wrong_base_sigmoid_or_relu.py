"""Whatever is not a sigmoid becomes a ReLU."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation="sigmoid" if activation == "sigmoid" else "relu"))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
