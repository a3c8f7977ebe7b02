"""The network is trained with the validation data."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(
        model, *val_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks]
    )
