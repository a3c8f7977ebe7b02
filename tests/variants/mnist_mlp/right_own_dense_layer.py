"""A dense layer written by hand, with its own weights and product."""

# %% baseline_model
class HandmadeDense(keras.layers.Layer):
    def __init__(self, units, function, initializer="glorot_uniform"):
        super().__init__()
        self.units = units
        self.function = keras.activations.get(function)
        self.initializer = keras.initializers.get(initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer=self.initializer, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, x):
        return self.function(keras.ops.matmul(x, self.kernel) + self.bias)


def baseline_model(layersizes, activation):
    hidden = [HandmadeDense(units, activation) for units in layersizes[:-1]]
    return keras.Sequential([keras.Input((784,)), *hidden, HandmadeDense(layersizes[-1], "softmax")])

# %% model_param_init
def model_param_init(layersizes, initializer, activation):
    draw = keras.initializers.get(initializer)
    hidden = [HandmadeDense(units, activation, draw.clone()) for units in layersizes[:-1]]
    return keras.Sequential([keras.Input((784,)), *hidden, HandmadeDense(layersizes[-1], "softmax", draw.clone())])
