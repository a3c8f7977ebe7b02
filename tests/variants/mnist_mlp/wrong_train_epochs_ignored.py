"""It always trains for three epochs."""
# fails: training_reports_its_own_history

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(model, x, y, batch_size=batch_size, epochs=3, validation_data=val_data, callbacks=[tensorboard, *callbacks])
