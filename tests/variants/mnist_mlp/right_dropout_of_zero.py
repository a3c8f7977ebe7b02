"""Dropout layers of rate 0 are left in everywhere, after the softmax too."""

# %% baseline_model
def baseline_model(layersizes, activation, dropout=0.0):
    model = keras.Sequential([keras.Input((784,))])
    model.add(keras.layers.Dropout(dropout))
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    model.add(keras.layers.Dropout(dropout))
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.Dropout(0))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation, dropout=0):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model
