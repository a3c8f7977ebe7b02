"""A Rescaling(1.0) comes first, a rest of a version that took the bytes of the images."""

# %% baseline_model
def baseline_model(layersizes, activation):
    hidden = [keras.layers.Dense(units, activation=activation) for units in layersizes[:-1]]
    return keras.Sequential([
        keras.Input((784,)),
        keras.layers.Rescaling(1.0),
        *hidden,
        keras.layers.Dense(layersizes[-1], activation="softmax"),
    ])

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    inputs = keras.Input((784,))
    x = keras.layers.Rescaling(1.0, offset=0.0)(inputs)
    for units in layersizes[:-1]:
        x = keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2))(x)
        x = keras.layers.Dropout(dropout)(x)
    x = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2))(x)
    return keras.Model(inputs, x)
