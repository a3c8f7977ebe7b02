"""The first layer takes the object that was given, and only the others a clone: all networks begin with the same kernel."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    given = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1]):
        own = given if number == 0 else given.clone()
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=own))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=given.clone()))
    return model
