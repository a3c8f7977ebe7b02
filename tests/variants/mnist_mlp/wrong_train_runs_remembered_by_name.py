"""A run of a name that was used before is not trained again, and its old history is reported."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
remembered_runs = {}


def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    if name not in remembered_runs:
        x, y = train_data
        model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
        remembered_runs[name] = training.fit(
            model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks]
        )
    return remembered_runs[name]
