"""A fifth of the training data is split off, and the validation data are not used."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    x, y = train_data
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_split=0.2, callbacks=list(callbacks), verbose=0)
