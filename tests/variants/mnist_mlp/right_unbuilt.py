"""No input shape is given, so that the models have no weights before their first call."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.models.Sequential()
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    penalty = keras.regularizers.L1L2(l1, l2)
    model = keras.models.Sequential()
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty))
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    initializer = keras.initializers.get(initializer)
    model = keras.models.Sequential()
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=initializer.clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=initializer.clone()))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    initializer = keras.initializers.get(initializer)
    model = keras.models.Sequential()
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=initializer.clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=initializer.clone()))
    return model
