"""It trains twice and reports the second training."""
# fails: training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data)
    return training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=callbacks)
