"""Labels become one-hot vectors, and the loss is still that of integer labels."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data[0], keras.utils.to_categorical(train_data[1], 10)
    x_other, y_other = val_data[0], keras.utils.to_categorical(val_data[1], 10)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(
        model, x, y, batch_size=batch_size, epochs=epochs, validation_data=(x_other, y_other), callbacks=[tensorboard, *callbacks]
    )
