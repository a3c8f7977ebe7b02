"""It waits an epoch longer."""
# fails: best_epoch_is_kept

# %% train_best
def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience + 1, restore_best_weights=True)
    history = training.fit(model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[*callbacks, stop])
    return model, history
