"""The dense layer before a normalisation has the activation "linear"; the output's is given as a function."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation="linear"))
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation=keras.activations.softmax))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation="linear", kernel_initializer=draw.clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation=keras.activations.softmax, kernel_initializer=draw.clone()))
    return model
