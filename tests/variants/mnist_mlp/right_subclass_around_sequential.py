"""A subclass of Model around a Sequential, which it calls."""

# %% baseline_model
class Wrapped(keras.Model):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def call(self, inputs, training=False):
        return self.network(inputs, training=training)


def baseline_model(layersizes, activation):
    network = keras.Sequential()
    for units in layersizes[:-1]:
        network.add(keras.layers.Dense(units, activation=activation))
    network.add(keras.layers.Dense(layersizes[-1], activation="softmax"))
    return Wrapped(network)

# %% regularised_model
class WrappedRegularised(keras.Model):
    def __init__(self, layersizes, activation, l1, l2, dropout):
        super().__init__()
        self.network = keras.Sequential([keras.Input((784,))])
        for units in layersizes[:-1]:
            self.network.add(keras.layers.Dense(units, activation=activation, kernel_regularizer=keras.regularizers.L1L2(l1, l2)))
            if dropout:
                self.network.add(keras.layers.Dropout(dropout))
        self.network.add(keras.layers.Dense(layersizes[-1], activation="softmax", kernel_regularizer=keras.regularizers.L1L2(l1, l2)))

    def call(self, inputs):
        return self.network(inputs)


def regularised_model(layersizes, activation, l1, l2, dropout):
    return WrappedRegularised(layersizes, activation, l1, l2, dropout)

# %% model_param_init
class WrappedInitialised(keras.Model):
    def __init__(self, layersizes, initializer, activation):
        super().__init__()
        make = keras.initializers.get(initializer)
        self.hidden = keras.Sequential([
            keras.layers.Dense(units, activation=activation, kernel_initializer=make.clone()) for units in layersizes[:-1]
        ])
        self.head = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=make.clone())

    def call(self, inputs):
        return self.head(self.hidden(inputs))


def model_param_init(layersizes, initializer, activation):
    model = WrappedInitialised(layersizes, initializer, activation)
    model(np.zeros((1, 784), dtype="float32"))
    return model

# %% model_batchnorm
class WrappedNormalised(keras.Model):
    def __init__(self, layersizes, initializer, activation):
        super().__init__()
        make = keras.initializers.get(initializer)
        self.hidden = keras.Sequential()
        for units in layersizes[:-1]:
            self.hidden.add(keras.layers.Dense(units, kernel_initializer=make.clone()))
            self.hidden.add(keras.layers.BatchNormalization())
            self.hidden.add(keras.layers.Activation(activation))
        self.head = keras.layers.Dense(layersizes[-1], activation="softmax", kernel_initializer=make.clone())

    def call(self, inputs, training=None):
        return self.head(self.hidden(inputs, training=training))


def model_batchnorm(layersizes, initializer, activation):
    return WrappedNormalised(layersizes, initializer, activation)
