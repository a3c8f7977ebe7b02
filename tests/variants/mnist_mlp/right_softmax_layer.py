"""The output is a linear dense layer, and its softmax a layer of its own."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1]))
    model.add(keras.layers.Softmax())
    return model

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1=l1, l2=l2)))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], kernel_regularizer=keras.regularizers.L1L2(l1=l1, l2=l2)))
    model.add(keras.layers.Softmax())
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Dense(layersizes[-1], kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Softmax())
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential()
    model.add(keras.Input(shape=(784,)))
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Softmax())
    return model
