"""A network is kept for each list of sizes, and given out again."""
# fails: baseline_has_its_layers

# %% baseline_model
built_networks = {}


def baseline_model(layersizes, activation):
    key = str(layersizes) + str(activation)
    if key not in built_networks:
        model = keras.Sequential([keras.Input((784,))])
        for units in layersizes[:-1]:
            model.add(keras.layers.Dense(units, activation=activation))
        model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
        built_networks[key] = model
    return built_networks[key]
