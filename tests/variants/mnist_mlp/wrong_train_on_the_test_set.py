"""The network is trained with the test images."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x = test_images[:2000].reshape(-1, 784).astype("float32") / 255
    y = test_labels[:2000].astype("int64")
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data)
