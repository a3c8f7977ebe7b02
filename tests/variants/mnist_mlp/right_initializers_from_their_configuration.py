"""Each layer's initialiser is made anew of the class and the configuration of the one that was given."""

# %% model_param_init
def a_new_initializer(initializer):
    if isinstance(initializer, str):
        return initializer
    return initializer.__class__.from_config(initializer.get_config())


def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=a_new_initializer(initializer)))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=a_new_initializer(initializer)))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=a_new_initializer(initializer)))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=a_new_initializer(initializer)))
    return model
