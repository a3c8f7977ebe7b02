"""Activations are layer objects: ReLU() for ReLUs, a Softmax() handed to the dense layer as its activation."""

# %% baseline_model
def baseline_model(layersizes, activation):
    def activate():
        if activation in ("relu", keras.activations.relu):
            return keras.layers.ReLU()
        return keras.layers.Activation(activation)

    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units))
        model.add(activate())
    model.add(keras.layers.Dense(layersizes[-1], activation=keras.layers.Softmax()))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    relus = ("relu", keras.activations.relu)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ReLU() if activation in relus else keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], kernel_initializer=keras.initializers.get(initializer).clone()))
    model.add(keras.layers.Softmax())
    return model
