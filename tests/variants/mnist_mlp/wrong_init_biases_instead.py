"""The initialiser is that of the biases, and the kernels have Keras's default."""
# fails: kernels_are_drawn_as_asked initialised_network_learns_digits

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, bias_initializer=draw.clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", bias_initializer=draw.clone()))
    return model
