"""A Flatten layer of the flat input comes first."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,)), keras.layers.Flatten()])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential()
    model.add(keras.layers.Flatten())
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,)), keras.layers.Flatten()])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model
