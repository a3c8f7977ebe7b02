"""model.fit is fed with tf.data datasets."""

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    dataset = tf.data.Dataset.from_tensor_slices(train_data).shuffle(len(train_data[0])).batch(batch_size)
    val_dataset = tf.data.Dataset.from_tensor_slices(val_data).batch(batch_size)
    model.compile(optimizer=optimizer, loss=keras.losses.sparse_categorical_crossentropy, metrics=["accuracy"])
    board = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return model.fit(dataset, epochs=epochs, validation_data=val_dataset, callbacks=[board, *callbacks], verbose=0)
