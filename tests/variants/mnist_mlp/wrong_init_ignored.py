"""The initialiser is not used."""
# fails: kernels_are_drawn_as_asked initialised_network_learns_digits

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
