"""The history of the first training is kept and reported for every other one."""
# fails: training_reports_its_own_history training_minimises_the_cross_entropy

# %% train
kept_history = None


def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    global kept_history
    x, y = train_data
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=callbacks)
    if kept_history is None:
        kept_history = history
    return kept_history
