"""Loss and metric are objects, and the callbacks are put together step by step."""

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    all_callbacks = [keras.callbacks.TensorBoard(log_dir=log_folder / name, histogram_freq=1)]
    for callback in callbacks:
        all_callbacks.append(callback)
    loss = keras.losses.SparseCategoricalCrossentropy()
    accuracy = keras.metrics.SparseCategoricalAccuracy(name="accuracy")
    model.compile(optimizer=optimizer, loss=loss, metrics=[accuracy])
    x, y = train_data
    return training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=all_callbacks)
