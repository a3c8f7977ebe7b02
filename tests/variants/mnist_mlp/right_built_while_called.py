"""A subclass of Model makes its layers in build(), when it is called for the first time."""

# %% baseline_model
class BuiltLater(keras.Model):
    def __init__(self, sizes, function):
        super().__init__()
        self.sizes = list(sizes)
        self.function = function

    def build(self, input_shape):
        self.hidden = [keras.layers.Dense(units, self.function) for units in self.sizes[:-1]]
        self.head = keras.layers.Dense(self.sizes[-1], "softmax")
        width = input_shape[-1]
        for layer in [*self.hidden, self.head]:
            layer.build((None, width))
            width = layer.units
        self.built = True

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


def baseline_model(layersizes, activation):
    return BuiltLater(layersizes, activation)
