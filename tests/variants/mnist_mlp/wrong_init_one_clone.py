"""One clone is made, and serves all layers."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    own = keras.initializers.get(initializer).clone()
    inputs = keras.Input((784,))
    x = inputs
    for units in layersizes[:-1]:
        x = keras.layers.Dense(units, activation=activation, kernel_initializer=own)(x)
    return keras.Model(inputs, keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=own)(x))
