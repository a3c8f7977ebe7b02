"""Later functions take the network of an earlier one and put layers in between."""

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    *hidden, output = baseline_model(layersizes, activation).layers
    model = keras.Sequential([keras.Input((784,))])
    for layer in hidden:
        layer.kernel_regularizer = keras.regularizers.L1L2(l1, l2)
        model.add(layer)
        model.add(keras.layers.Dropout(dropout))
    output.kernel_regularizer = keras.regularizers.L1L2(l1, l2)
    model.add(output)
    return model

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    *hidden, output = model_param_init(layersizes, initializer, "linear").layers
    model = keras.Sequential([keras.Input((784,))])
    for layer in hidden:
        model.add(layer)
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(output)
    return model
