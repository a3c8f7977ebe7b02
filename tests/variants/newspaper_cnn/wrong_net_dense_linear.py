"""The dense layer has no activation."""
# fails: network_has_its_layers layers_are_normalised

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return dict(kernel_initializer=keras.initializers.get(weight_init).clone(), bias_initializer=keras.initializers.get(bias_init).clone())

    model = keras.Sequential([keras.Input((img_h, img_w, channels))])
    for maps in (init_size, 2 * init_size):
        model.add(keras.layers.Conv2D(maps, kernels, **own()))
        if batch_norm:
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.ReLU())
    model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(dense_size, **own()))
    if batch_norm:
        model.add(keras.layers.BatchNormalization())
    model.add(keras.layers.Dropout(dropout))
    model.add(keras.layers.Dense(1, "sigmoid", **own()))
    return model
