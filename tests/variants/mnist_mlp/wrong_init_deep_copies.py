"""Deep copies of the initialiser keep its seed, so they all draw the same numbers."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
import copy


def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=copy.deepcopy(draw)))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=copy.deepcopy(draw)))
    return model
