"""The models come compiled, with another loss and another optimiser."""

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    model.compile(optimizer=keras.optimizers.RMSprop(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
    return model

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    inputs = x = keras.Input((784,))
    for units in layersizes[:-1]:
        x = keras.layers.Dense(units, activation=activation, kernel_initializer=keras.initializers.get(initializer).clone())(x)
    x = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone())(x)
    model = keras.Model(inputs, x)
    model.compile(optimizer=keras.optimizers.SGD(0.5, momentum=0.9), loss=keras.losses.CategoricalCrossentropy())
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    return model
