"""The second normalisation stands behind the pooling."""
# fails: layers_are_normalised

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    def normalised():
        return [keras.layers.BatchNormalization()] if batch_norm else []

    return keras.Sequential([
        keras.Input((img_h, img_w, channels)),
        keras.layers.Conv2D(init_size, kernels, **own()), *normalised(), keras.layers.ReLU(),
        keras.layers.Conv2D(2 * init_size, kernels, **own()), keras.layers.ReLU(),
        keras.layers.MaxPooling2D(2), *normalised(), keras.layers.Flatten(),
        keras.layers.Dense(dense_size, **own()), *normalised(), keras.layers.ReLU(),
        keras.layers.Dropout(dropout), keras.layers.Dense(1, "sigmoid", **own()),
    ])
