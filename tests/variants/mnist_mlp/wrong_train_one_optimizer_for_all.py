"""One optimiser beside the function trains all networks, which Keras refuses from the second one on."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
my_optimizer = keras.optimizers.SGD(learning_rate)


def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data
    model.compile(optimizer=my_optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1)
    return training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks])
