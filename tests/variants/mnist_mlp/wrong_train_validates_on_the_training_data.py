"""The training data are given to validate with, too."""
# fails: training_reports_its_own_history

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(
        model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=train_data, callbacks=[tensorboard, *callbacks]
    )
