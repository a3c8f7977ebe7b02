"""Training tells what it does, and measures its time."""

# %% train
import time as clock


def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    print(f"=== {name}: {len(train_data[0])} examples, {epochs} epochs, {type(optimizer).__name__} ===")
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=False)
    folder = log_folder / name
    folder.mkdir(parents=True, exist_ok=True)
    tensorboard = keras.callbacks.TensorBoard(str(folder), histogram_freq=1)
    start = clock.perf_counter()
    history = training.fit(
        model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks], verbose=0
    )
    seconds = clock.perf_counter() - start
    print(f"{seconds:.1f} s, validation accuracy {history.history['val_accuracy'][-1]:.3f}")
    return history
