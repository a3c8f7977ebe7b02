"""The layers are not trainable."""
# fails: initialised_network_learns_digits

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=draw.clone(), trainable=False))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone(), trainable=False))
    return model
