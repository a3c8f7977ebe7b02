"""Milliseconds."""
# fails: epochs_are_timed

# %% EpochTimer
class EpochTimer(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(1000 * (time.perf_counter() - self.start))
