"""The network is built with Keras's default, and its kernels are assigned afterwards."""

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    for layer in model.layers:
        draw = keras.initializers.get(initializer).clone()
        layer.kernel.assign(draw(layer.kernel.shape))
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = layer.get_weights()
            draw = keras.initializers.get(initializer).clone()
            layer.set_weights([np.asarray(draw(kernel.shape)), np.zeros_like(bias)])
    return model
