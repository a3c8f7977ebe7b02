"""The epoch with the highest validation loss is kept."""
# fails: best_epoch_is_kept

# %% train_best
def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    file = Path("best.weights.h5")
    keep = keras.callbacks.ModelCheckpoint(file, monitor="val_loss", mode="max", save_best_only=True, save_weights_only=True)
    callbacks = [*callbacks, keep]
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    history = training.fit(model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[*callbacks, stop])
    model.load_weights(file)
    return model, history
