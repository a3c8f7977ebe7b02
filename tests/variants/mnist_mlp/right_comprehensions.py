"""Comprehensions all over, in the networks."""

# %% baseline_model
def baseline_model(layersizes, activation):
    return keras.Sequential([
        keras.Input((784,)),
        *[keras.layers.Dense(units, activation) for units in layersizes[:-1]],
        keras.layers.Dense(layersizes[-1], "softmax"),
    ])

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    return keras.Sequential([
        keras.Input((784,)),
        *[
            layer
            for units in layersizes[:-1]
            for layer in (
                keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)),
                keras.layers.Dropout(dropout),
            )
        ],
        keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)),
    ])

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    return keras.Sequential([
        layer
        for units in layersizes[:-1]
        for layer in (
            keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()),
            keras.layers.BatchNormalization(),
            keras.layers.Activation(activation),
        )
    ] + [keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=keras.initializers.get(initializer).clone())])
