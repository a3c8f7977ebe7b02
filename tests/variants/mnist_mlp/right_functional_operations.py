"""The functional interface, with activations called as functions on the tensors."""

# %% baseline_model
def baseline_model(layersizes, activation):
    function = keras.activations.get(activation)
    inputs = keras.layers.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = function(keras.layers.Dense(units)(x))
    return keras.models.Model(inputs, keras.ops.softmax(keras.layers.Dense(layersizes[-1])(x)))

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    function = keras.activations.get(activation)
    draw = keras.initializers.get(initializer)
    inputs = keras.layers.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        z = keras.layers.Dense(units, kernel_initializer=draw.clone())(x)
        x = function(keras.layers.BatchNormalization()(z))
    outputs = keras.activations.softmax(keras.layers.Dense(layersizes[-1], kernel_initializer=draw.clone())(x))
    return keras.models.Model(inputs, outputs)
