"""The hidden layers are a Sequential of their own inside the network; each normalised layer is one, too."""

# %% baseline_model
def baseline_model(layersizes, activation):
    body = keras.Sequential([keras.layers.Dense(units, activation) for units in layersizes[:-1]], name="body")
    return keras.Sequential([keras.Input((784,)), body, keras.layers.Dense(layersizes[-1], "softmax", name="head")])

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    inputs = keras.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = keras.Sequential([
            keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)),
            keras.layers.Dropout(dropout),
        ])(x)
    x = keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2))(x)
    return keras.Model(inputs, x)

# %% model_batchnorm
def normalised_block(units, initializer, activation):
    return keras.Sequential([
        keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()),
        keras.layers.BatchNormalization(),
        keras.layers.Activation(activation),
    ])


def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(normalised_block(units, initializer, activation))
    model.add(keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return model
