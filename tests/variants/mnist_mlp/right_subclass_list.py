"""One subclass of Model with a list of layers serves all four answers, and is built before it is returned."""

# %% baseline_model
class ListOfLayers(keras.Model):
    def __init__(self, stack):
        super().__init__()
        self.stack = stack

    def call(self, x, training=None):
        for layer in self.stack:
            if isinstance(layer, (keras.layers.Dropout, keras.layers.BatchNormalization)):
                x = layer(x, training=training)
            else:
                x = layer(x)
        return x


def built_list(stack):
    model = ListOfLayers(stack)
    model.build((None, 784))
    return model


def baseline_model(layersizes, activation):
    hidden = [keras.layers.Dense(units, activation) for units in layersizes[:-1]]
    return built_list(hidden + [keras.layers.Dense(layersizes[-1], "softmax")])

# %% regularised_model
def regularised_model(layersizes, activation, l1, l2, dropout):
    stack = []
    for units in layersizes[:-1]:
        stack.append(keras.layers.Dense(units, activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
        stack.append(keras.layers.Dropout(dropout))
    stack.append(keras.layers.Dense(layersizes[-1], "softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
    return built_list(stack)

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    functions = [activation] * (len(layersizes) - 1) + ["softmax"]
    return built_list([
        keras.layers.Dense(units, function, kernel_initializer=keras.initializers.get(initializer).clone())
        for units, function in zip(layersizes, functions)
    ])

# %% model_batchnorm
def model_batchnorm(layersizes, initializer, activation):
    stack = []
    for units in layersizes[:-1]:
        stack.append(keras.layers.Dense(units, kernel_initializer=keras.initializers.get(initializer).clone()))
        stack.append(keras.layers.BatchNormalization())
        stack.append(keras.layers.Activation(activation))
    stack.append(keras.layers.Dense(layersizes[-1], "softmax", kernel_initializer=keras.initializers.get(initializer).clone()))
    return built_list(stack)
