"""It counts nanoseconds and keeps an array."""

# %% EpochTimer
import time as clock


class EpochTimer(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.seconds = np.zeros(0)

    def on_epoch_begin(self, epoch, logs=None):
        self._begin = clock.monotonic_ns()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = np.append(self.seconds, (clock.monotonic_ns() - self._begin) * 1e-9)
