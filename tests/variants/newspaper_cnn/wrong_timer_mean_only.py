"""One number for the whole training."""
# fails: epochs_are_timed

# %% EpochTimer
class EpochTimer(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.start, self.epochs = time.perf_counter(), 0

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1

    def on_train_end(self, logs=None):
        self.seconds = [(time.perf_counter() - self.start) / self.epochs]
