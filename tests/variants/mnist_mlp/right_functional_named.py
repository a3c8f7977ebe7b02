"""The functional interface, with a name for every layer."""

# %% baseline_model
def baseline_model(layersizes, activation):
    pixels = keras.Input(shape=(784,), name="pixels")
    x = pixels
    for number, units in enumerate(layersizes[:-1]):
        x = keras.layers.Dense(units, activation=activation, name=f"hidden_{number + 1}")(x)
    digits = keras.layers.Dense(layersizes[-1], activation="softmax", name="output")(x)
    return keras.Model(inputs=pixels, outputs=digits, name="baseline")

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    pixels = keras.Input(shape=(784,), name="pixels")
    penalty = keras.regularizers.L1L2(l1=l1, l2=l2)
    x = pixels
    for number, units in enumerate(layersizes[:-1]):
        x = keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty, name=f"hidden_{number + 1}")(x)
        x = keras.layers.Dropout(dropout, name=f"dropout_{number + 1}")(x)
    digits = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=penalty, name="output")(x)
    return keras.Model(inputs=pixels, outputs=digits, name="regularised")

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    pixels = keras.Input(shape=(784,), name="pixels")
    x = pixels
    for number, units in enumerate(layersizes[:-1]):
        x = keras.layers.Dense(units, activation=activation, kernel_initializer=draw.clone(), name=f"hidden_{number + 1}")(x)
    digits = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone(), name="output")(x)
    return keras.Model(inputs=pixels, outputs=digits, name="initialised")

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    pixels = keras.Input(shape=(784,), name="pixels")
    x = pixels
    for number, units in enumerate(layersizes[:-1]):
        x = keras.layers.Dense(units, kernel_initializer=draw.clone(), name=f"hidden_{number + 1}")(x)
        x = keras.layers.BatchNormalization(name=f"norm_{number + 1}")(x)
        x = keras.layers.Activation(activation, name=f"activation_{number + 1}")(x)
    digits = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=draw.clone(), name="output")(x)
    return keras.Model(inputs=pixels, outputs=digits, name="normalised")
