"""ModelCheckpoint writes the best weights, which are loaded at the end; model.fit trains."""

# %% train_best
import tempfile


def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "best.weights.h5")
        history = model.fit(
            train_data[0], train_data[1], batch_size=batch_size, epochs=epochs, validation_data=val_data, verbose=0,
            callbacks=list(callbacks) + [
                keras.callbacks.EarlyStopping("val_loss", patience=patience),
                keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True, save_weights_only=True),
            ],
        )
        model.load_weights(path)
    return model, history
