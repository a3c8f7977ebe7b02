"""The first epoch begins a new list."""

# %% EpochTimer
class EpochTimer(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs={}):
        if epoch == 0:
            self.seconds = list()
        self.start_of_epoch = time.perf_counter()

    def on_epoch_end(self, epoch, logs={}):
        end = time.perf_counter()
        self.seconds += [end - self.start_of_epoch]
