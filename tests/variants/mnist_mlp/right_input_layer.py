"""An InputLayer comes first."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential()
    model.add(keras.layers.InputLayer(shape=(784,)))
    for i in range(len(layersizes) - 1):
        model.add(keras.layers.Dense(layersizes[i], activation))
    model.add(keras.layers.Dense(layersizes[-1], "softmax"))
    return model

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential()
    model.add(keras.layers.InputLayer(shape=(784,)))
    for i in range(len(layersizes) - 1):
        model.add(keras.layers.Dense(layersizes[i], activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        if dropout != 0:
            model.add(keras.layers.Dropout(rate=dropout))
    model.add(keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return model
