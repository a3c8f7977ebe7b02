"""The initialiser is ignored: every kernel is drawn from N(0, 1)."""
# caught by: he_and_relu_learn

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    wide = keras.initializers.RandomNormal(mean=0.0, stddev=1.0)
    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(keras.layers.Dense(units, activation, kernel_initializer=wide.clone(), name=f"hidden_{number}"))
    model.add(keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=wide.clone(), name="output"))
    return model
