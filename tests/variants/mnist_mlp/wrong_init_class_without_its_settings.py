"""Each layer has a new initialiser of the class that was given, with the default settings of that class."""
# fails: kernels_are_drawn_as_asked

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    cls = type(keras.initializers.get(initializer))
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=cls()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=cls()))
    return model
