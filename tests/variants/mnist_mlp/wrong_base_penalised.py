"""Every kernel has an L2 penalty, though no regularisation was asked for."""
# fails: baseline_has_its_layers

# %% baseline_model
def baseline_model(layersizes, activation):
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_regularizer="l2"))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer="l2"))
    return model
