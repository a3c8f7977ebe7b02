"""It is normalised whether asked for or not."""
# fails: network_has_its_layers network_is_compiled
# may fail: separators_are_learned

# %% get_net
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    def own():
        return {"kernel_initializer": keras.initializers.get(weight_init).clone(), "bias_initializer": keras.initializers.get(bias_init).clone()}

    x = inputs = keras.Input((img_h, img_w, channels))
    for maps in (init_size, 2 * init_size):
        x = keras.layers.Conv2D(maps, kernels, **own())(x)
        if True:
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.ReLU()(x)
    x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(dense_size, **own())(x)
    if True:
        x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid", **own())(x))
