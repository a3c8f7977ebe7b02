"""A callback of one's own keeps the best weights and stops."""

# %% train_best
class KeepBest(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.lowest, self.waited, self.weights = patience, float("inf"), 0, None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.lowest:
            self.lowest, self.waited = logs["val_loss"], 0
            self.weights = [np.array(weight) for weight in self.model.get_weights()]
        else:
            self.waited += 1
            self.model.stop_training = self.waited >= self.patience

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)


def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    history = training.fit(model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[KeepBest(patience), *callbacks])
    return model, history
