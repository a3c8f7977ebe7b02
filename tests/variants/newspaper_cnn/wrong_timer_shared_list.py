"""The list belongs to the class and is emptied at the beginning."""
# fails: epochs_are_timed

# %% EpochTimer
class EpochTimer(keras.callbacks.Callback):
    seconds = []

    def on_train_begin(self, logs=None):
        self.seconds.clear()

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
