"""The layer itself is asked for its initialiser."""

# %% default_initializer
import re as regular_expressions

asked = keras.layers.Dense(1).kernel_initializer.__class__.__name__
default_initializer = regular_expressions.sub(r"(?<!^)(?=[A-Z])", "_", asked).lower()
