"""Labels become one-hot vectors, with the cross entropy that belongs to them."""

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data
    x_other, y_other = val_data
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return training.fit(
        model,
        x,
        keras.utils.to_categorical(y, num_classes=10),
        batch_size=batch_size,
        epochs=epochs,
        validation_data=(x_other, keras.utils.to_categorical(y_other, num_classes=10)),
        callbacks=[keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1), *callbacks],
    )
