"""A string is refused, since it has no clone()."""
# fails: kernels_are_drawn_as_asked

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=initializer.clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=initializer.clone()))
    return model
