"""One initialiser object serves all layers."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=initializer))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=initializer))
    return model
