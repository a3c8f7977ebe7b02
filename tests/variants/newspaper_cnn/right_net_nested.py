"""A part that looks and a part that decides, one model in another."""

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    def normalised():
        return [keras.layers.BatchNormalization()] if batch_norm else []

    looking = keras.Sequential([keras.Input((img_h, img_w, channels))], name="looking")
    for maps in (init_size, 2 * init_size):
        for layer in [keras.layers.Conv2D(maps, kernels, **own()), *normalised(), keras.layers.Activation("relu")]:
            looking.add(layer)
    looking.add(keras.layers.MaxPooling2D(2))
    looking.add(keras.layers.Flatten())
    deciding = keras.Sequential(
        [keras.layers.Dense(dense_size, **own()), *normalised(), keras.layers.ReLU(), keras.layers.Dropout(dropout), keras.layers.Dense(1, "sigmoid", **own())],
        name="deciding",
    )
    return keras.Sequential([looking, deciding])
