"""Classes and options stand in a dictionary."""

# %% make_optimizer
OPTIMIZERS = {
    "SGD": (keras.optimizers.SGD, {}),
    "momentum": (keras.optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    "RMSprop": (keras.optimizers.RMSprop, {}),
    "Adam": (keras.optimizers.Adam, {}),
}


def make_optimizer(name, learning_rate):
    try:
        cls, options = OPTIMIZERS[name]
    except KeyError as error:
        raise ValueError(f"unknown optimizer {error}") from error
    return cls(learning_rate=learning_rate, **options)
