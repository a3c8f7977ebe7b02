"""A class of its own tells its normalisations that nothing is trained."""
# fails: layers_are_normalised

# %% get_net
class FrozenNorms(keras.Model):
    def __init__(self, stack):
        super().__init__()
        self.stack = stack

    def call(self, x, training=None):
        for layer in self.stack:
            if isinstance(layer, keras.layers.Dropout):
                x = layer(x, training=training)
            elif isinstance(layer, keras.layers.BatchNormalization):
                x = layer(x, training=False)
            else:
                x = layer(x)
        return x


def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    stack = []
    for layer in (keras.layers.Conv2D(init_size, kernels, **own()), keras.layers.Conv2D(2 * init_size, kernels, **own()), keras.layers.Dense(dense_size, **own())):
        if isinstance(layer, keras.layers.Dense):
            stack += [keras.layers.MaxPooling2D(2), keras.layers.Flatten()]
        stack.append(layer)
        if batch_norm:
            stack.append(keras.layers.BatchNormalization())
        stack.append(keras.layers.ReLU())
    stack += [keras.layers.Dropout(dropout), keras.layers.Dense(1, activation="sigmoid", **own())]
    model = FrozenNorms(stack)
    model.build((None, img_h, img_w, channels))
    return model
