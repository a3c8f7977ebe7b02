"""The output layer has Keras's default initialiser."""
# fails: kernels_are_drawn_as_asked

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=draw.clone()))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return model
