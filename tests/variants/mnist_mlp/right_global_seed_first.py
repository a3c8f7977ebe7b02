"""The seed of the whole notebook is set again at the top of the answer's cell."""

# %% model_param_init
keras.utils.set_random_seed(42)


def model_param_init(layersizes, initializer, activation):
    initializer = keras.initializers.get(initializer)
    network = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        network.add(keras.layers.Dense(units, activation, kernel_initializer=initializer.clone(), bias_initializer=keras.initializers.Zeros()))
    network.add(keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=initializer.clone()))
    return network
