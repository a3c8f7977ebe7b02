"""One network is built beside the function and returned by every call."""
# fails: baseline_has_its_layers baseline_learns_digits

# %% baseline_model
the_network = keras.Sequential([keras.Input((784,))])
for size in layersizes[:-1]:
    the_network.add(keras.layers.Dense(size, activation="sigmoid"))
the_network.add(keras.layers.Dense(layersizes[-1], activation="softmax"))


def baseline_model(layersizes, activation):
    return the_network
