"""Training by model.fit."""

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    board = keras.callbacks.TensorBoard(log_dir=str(log_folder / name), histogram_freq=1)
    history = model.fit(
        train_data[0],
        train_data[1],
        batch_size=batch_size,
        epochs=epochs,
        verbose=0,
        validation_data=val_data,
        callbacks=[board] + list(callbacks),
    )
    return history
