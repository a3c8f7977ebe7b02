"""Only the first hidden layer has the initialiser."""
# fails: kernels_are_drawn_as_asked

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    own = keras.initializers.get(initializer).clone()
    model = keras.Sequential([keras.Input((784,))])
    model.add(keras.layers.Dense(layersizes[0], activation=activation, kernel_initializer=own))
    for units in layersizes[1:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
