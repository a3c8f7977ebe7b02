"""Two clones of the initialiser are used in turn, so that every other layer is the same."""
# fails: each_layer_draws_its_own_numbers

# %% model_param_init
import itertools


def model_param_init(layersizes, initializer, activation):
    given = keras.initializers.get(initializer)
    in_turn = itertools.cycle([given.clone(), given.clone()])
    model = keras.Sequential([keras.Input((784,))])
    for units in layersizes[:-1]:
        model.add(keras.layers.Dense(units, activation=activation, kernel_initializer=next(in_turn)))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=next(in_turn)))
    return model
