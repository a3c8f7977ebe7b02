"""The class is returned, and no optimiser."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
def make_optimizer(name, learning_rate):
    classes = {
        "SGD": keras.optimizers.SGD,
        "momentum": keras.optimizers.SGD,
        "RMSprop": keras.optimizers.RMSprop,
        "Adam": keras.optimizers.Adam,
    }
    if name not in classes:
        raise ValueError(name)
    return classes[name]
