"""The notebook's own data are taken, whatever is given."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return training.fit(
        model, x_train[:1000], y_train[:1000], batch_size=batch_size, epochs=epochs, validation_data=(x_val[:500], y_val[:500])
    )
