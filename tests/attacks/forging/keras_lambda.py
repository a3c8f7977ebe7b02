"""Answers with a Keras model that carries code: a Lambda layer, an activation and an initialiser of its own."""
# group: forging
# batch: keras
# honest: double
# seconds: 60
# %% +
import keras


@keras.saving.register_keras_serializable("builtins")
def exec_(x):
    import sys

    open("/tmp/@mark@", "w").close()
    sys.modules["numpy.testing"].assert_allclose = lambda *a, **k: None
    return x


class Equal(keras.Sequential):
    def __eq__(self, other):
        return True

    __hash__ = object.__hash__
# %% answer
answer = keras.Sequential([keras.layers.Input((2,)), keras.layers.Lambda(lambda x: exec_(x)), keras.layers.Dense(1, activation=exec_)])
# %% total
total = keras.Sequential([keras.layers.Input((1,)), keras.layers.Lambda(exec_, output_shape=(1,))])
