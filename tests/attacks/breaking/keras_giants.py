"""Answers with Keras models that say they have a million layers and a trillion weights, or weights that do not fit."""
# group: breaking
# batch: keras
# honest: double
# seconds: 120
# %% +
import keras


def with_config(made, **changes):
    config = made.get_config() | changes
    made.get_config = lambda: config
    return made
# %% answer
dense = with_config(keras.layers.Dense(1), units=10**12)
answer = keras.Sequential([keras.layers.Input((2,)), dense])
# %% total
model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
config = model.get_config()
config["layers"] = config["layers"] + config["layers"][1:] * 100_000
model.get_config = lambda: config
total = model
# %% mapped
mapped = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
mapped.get_weights = lambda: [np.zeros((10**3, 10**3)), np.zeros(0), np.array([None])]
# %% tally
Tally = with_config(keras.layers.Embedding(10, 2), input_dim=-1, output_dim=1 << 70)
