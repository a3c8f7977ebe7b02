"""Layers have names, and the dense layer's ReLU is a string."""

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    model = keras.models.Sequential(name="separators")
    model.add(keras.layers.InputLayer((img_h, img_w, channels)))
    model.add(keras.layers.Conv2D(filters=init_size, kernel_size=kernels, name="edges", **own()))
    if batch_norm:
        model.add(keras.layers.BatchNormalization(name="edges_normalised"))
    model.add(keras.layers.Activation("relu", name="edges_relu"))
    model.add(keras.layers.Conv2D(filters=2 * init_size, kernel_size=kernels, name="lines", **own()))
    if batch_norm:
        model.add(keras.layers.BatchNormalization(name="lines_normalised"))
    model.add(keras.layers.Activation("relu", name="lines_relu"))
    model.add(keras.layers.MaxPool2D())
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(dense_size, name="decide", **own()))
    if batch_norm:
        model.add(keras.layers.BatchNormalization(name="decide_normalised"))
    model.add(keras.layers.Activation("relu", name="decide_relu"))
    model.add(keras.layers.Dropout(rate=dropout))
    model.add(keras.layers.Dense(1, activation="sigmoid", name="separator", **own()))
    return model
