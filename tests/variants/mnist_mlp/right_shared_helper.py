"""One helper builds the networks of all four answers."""

# %% baseline_model
def stacked(layersizes, activation, before=(), after=(), **of_each_dense):
    """before and after: functions that make a layer to stand before and after each hidden activation."""

    def options():
        return {key: make() for key, make in of_each_dense.items()}

    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(keras.layers.Dense(units, name=f"hidden_{number}", **options()))
        for make in before:
            model.add(make())
        model.add(keras.layers.Activation(activation))
        for make in after:
            model.add(make())
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", name="output", **options()))
    return model


def baseline_model(layersizes, activation):
    return stacked(layersizes, activation)

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    return stacked(
        layersizes,
        activation,
        after=[lambda: keras.layers.Dropout(dropout)],
        kernel_regularizer=lambda: keras.regularizers.L1L2(l1, l2),
    )

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    return stacked(layersizes, activation, kernel_initializer=keras.initializers.get(initializer).clone)

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    return stacked(
        layersizes,
        activation,
        before=[keras.layers.BatchNormalization],
        kernel_initializer=keras.initializers.get(initializer).clone,
    )
