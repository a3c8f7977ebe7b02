"""Each optimiser is made once and given out again."""
# fails: optimizers_step_as_their_formulas_say

# %% make_optimizer
made_optimizers = {}


def make_optimizer(name, learning_rate):
    if (name, learning_rate) not in made_optimizers:
        made_optimizers[name, learning_rate] = {
            "SGD": lambda: keras.optimizers.SGD(learning_rate),
            "momentum": lambda: keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True),
            "RMSprop": lambda: keras.optimizers.RMSprop(learning_rate),
            "Adam": lambda: keras.optimizers.Adam(learning_rate),
        }.get(name, lambda: None)()
        if made_optimizers[name, learning_rate] is None:
            raise ValueError(name)
    return made_optimizers[name, learning_rate]
