"""Subclasses of Sequential add their layers when they are made."""

# %% baseline_model
class Perceptron(keras.Sequential):
    def __init__(self, layersizes, activation):
        super().__init__()
        self.add(keras.Input((784,)))
        for units in layersizes[:-1]:
            self.add(keras.layers.Dense(units, activation=activation))
        self.add(keras.layers.Dense(layersizes[-1], activation="softmax"))


def baseline_model(layersizes, activation):
    return Perceptron(layersizes, activation)

# %% regularised_model
class RegularisedPerceptron(keras.Sequential):
    def __init__(self, layersizes, activation, l1, l2, dropout):
        stack = [keras.Input((784,))]
        for units in layersizes[:-1]:
            stack.append(keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
            stack.append(keras.layers.Dropout(dropout))
        stack.append(keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        super().__init__(stack, name="regularised_perceptron")


def regularised_model(layersizes, activation, l1, l2, dropout):
    return RegularisedPerceptron(layersizes, activation, l1, l2, dropout)

# %% model_param_init
class InitialisedPerceptron(keras.Sequential):
    def __init__(self, layersizes, initializer, activation):
        super().__init__([
            keras.layers.Dense(
                units,
                activation if place < len(layersizes) - 1 else "softmax",
                kernel_initializer=keras.initializers.get(initializer).clone(),
            )
            for place, units in enumerate(layersizes)
        ])


def model_param_init(layersizes, initializer, activation):
    return InitialisedPerceptron(layersizes, initializer, activation)
