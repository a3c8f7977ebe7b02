"""The validation examples are trained with, beside the training examples."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x = np.concatenate([train_data[0], val_data[0]])
    y = np.concatenate([train_data[1], val_data[1]])
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks])
