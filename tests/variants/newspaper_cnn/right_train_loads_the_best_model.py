"""The whole model is written, and another one comes back."""

# %% train_best
def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    file = Path(f"best-{id(model)}.keras")
    checkpoint = keras.callbacks.ModelCheckpoint(file, monitor="val_loss", mode="min", save_best_only=True)
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience)
    (x, y), history = train_data, None
    history = training.fit(model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[checkpoint, stopping, *callbacks], verbose=0)
    best = keras.models.load_model(file)
    file.unlink()
    return best, history
