# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "introduction", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # A multilayer perceptron on MNIST: regularisation, initialisation, batch normalisation, optimisers
#
# **50 points, about 3 hours, Keras and TensorBoard**
#
# **What you will do.** Build one small network for handwritten digits, and then change one thing at a time: penalties and dropout,
# the initial weights, batch normalisation, the optimiser. You train about thirty networks, compare them in tables and pictures, and explain what you see.
#
# **What you will learn.** To tell from curves and histograms why a network overfits, does not start, or crawls; to choose an initialiser for an
# activation by a formula; what batch normalisation rescues and what it does in training and in inference; what an adaptive optimiser buys.
#
# **What you need.** The notebook on gradient descent, the chain rule, variances of sums, and the first pages of the Keras guide (Dense, compile, fit). Beside Keras the first cell
# imports the course's own small package, `descent` and `assay`; if that fails, install it as your course page says.
#
# | part | what | time | points |
# |---|---|---|---|
# | A | a baseline | 35 min | 11 |
# | B | regularisation | 35 min | 9 |
# | C | initialisation | 40 min | 12 |
# | D | batch normalisation | 40 min | 11 |
# | E | optimisers | 20 min | 7 |
# | F | TensorBoard | 10 min | - |
#
# **How it is marked.** Cells that begin with `@checks.claim` are tests. Each states a claim about your answer, and you
# can run it as often as you like. After you submit, every test cell goes on with further examples (other sizes and depths, and what the text says beside its example), and **where you choose an
# answer, its test tells you here only that the answer is complete; whether it is right is checked after you submit.**
# A test cell earns its points when all of its claims hold. What a network *is* counts, not how you write it: Sequential, functional or a class of your own,
# an activation inside a layer or as a layer of its own, are all the same. Explanations are read by a person and can earn a part of their points.
#
# Whatever is still open raises `NotImplementedError`: replace that line by your answer (and delete it where you fill in a value
# above it). Leave the names of functions, of their parameters and of answers as they are; everything inside is yours.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import shutil
from pathlib import Path

from assay import checks
from descent import budget, comparison, data, logs, plots, training  # first, since it quietens TensorFlow's start

import keras
import numpy as np
import tensorflow as tf

# %% [markdown]
# **Your computer's time.** The next line says how long the experiments train. At full budget all of them together take a few minutes on a
# laptop with two cores. If yours is slower, take the `#` away, run this cell, and go on: every test stays the same, and so do
# most tables in what they show. A3, B3, the thin network of C3 and E2 need the full budget for all of their questions: come back to them when there is time. Numbers in the text are those of the full budget.

# %% tags=["nbval-ignore-output"]
# budget.use("quick")
print(budget.current())

# %% nbgrader={"grade": false, "grade_id": "parameters", "locked": true, "schema_version": 3, "solution": false, "task": false}
layersizes = [50, 50, 50, 10]  # three hidden layers and the output
batch_size = 32
num_epochs = budget.epochs(20)
learning_rate = 0.1
log_folder = Path("logs")  # for TensorBoard, a folder in it for each run

shutil.rmtree(log_folder, ignore_errors=True)

# %% tags=["nbval-ignore-output"] nbgrader={"grade": false, "grade_id": "data_of_the_course", "locked": true, "schema_version": 3, "solution": false, "task": false}
(images, labels), (test_images, test_labels) = data.load_mnist()


def examples(first, last):
    """Return some of the 60,000 training images as rows of 784 numbers from 0 to 1, and their digits."""
    return images[first:last].reshape(-1, 784).astype("float32") / 255, labels[first:last].astype("int64")


x_train, y_train = examples(0, budget.examples(48_000))
x_val, y_val = examples(48_000, 48_000 + budget.examples(12_000))
print(f"{len(x_train)} examples to train with, {len(x_val)} to validate with; the 10,000 test images stay untouched")

# %% tags=["nbval-ignore-output"]
figure, axes = plots.new_figure(2, 8, width=9, height=2.8)
for axis, image, digit in zip(axes.flat, images, labels):
    axis.imshow(image, cmap="gray_r")
    axis.set(title=int(digit), xticks=[], yticks=[])
    axis.grid(False)
plots.show(figure, alt="The first sixteen training images, handwritten digits in dark grey on white, each with its label above it: 5 0 4 1 9 2 1 3 and 1 4 3 5 3 6 1 7.")

# %% [markdown]
# ---
# ## Part A (11 points): a baseline
#
# Everything later is compared with one plain network: dense layers with one activation, a softmax of ten units at the end, no regularisation, no batch
# normalisation, and the initial weights that Keras takes when nobody says anything.

# %% [markdown] nbgrader={"grade": false, "grade_id": "baseline_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### A1 (4.5 points): build the baseline
#
# **Goal.** A function that builds a fresh network for any sizes and any activation of its hidden layers.
#
# $$a_0 = x, \qquad a_k = f(W_k^\top a_{k-1} + b_k) \quad\text{for the hidden layers}, \qquad \hat y = \operatorname{softmax}(W_n^\top a_{n-1} + b_n)$$
#
# *The traps:* the last entry of `layersizes` is the output, which has a softmax and never the hidden activation; and a function that knows only the sizes 50, 50, 50, 10 is
# wrong for any other list. Call your layers `hidden_1`, `hidden_2`, ... and `output`, so that you find them again in TensorBoard.
#
# With `[50, 50, 50, 10]` you should see three hidden layers and 44,860 parameters in `baseline_model(layersizes, "sigmoid").summary()`.

# %% nbgrader={"grade": false, "grade_id": "baseline_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
def baseline_model(layersizes, activation):
    """Build a multilayer perceptron for inputs of 784 numbers.

    Parameters
    ----------
    layersizes : list of int
        Units of each hidden layer, and of the output layer as the last entry.
    activation : str or callable
        Of the hidden layers, as Keras takes it.

    Returns
    -------
    keras.Model
        A new model in each call, its weights drawn anew by Keras's default initialisation. It need not be compiled.
    """
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(keras.layers.Dense(units, activation=activation, name=f"hidden_{number}"))
    model.add(keras.layers.Dense(layersizes[-1], activation="softmax", name="output"))
    return model
    ### END SOLUTION

# %%
# Try baseline_model here: build one and call its summary().

# %% nbgrader={"grade": true, "grade_id": "baseline_has_its_layers", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def three_hidden_layers_and_a_softmax():
    """Three hidden layers of 50 sigmoids and ten softmax units follow each other, with 44,860 parameters."""
    model = baseline_model([50, 50, 50, 10], "sigmoid")
    checks.architecture(model, "dense 50, sigmoid, dense 50, sigmoid, dense 50, sigmoid, dense 10, softmax", input_shape=(784,))
    checks.parameter_count(model, 44_860, input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def other_sizes_and_activations():
    """Hidden layers of unequal sizes, more or fewer of them, and other activations work too."""
    model = baseline_model([30, 20, 15, 12, 7], "relu")
    checks.architecture(model, "dense 30, relu, dense 20, relu, dense 15, relu, dense 12, relu, dense 7, softmax", input_shape=(784,))
    checks.architecture(baseline_model([11, 10], "tanh"), "dense 11, tanh, dense 10, softmax", input_shape=(784,))


@checks.claim
def activation_may_be_a_function():
    """The activation may be given as a function."""
    model = baseline_model([13, 9, 10], keras.activations.relu)
    checks.architecture(model, "dense 13, relu, dense 9, relu, dense 10, softmax", input_shape=(784,))


@checks.claim
def each_call_builds_a_new_network():
    """Two calls give two networks with weights of their own."""
    x, _ = examples(0, 4)
    first, second = (np.asarray(baseline_model([12, 10], "relu")(x)) for _ in range(2))
    checks.holds(not np.array_equal(first, second), "two calls give the same weights (build the model inside the function)")


@checks.claim
def nothing_else_is_changed():
    """Kernels are drawn as Keras draws them when nobody says anything, and nothing is added to the loss."""
    checks.initial_weights(lambda: baseline_model([40, 30, 20], "relu"), "glorot_uniform", input_shape=(784,))
    checks.weight_penalty(baseline_model([8, 10], "relu"), input_shape=(784,))
### END HIDDEN TESTS

# %% [markdown]
# How many parameters has such a network? Write the number as a formula in code, without building a network: each layer has a weight for each pair of
# an input and a unit, and a bias for each unit.

# %% nbgrader={"grade": false, "grade_id": "count_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_parameters(num_inputs, layersizes):
    """Return the number of parameters of a multilayer perceptron.

    Parameters
    ----------
    num_inputs : int
    layersizes : list of int
        Units of each layer, the output layer as the last entry.

    Returns
    -------
    int
    """
    ### BEGIN SOLUTION
    widths = [num_inputs, *layersizes]
    return sum((before + 1) * units for before, units in zip(widths[:-1], widths[1:]))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "parameters_are_counted", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def parameters_of_the_baseline():
    """784 inputs and layers of 50, 50, 50 and 10 units make 44,860 parameters."""
    checks.equal(count_parameters(784, [50, 50, 50, 10]), 44_860, "count_parameters")


### BEGIN HIDDEN TESTS
@checks.claim
def parameters_of_other_networks():
    """The formula holds for other inputs, sizes and depths."""
    for num_inputs, sizes, expected in ((3, [1], 4), (5, [4, 2], 34), (7, [6, 5, 4, 3], 122)):
        checks.equal(count_parameters(num_inputs, sizes), expected, f"count_parameters({num_inputs}, {sizes})")
### END HIDDEN TESTS

# %% [markdown]
# Which initialisation does a `Dense` layer of Keras have for its kernel when nobody says anything? Its documentation tells, and so does a layer when you ask it.

# %% nbgrader={"grade": false, "grade_id": "default_initializer", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Choose "glorot_uniform", "glorot_normal", "he_normal", "random_normal" or "zeros".
default_initializer = None
### BEGIN SOLUTION
default_initializer = "glorot_uniform"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "default_initializer_is_named", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def an_initializer_is_chosen():
    """One of the five is chosen (whether it is right is checked later)."""
    options = ["glorot_uniform", "glorot_normal", "he_normal", "random_normal", "zeros"]
    checks.choice(default_initializer, options, "default_initializer")


### BEGIN HIDDEN TESTS
@checks.claim
def default_initializer_is_right():
    """It is what a Dense layer says of itself."""
    checks.holds(default_initializer == "glorot_uniform", "it is another one (ask keras.layers.Dense(1).kernel_initializer)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### A2 (2.5 points): compile and train
#
# **Goal.** One function for all experiments: compile a network, train it, log it for TensorBoard, return its history.
#
# The labels are digits, so the loss is the cross entropy of integer labels, and `"accuracy"` is the metric. Pass a `keras.callbacks.TensorBoard` with `histogram_freq=1`
# for the folder `log_folder / name`. To train, call `training.fit(model, x, y, batch_size=..., epochs=..., validation_data=..., callbacks=...)`: it does what `model.fit` does, takes the
# same arguments, and is several times as fast on small networks, because it hands a whole epoch to TensorFlow at once. (`model.fit` works as well.)
#
# *The traps:* validation examples must not be trained on. Labels that are one-hot vectors need another loss than labels that are numbers. The parameter of an optimiser
# is called `learning_rate`; the `lr` of older books is gone.
#
# At full budget a sigmoid baseline should be near 0.66 validation accuracy after its first epoch and at about 0.96 after twenty.

# %% nbgrader={"grade": false, "grade_id": "train", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train(model, optimizer, name, train_data=(x_train, y_train), val_data=(x_val, y_val), epochs=num_epochs, callbacks=()):
    """Compile a model and train it.

    Parameters
    ----------
    model : keras.Model
    optimizer : keras.optimizers.Optimizer
        A new one for each call: an optimiser remembers the model that it has trained.
    name : str
        Of the run: its logs go to ``log_folder / name``.
    train_data, val_data : (ndarray of shape (n, 784), ndarray of shape (n,))
        Images and digits, to train and to validate with.
    epochs : int
    callbacks : sequence of keras.callbacks.Callback
        Further callbacks.

    Returns
    -------
    keras.callbacks.History
        With loss, accuracy, val_loss and val_accuracy of every epoch.
    """
    ### BEGIN SOLUTION
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    tensorboard = keras.callbacks.TensorBoard(log_folder / name, histogram_freq=1, write_graph=False)
    x, y = train_data
    return training.fit(
        model, x, y, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[tensorboard, *callbacks]
    )
    ### END SOLUTION

# %%
# Try train here, for one epoch: train(baseline_model(layersizes, "relu"), keras.optimizers.SGD(learning_rate), "trial", epochs=1).history

# %% tags=["nbval-ignore-output"] nbgrader={"grade": true, "grade_id": "training_reports_its_own_history", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
def tiny_network():
    """A network of the course's own, so that this test does not need yours."""
    keras.utils.set_random_seed(5)
    return keras.Sequential([keras.Input((784,)), keras.layers.Dense(12, "relu"), keras.layers.Dense(10, "softmax")])


@checks.claim
def history_of_each_epoch():
    """The history has loss and accuracy of training and validation for each epoch asked for."""
    x, y = examples(0, 96)
    history = train(tiny_network(), keras.optimizers.SGD(0.1), "test", (x, y), examples(96, 128), epochs=2).history
    checks.equal(sorted(history), ["accuracy", "loss", "val_accuracy", "val_loss"], "what the history holds")
    for quantity, values in history.items():
        checks.length(values, 2, f"epochs of {quantity}")


### BEGIN HIDDEN TESTS
@checks.claim
def history_is_that_of_the_data_given():
    """Accuracies are those of the training data and of the validation data that were given."""
    model = tiny_network()
    (x, _), (x_other, _) = examples(200, 232), examples(232, 264)
    y, y_other = (np.argmax(np.asarray(model(each)), axis=1).astype("int64") for each in (x, x_other))
    y[:24] = (y[:24] + 1) % 10
    history = train(model, keras.optimizers.SGD(0.0), "test", (x, y), (x_other, y_other), epochs=1).history
    checks.close(history["accuracy"][0], 0.25, "accuracy on 32 examples, 8 of them right", hint="train on train_data")
    # An answer with another optimiser, which loses its points below, has taken one step when it validates.
    checks.holds(
        history["val_accuracy"][0] > 0.4,
        f"accuracy on validation examples that are all right: got {history['val_accuracy'][0]:.2f}, expected 1 (validate on val_data)",
    )
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"] nbgrader={"grade": true, "grade_id": "training_minimises_the_cross_entropy", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def cross_entropy(model, x, y):
    """The mean cross entropy of a model's predictions, in nats."""
    predicted = np.asarray(model(x))
    return float(-np.log(predicted[np.arange(len(y)), y]).mean())


@checks.claim
def loss_without_a_step():
    """With a learning rate of 0, the loss reported is the cross entropy of the network as it was."""
    x, y = examples(300, 332)
    model = tiny_network()
    expected = cross_entropy(model, x, y)
    history = train(model, keras.optimizers.SGD(0.0), "test", (x, y), (x[:16], y[:16]), epochs=1).history
    checks.close(history["loss"][0], expected, "loss", rtol=1e-3, hint="integer labels, predictions that are probabilities")


### BEGIN HIDDEN TESTS
@checks.claim
def loss_after_a_step():
    """After one step of the optimiser given, the loss is what that step makes of it."""
    x, y = examples(400, 432)
    for rate in (0.05, 0.2):
        model, twin = tiny_network(), tiny_network()
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, twin(x)))
        for variable, slope in zip(twin.trainable_variables, tape.gradient(loss, twin.trainable_variables)):
            variable.assign_sub(rate * slope)
        history = train(model, keras.optimizers.SGD(rate), "test", (x, y), (x[:16], y[:16]), epochs=2).history
        checks.close(
            history["loss"][1], cross_entropy(twin, x, y), f"loss after one step with learning rate {rate}", rtol=1e-3, hint="use the optimizer given"
        )
### END HIDDEN TESTS

# %% [markdown]
# ---
# ### A3 (4 points): read the curves
#
# **Goal.** Two baselines, one of sigmoids and one of ReLUs.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(1)
baselines = {}
for activation in ("sigmoid", "relu"):
    model = baseline_model(layersizes, activation)
    baselines[activation] = train(model, keras.optimizers.SGD(learning_rate), f"baseline {activation}")
comparison.table(baselines)

figure, (left, right) = plots.new_figure(1, 2, width=10)
comparison.curves(left, baselines, "loss", validation=True)
comparison.curves(right, baselines, "accuracy", validation=True)
plots.show(
    figure,
    alt="At full budget. Loss, left, and accuracy, right, against epoch, for a sigmoid and a ReLU network, in training and validation. The ReLU network is at 0.95 after one epoch "
    "and its two curves part: training goes on towards 1, validation stays near 0.97 while its loss rises. The sigmoid network begins at 0.66, needs about five epochs to come "
    "to 0.92, and its two curves stay close together, at 0.96 in the end.",
)

# %% nbgrader={"grade": true, "grade_id": "baseline_learns_digits", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def relu_baseline_learns():
    """With ReLUs the network learns the digits from few examples: trained by the test itself, it reaches the accuracy asked for."""
    keras.utils.set_random_seed(11)
    model = baseline_model([50, 50, 50, 10], "relu")
    checks.converges(
        model, (examples(0, 6_000), examples(6_000, 8_000)), at_least=0.4, epochs=3, batch_size=32, optimizer=keras.optimizers.SGD(0.05), input_shape=(784,), fit=training.fit
    )

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_baseline_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (3 points).**
#
# 1. The sigmoid network needs much longer than the ReLU network before its loss falls. Why? (Use the largest slope of a sigmoid, from the notebook on gradient descent, and the number of its layers.)
# 2. Compare the training and the validation curves of either network. Which of the two overfits, and by which of the four curves do you see it first?
# 3. Which loss should a network have at the start that says "one tenth" for every digit? Compare it with the start of your curves.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (3 points).**
#
# - 1 point: every sigmoid layer multiplies the gradient by at most 1/4 (and by the weights), three of them by at most 1/64, so the first layers hardly move at the start; ReLUs pass it on by 1 where they are active. The number earns half of it.
# - 1 point: the ReLU network overfits (or: overfits first): its training loss goes on falling while the validation loss turns and rises; validation *accuracy* only levels off. The sigmoid curves stay together within twenty epochs.
# - 1 point: ln 10 = 2.30 nats; the reported training loss of the first epoch is an average over that epoch and so already below it for ReLUs, near it for sigmoids.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_baseline", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}
# 1. The derivative of a sigmoid is at most $1/4$, so three layers multiply the gradient that reaches the first kernel by at most $1/64$, times weights that are about $0.1$ to $0.2$ in size. At first nearly all learning takes place
#    in the output layer, which has little to go by: the plateau. A ReLU passes the gradient on by a factor of 1 wherever it is active, and there is no plateau.
# 2. The ReLU network overfits. Its training loss goes on falling towards 0 while its validation loss turns after a few epochs and rises; the validation *accuracy* only stops to grow. The loss shows it first, because it also counts how confident the
#    wrong answers are. The curves of the sigmoid network lie close together during these twenty epochs; it is slower, and would overfit later.
# 3. $-\ln\frac1{10} = \ln 10 \approx 2.30$ nats. The first epoch of the sigmoid network starts there. The curves show averages over an epoch, so the first value of the ReLU network is already far below it.

# %% [markdown]
# ---
# ## Part B (9 points): regularisation
#
# A network overfits when it has more freedom than its examples can pin down. To see that within seconds, this part trains with **1,000 examples** only.

# %% [markdown] nbgrader={"grade": false, "grade_id": "regularised_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B1 (3.5 points): add penalties and dropout
#
# **Goal.** The network of part A with three ways to restrain it, each of which can be switched off.
#
# An L1 and an L2 penalty add a term for every kernel $W$ to the loss,
#
# $$\lambda_1 \sum_{ij} |W_{ij}| \;+\; \lambda_2 \sum_{ij} W_{ij}^2 ,$$
#
# and dropout with rate $p$ sets each output of a hidden layer to 0 with probability $p$, in training only, and scales the others by $1/(1-p)$.
#
# *The traps:* penalise the kernels of *all* layers, the output layer's too, and no biases. Dropout follows each *hidden* layer: one on the inputs or after the softmax
# is another network. With `l1=0, l2=0, dropout=0` the baseline must come back.
#
# With `[50, 50, 50, 10]`, `l1=0.0`, `l2=0.0`, `dropout=0.5` you should see three layers of dropout, and still 44,860 parameters.

# %% nbgrader={"grade": false, "grade_id": "regularised_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
def regularised_model(layersizes, activation, l1, l2, dropout):
    """Build a multilayer perceptron for inputs of 784 numbers, with penalties on its kernels and with dropout.

    Parameters
    ----------
    layersizes, activation
        As in ``baseline_model``.
    l1, l2 : float
        Factors of the penalties; 0 for none.
    dropout : float
        Rate after each hidden layer, from 0 (none) to below 1.

    Returns
    -------
    keras.Model
        A new model in each call. It need not be compiled.
    """
    ### BEGIN SOLUTION
    def dense(units, function, name):
        return keras.layers.Dense(units, function, kernel_regularizer=keras.regularizers.L1L2(l1, l2), name=name)

    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(dense(units, activation, f"hidden_{number}"))
        if dropout > 0:
            model.add(keras.layers.Dropout(dropout))
    model.add(dense(layersizes[-1], "softmax", "output"))
    return model
    ### END SOLUTION

# %%
# Try regularised_model here.

# %% nbgrader={"grade": true, "grade_id": "dropout_follows_each_hidden_layer", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def dropout_after_three_hidden_layers():
    """Dropout follows each of the three hidden layers, and nothing else changes."""
    model = regularised_model([50, 50, 50, 10], "relu", l1=0.0, l2=0.0, dropout=0.5)
    layers = "dense 50, relu, dropout 0.5, dense 50, relu, dropout 0.5, dense 50, relu, dropout 0.5, dense 10, softmax"
    checks.architecture(model, layers, input_shape=(784,))
    checks.parameter_count(model, 44_860, input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def dropout_in_other_networks():
    """It works for other sizes, depths, activations and rates."""
    model = regularised_model([24, 16, 8], keras.activations.tanh, l1=0.01, l2=0.0, dropout=0.2)
    checks.architecture(model, "dense 24, tanh, dropout 0.2, dense 16, tanh, dropout 0.2, dense 8, softmax", input_shape=(784,))


@checks.claim
def no_dropout_where_none_is_asked():
    """With a dropout of 0 the layers are those of the baseline."""
    model = regularised_model([24, 16, 10], "sigmoid", l1=0.0, l2=0.01, dropout=0.0)
    checks.architecture(model, "dense 24, sigmoid, dense 16, sigmoid, dense 10, softmax", input_shape=(784,))
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "penalties_are_on_every_kernel", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def l2_penalty_of_a_small_network():
    """An L2 penalty adds its factor times the sum of the squares of all kernels to the loss."""
    model = regularised_model([6, 5, 10], "relu", l1=0.0, l2=0.01, dropout=0.0)
    checks.weight_penalty(model, l2=0.01, input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def other_penalties():
    """L1 alone, and L1 together with L2 and dropout, add what the formula says, whatever the sizes."""
    checks.weight_penalty(regularised_model([8, 7, 6, 10], "sigmoid", l1=0.003, l2=0.0, dropout=0.0), l1=0.003, input_shape=(784,))
    checks.weight_penalty(regularised_model([9, 4], "relu", l1=0.001, l2=0.02, dropout=0.3), l1=0.001, l2=0.02, input_shape=(784,))


@checks.claim
def no_penalty_where_none_is_asked():
    """With both factors 0 nothing is added to the loss."""
    checks.weight_penalty(regularised_model([8, 10], "relu", l1=0.0, l2=0.0, dropout=0.3), input_shape=(784,))
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "early_stopping_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B2 (1 point): stop early
#
# **Goal.** Know what `keras.callbacks.EarlyStopping` does, by doing it to a list of losses.
#
# With *patience* $p$, training stops after the epoch in which the validation loss has not fallen below its lowest value for the $p$-th time in a row, and the weights of the best epoch are put back.
# When that never happens it runs to the end. Count epochs from 0; of equal losses the first is the best.
#
# For the losses 1.0, 0.7, 0.8, 0.75, 0.9 and patience 2 training stops after epoch 3, and epoch 1 is the best. *The trap:* a new lowest value sets the count back to 0, an ordinary decrease does not.

# %% nbgrader={"grade": false, "grade_id": "early_stopping", "locked": false, "schema_version": 3, "solution": true, "task": false}
def early_stopping(val_losses, patience):
    """Tell when early stopping would end a training, and whose weights it would keep.

    Parameters
    ----------
    val_losses : sequence of float
        The validation loss of each epoch, at least one.
    patience : int
        At least 1.

    Returns
    -------
    (int, int)
        The last epoch that is trained, and the best one until then.
    """
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return epoch, best
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "patience_is_counted_from_the_best", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def five_epochs_with_patience_two():
    """Two epochs without a new lowest loss end a training of patience 2, and the best epoch is kept."""
    checks.equal(early_stopping([1.0, 0.7, 0.8, 0.75, 0.9], 2), (3, 1), "early_stopping")


### BEGIN HIDDEN TESTS
@checks.claim
def other_losses_and_patience():
    """A new lowest loss starts the count again, an ordinary decrease does not, and losses that never stop to fall are trained to their end."""
    for losses, patience, expected in (
        ([0.9, 0.8, 0.7, 0.6], 1, (3, 3)),
        ([0.5, 0.9, 0.8, 0.7, 0.6, 0.4], 3, (3, 0)),
        ([0.5, 0.6, 0.4, 0.6, 0.7, 0.3, 0.2, 0.2, 0.2, 0.1], 3, (9, 9)),
        ([0.5, 0.5, 0.5], 2, (2, 0)),
        ([0.4], 1, (0, 0)),
    ):
        checks.equal(early_stopping(losses, patience), expected, f"early_stopping({losses}, {patience})")
### END HIDDEN TESTS

# %% [markdown]
# ---
# ### B3 (4.5 points): compare the restraints
#
# **Goal.** Six trainings with the same 1,000 examples, and what each does to the accuracy and to the weights.
#
# *The trap:* the loss of a network with penalties, its validation loss too, contains the penalties. Compare accuracies.

# %% tags=["nbval-ignore-output"]
num_few = min(1_000, len(x_train))
few = x_train[:num_few], y_train[:num_few]
num_epochs_few = budget.epochs(60)

restrained = {}
for name, l1, l2, dropout in (
    ("none", 0.0, 0.0, 0.0),
    ("L2", 0.0, 0.002, 0.0),
    ("L1", 0.0003, 0.0, 0.0),
    ("dropout", 0.0, 0.0, 0.3),
    ("L2 and dropout", 0.0, 0.002, 0.3),
    ("early stopping", 0.0, 0.0, 0.0),
):
    callbacks = [keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)] if name == "early stopping" else []
    keras.utils.set_random_seed(2)  # the same start for all of them
    model = regularised_model(layersizes, "relu", l1, l2, dropout)
    optimizer = keras.optimizers.SGD(learning_rate)
    history = train(model, optimizer, f"regularised {name}", train_data=few, epochs=num_epochs_few, callbacks=callbacks)
    weights = np.concatenate([np.ravel(weight) for weight in model.get_weights() if np.ndim(weight) == 2])
    restrained[name] = history, weights

comparison.table({name: history for name, (history, _) in restrained.items()}, columns=("epochs", "accuracy", "val_accuracy", "gap", "val_loss", "lowest_val_loss"))
print("(each row is the last epoch of its run; early stopping puts the weights of the epoch with the lowest validation loss back)")
print("\nshare of the weights closer to 0 than 0.001")
for name, (_, weights) in restrained.items():
    print(f"  {name:15s} {np.mean(np.abs(weights) < 0.001):6.1%}")

# %% tags=["nbval-ignore-output"]
if not restrained:
    raise NotImplementedError("these pictures need the trainings above")

figure, (left, middle, right) = plots.new_figure(1, 3, width=14)
histories = {name: history for name, (history, _) in restrained.items()}
comparison.curves(left, histories, "accuracy")
comparison.curves(middle, histories, "val_accuracy")
left.set(ylim=(0.6, 1.01))
middle.set(ylim=(0.75, 0.9))
for (name, (_, weights)), style in zip(restrained.items(), comparison.styles()):
    counts, edges = np.histogram(weights, bins=120, range=(-0.3, 0.3))
    right.semilogy((edges[:-1] + edges[1:]) / 2, counts + 0.5, label=name, **style)
right.set(xlabel="weight", ylabel="number of weights", title="All kernels after training")
plots.show(
    figure,
    alt="At full budget. Six ways to train with 1,000 examples. Left, training accuracy: all but the runs with dropout come to 1 within twenty epochs. Middle, validation accuracy: all end between 0.87 and 0.88, "
    "within each other's noise. Right, histogram of the weights on a logarithmic scale: with L1 a high and narrow peak at 0, with L2 a narrow bell, otherwise the broad shape of the initialisation.",
)

# %% nbgrader={"grade": false, "grade_id": "sparse_choice", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Which of them leaves most weights (almost) exactly at 0? Type "none", "L2", "L1", "dropout" or "early stopping"; do not compute it, since
# networks train for a few steps only while they are marked.
sparse_choice = None
### BEGIN SOLUTION
sparse_choice = "L1"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "sparse_weights_are_explained", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def one_way_is_chosen():
    """One of the five is chosen (whether it is right is checked later)."""
    checks.choice(sparse_choice, ["none", "L2", "L1", "dropout", "early stopping"], "sparse_choice")


### BEGIN HIDDEN TESTS
@checks.claim
def sparse_choice_is_right():
    """It is the one whose pull towards 0 does not weaken near 0."""
    checks.holds(sparse_choice == "L1", "another one leaves more (compare the derivatives of the penalties at small weights)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_regularisation_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (4 points).**
#
# 1. What tells you that the network without regularisation overfits? Say which numbers of the table you compare.
# 2. Which of the five ways narrow the gap between training and validation accuracy, and which of them also help the validation accuracy? Why is the one not the same as the other, and which differences would you believe after one run each?
# 3. Explain the histogram of L1 against that of L2 by the derivatives of the two penalties.
# 4. Why may training accuracy be *below* validation accuracy with dropout?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (4 points), one for each.**
#
# - Training accuracy 1.0 (loss near 0) against a validation accuracy more than a tenth lower; the validation loss has turned and grows.
# - Dropout narrows the gap by lowering training accuracy (about 0.12 to 0.09); penalties of this size leave it as it is. Validation accuracy changes by a few thousandths with each of the five. It is what counts: a network that learns nothing has no gap. Differences of a few thousandths are within the
#   noise (12,000 examples: standard error 0.003, and another seed moves more). Full marks need numbers of the student's own table and the caution.
# - The derivative of L1 is plus or minus lambda however small the weight is, so it pushes weights all the way to 0 and keeps them there; the derivative of L2 is proportional to the weight, so it shrinks large weights and hardly touches small ones.
# - Training accuracy is measured with units dropped, validation accuracy with all units (inference); it is also an average over an epoch during which the network improved.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_regularisation", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# 1. Without regularisation training accuracy is 1.0 and training loss practically 0, and validation accuracy stays more than a tenth below. Its validation loss has its minimum after a few epochs and grows from then on. The network knows its 1,000 examples by heart.
# 2. Dropout narrows the gap, since it lowers the training accuracy. The gap itself is no aim; a network that guesses has none. What counts is the validation accuracy, and in my
#    table all six end within a few thousandths of each other. So small a difference I would not believe after one run: 12,000 examples alone leave a standard error of 0.003, and
#    another seed moves more. Early stopping is the cheapest: it has seen enough after a third of the epochs. No restraint replaces the missing examples.
# 3. The derivative of $\lambda_1 |w|$ is $\pm\lambda_1$, however small $w$ is: a weight that the data do not need is pushed to 0 in a straight line and held there, and most weights of the first layer see pixels that are always 0. The derivative of $\lambda_2 w^2$ is
#    $2\lambda_2 w$: large weights shrink, small ones are hardly touched, and the histogram becomes a narrower bell without a peak at 0.
# 4. Training accuracy is measured while units are dropped, validation accuracy in inference, with all of them. And it is an average over the epoch, during which the network was still worse than at its end.

# %% [markdown]
# ---
# ## Part C (12 points): initialisation
#
# A kernel has to start somewhere. Let a unit sum $n_\text{in}$ inputs with weights of variance $\sigma^2$: its variance is $n_\text{in}\,\sigma^2$ times the mean square of its inputs. If that factor
# is not about 1, signals grow or shrink from layer to layer, and so do gradients on their way back, with $n_\text{out}$ in the place of $n_\text{in}$.
#
# - **Glorot**: $\sigma = \sqrt{2 / (n_\text{in} + n_\text{out})}$, a compromise between the two directions.
# - **He**: $\sigma = \sqrt{2 / n_\text{in}}$, since a ReLU lets only half of the signal through.

# %% [markdown] nbgrader={"grade": false, "grade_id": "stddev_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C1 (1.5 points): compute the standard deviations
#
# **Goal.** The formula for each initialiser, and which of them goes with which activation.
#
# For a kernel from 784 inputs to 50 units you should see 0.04897 (Glorot) and 0.05051 (He).

# %% nbgrader={"grade": false, "grade_id": "initial_stddev", "locked": false, "schema_version": 3, "solution": true, "task": false}
def initial_stddev(method, num_inputs, num_units):
    """Return the standard deviation with which a kernel is drawn.

    Parameters
    ----------
    method : str
        ``"glorot"`` or ``"he"``.
    num_inputs, num_units : int
        Rows and columns of the kernel.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For any other method.
    """
    ### BEGIN SOLUTION
    if method == "glorot":
        return np.sqrt(2 / (num_inputs + num_units))
    if method == "he":
        return np.sqrt(2 / num_inputs)
    raise ValueError(f"method {method!r} is neither 'glorot' nor 'he'")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "stddevs_follow_the_formulas", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def first_kernel_of_the_baseline():
    """A kernel from 784 inputs to 50 units is drawn with 0.04897 (Glorot) or 0.05051 (He)."""
    checks.close(initial_stddev("glorot", 784, 50), 0.0489702, "Glorot", rtol=1e-5)
    checks.close(initial_stddev("he", 784, 50), 0.0505076, "He", rtol=1e-5)


### BEGIN HIDDEN TESTS
@checks.claim
def other_kernels():
    """The formulas hold for other kernels, and another method is refused."""
    for num_inputs, num_units in ((2, 6), (6, 2), (50, 10)):
        checks.close(initial_stddev("glorot", num_inputs, num_units), np.sqrt(2 / (num_inputs + num_units)), f"Glorot of {num_inputs} x {num_units}")
        checks.close(initial_stddev("he", num_inputs, num_units), np.sqrt(2 / num_inputs), f"He of {num_inputs} x {num_units}")
    checks.raises(ValueError, initial_stddev, "uniform", 3, 3, name="initial_stddev('uniform', 3, 3)")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "initializer_for", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Which of the two was made for which activation? Replace each None by "glorot" or "he", and delete the last line.
initializer_for = {"tanh": None, "relu": None}
### BEGIN SOLUTION
initializer_for = {"tanh": "glorot", "relu": "he"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "initializers_fit_their_activations", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def each_activation_has_an_initializer():
    """Each of the two activations has one of the two (whether they fit is checked later)."""
    for activation in ("tanh", "relu"):
        checks.choice(initializer_for.get(activation), ["glorot", "he"], f"initializer_for[{activation!r}]")


### BEGIN HIDDEN TESTS
@checks.claim
def initializers_fit():
    """They fit."""
    fits = (initializer_for["tanh"], initializer_for["relu"]) == ("glorot", "he")
    checks.holds(fits, "at least one does not fit (which activation lets only half of its input through?)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "initialised_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C2 (4 points): choose the initial weights
#
# **Goal.** The network of part A with an initialiser of the caller's choice for every kernel, the output layer's too. Biases start at 0.
#
# *The traps.* **One initialiser object for several layers** gives kernels of equal shape the *same* numbers: an object draws the same ones each time it is asked. Give each layer its own:
# `initializer.clone()` makes one, after `keras.initializers.get(initializer)` has made an object of whatever was given.
# **The string `"random_normal"`** means a standard deviation of 0.05; N(0, 1) is `keras.initializers.RandomNormal(mean=0.0, stddev=1.0)`.
#
# With `RandomNormal(0.0, 1.0)` the standard deviation of every kernel should be close to 1, and no two kernels equal.

# %% nbgrader={"grade": false, "grade_id": "model_param_init", "locked": false, "schema_version": 3, "solution": true, "task": false}
def model_param_init(layersizes, initializer, activation):
    """Build a multilayer perceptron for inputs of 784 numbers, with initial kernels as asked.

    Parameters
    ----------
    layersizes, activation
        As in ``baseline_model``.
    initializer : str or keras.initializers.Initializer
        Of every kernel.

    Returns
    -------
    keras.Model
        A new model in each call. It need not be compiled.
    """
    ### BEGIN SOLUTION
    def dense(units, function, name):
        own = keras.initializers.get(initializer).clone()
        return keras.layers.Dense(units, function, kernel_initializer=own, name=name)

    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(dense(units, activation, f"hidden_{number}"))
    model.add(dense(layersizes[-1], "softmax", "output"))
    return model
    ### END SOLUTION

# %%
# Try model_param_init here: look at the standard deviation of each of its get_weights().

# %% nbgrader={"grade": true, "grade_id": "kernels_are_drawn_as_asked", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def wide_normal_weights():
    """With N(0, 1) every kernel looks like N(0, 1), and the layers are those of the baseline."""
    initializer = keras.initializers.RandomNormal(mean=0.0, stddev=1.0)
    model = model_param_init([50, 50, 50, 10], initializer, "sigmoid")
    checks.architecture(model, "dense 50, sigmoid, dense 50, sigmoid, dense 50, sigmoid, dense 10, softmax", input_shape=(784,))
    checks.initial_weights(lambda: model_param_init([40, 30, 20], initializer, "sigmoid"), initializer, input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def other_initializers():
    """Other initialisers work too, given by name or as an object, for other sizes, depths and activations."""
    checks.initial_weights(lambda: model_param_init([40, 30, 20, 15, 12], "he_normal", "relu"), "he_normal", input_shape=(784,))
    glorot = keras.initializers.GlorotNormal()
    checks.initial_weights(lambda: model_param_init([60, 10], glorot, keras.activations.tanh), glorot, input_shape=(784,))
    model = model_param_init([14, 12, 10], "he_normal", "relu")
    checks.architecture(model, "dense 14, relu, dense 12, relu, dense 10, softmax", input_shape=(784,))


@checks.claim
def zero_weights():
    """With zeros every kernel is zero."""
    checks.initial_weights(lambda: model_param_init([9, 8, 7], "zeros", "relu"), "zeros", input_shape=(784,))
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "each_layer_draws_its_own_numbers", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def equal_layers_have_different_kernels():
    """Two layers of one shape have different kernels when the caller gives one initialiser object."""
    model = model_param_init([20, 20, 20, 20], keras.initializers.RandomNormal(mean=0.0, stddev=1.0), "relu")
    kernels = checks.as_sequential(model, input_shape=(784,)).get_weights()[0::2]
    checks.holds(not np.array_equal(kernels[1], kernels[2]), "the kernels of hidden layers 2 and 3 are equal (one initialiser object for both: give each its own)")


### BEGIN HIDDEN TESTS
@checks.claim
def no_two_of_many_kernels_are_equal():
    """That holds for every pair of layers, the output layer included, and for two networks built with the same object."""
    initializer = keras.initializers.GlorotNormal()
    first, second = (
        checks.as_sequential(model_param_init([15, 15, 15, 15, 15], initializer, "relu"), input_shape=(784,)).get_weights()[0::2]
        for _ in range(2)
    )
    equal = [(one, other) for one in range(1, len(first)) for other in range(one) if np.array_equal(first[one], first[other])]
    checks.holds(not equal, "two layers of the network have the same kernel (one initialiser object for both: give each its own)")
    checks.holds(not np.array_equal(first[0], second[0]), "two networks have the same first kernel (give each layer a new initialiser)")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "initialised_network_learns_digits", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def he_and_relu_learn():
    """With He's initialisation and ReLUs the network learns, trained by the test itself."""
    keras.utils.set_random_seed(21)
    model = model_param_init([50, 50, 50, 10], keras.initializers.HeNormal(), "relu")
    checks.converges(
        model, (examples(0, 6_000), examples(6_000, 8_000)), at_least=0.52, epochs=3, batch_size=32, optimizer=keras.optimizers.SGD(0.05), input_shape=(784,), fit=training.fit
    )


### BEGIN HIDDEN TESTS
@checks.claim
def zeros_and_relu_do_not():
    """With zeros and ReLUs it does not, as it should be."""
    keras.utils.set_random_seed(22)
    model = model_param_init([50, 50, 10], keras.initializers.Zeros(), "relu")
    checks.does_not_converge(
        model, (examples(0, 3_000), examples(6_000, 8_000)), at_most=0.25, epochs=1, batch_size=32, optimizer=keras.optimizers.SGD(0.1), input_shape=(784,), fit=training.fit
    )
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
initializers = {
    "Glorot normal": keras.initializers.GlorotNormal(),
    "N(0, 1)": keras.initializers.RandomNormal(mean=0.0, stddev=1.0),
    "zero": keras.initializers.Zeros(),
    "He normal": keras.initializers.HeNormal(),
}
started = {}
for activation in ("sigmoid", "relu"):
    for name, initializer in initializers.items():
        keras.utils.set_random_seed(3)
        model = model_param_init(layersizes, initializer, activation)
        started[f"{activation}, {name}"] = train(model, keras.optimizers.SGD(learning_rate), f"initial {activation} {name}")
comparison.table(started, columns=("loss", "accuracy", "val_accuracy"))

figure, axes = plots.new_figure(1, 2, width=11)
for axis, activation in zip(axes, ("sigmoid", "relu")):
    runs = {name.split(", ", 1)[1]: history for name, history in started.items() if name.startswith(activation)}
    comparison.curves(axis, runs, "val_accuracy")
    axis.set(title=activation, ylim=(0, 1))
plots.show(
    figure,
    alt="At full budget. Validation accuracy against epoch for four initialisations. Left, sigmoid: He is first above 0.9, Glorot follows a few epochs later to the same 0.97, N(0, 1) starts well and ends at 0.92, zero lies at 0.1 for "
    "most of the time and ends below 0.5. Right, ReLU: He and Glorot are at 0.95 after one epoch and cannot be told apart; zero and N(0, 1) stay at 0.1.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "signal_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C3 (6.5 points): follow the signal
#
# **Goal.** See before any training what the table shows after it: the standard deviation of what each layer puts out.
#
# Go through the network layer by layer, in NumPy: $z_k = W_k^\top a_{k-1} + b_k$ and $a_k = f(z_k)$. Return the standard deviation of all numbers in $a_k$, for each hidden layer. *The trap:* the next layer gets $a_k$ and not $z_k$.
#
# For one input of ones, a kernel of shape (2, 2) with entries 1, -1 in its first row and 1, 1 in its second, no bias and a ReLU, $a_1 = (2, 0)$, whose standard deviation is 1.

# %% nbgrader={"grade": false, "grade_id": "activation_stddevs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def activation_stddevs(x, kernels, biases, activation):
    """Return the standard deviation of the activations of each layer.

    Parameters
    ----------
    x : ndarray of shape (num_examples, num_inputs)
    kernels : list of ndarray, the k-th of shape (units before, units of layer k)
    biases : list of ndarray, the k-th of shape (units of layer k,)
    activation : callable
        From an array to an array of the same shape.

    Returns
    -------
    list of float
    """
    ### BEGIN SOLUTION
    stddevs = []
    for kernel, bias in zip(kernels, biases, strict=True):
        x = activation(x @ kernel + bias)
        stddevs.append(float(np.std(x)))
    return stddevs
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "signals_are_followed", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def one_layer_of_relus():
    """One layer that makes (2, 0) of its input has a standard deviation of 1."""
    kernel = np.array([[1.0, -1.0], [1.0, 1.0]])
    got = activation_stddevs(np.ones((1, 2)), [kernel], [np.zeros(2)], lambda z: np.maximum(z, 0.0))
    checks.close(got, [1.0], "standard deviations")


### BEGIN HIDDEN TESTS
@checks.claim
def several_layers_with_biases():
    """Each layer gets the activations of the one before, biases count, and the input is left alone."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(30, 6))
    before = x.copy()
    kernels = [rng.normal(size=shape) for shape in ((6, 9), (9, 4), (4, 5))]
    biases = [rng.normal(size=units) for units in (9, 4, 5)]
    first = np.tanh(x @ kernels[0] + biases[0])
    second = np.tanh(first @ kernels[1] + biases[1])
    third = np.tanh(second @ kernels[2] + biases[2])
    got = activation_stddevs(x, kernels, biases, np.tanh)
    checks.close(got, [first.std(), second.std(), third.std()], "standard deviations of three layers of tanh")
    checks.close(x, before, "x after the call", hint="it was changed in place")
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(z / 2))  # the same function, without an overflow


def relu(z):
    return np.maximum(z, 0.0)


def gradient_stddevs(model, x, y):
    """Return the standard deviation of the loss's gradient with respect to each kernel."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
    kernels = [weight.value for weight in model.trainable_weights if len(weight.shape) == 2]
    return [float(np.std(slope)) for slope in tape.gradient(loss, kernels)]


x_few, y_few = examples(0, 1_000)
figure, axes = plots.new_figure(2, 2, width=11, height=7)
print("standard deviation of the activations of layers 1, 2, 3 and of the gradients of kernels 1, 2, 3, 4 at the start")
for column, (activation, function) in enumerate((("sigmoid", sigmoid), ("relu", relu))):
    for (name, initializer), style in zip(initializers.items(), comparison.styles(markers=True)):
        keras.utils.set_random_seed(4)
        model = model_param_init(layersizes, initializer, activation)
        kernels, biases = model.get_weights()[0::2], model.get_weights()[1::2]
        signal = activation_stddevs(x_few, kernels[:3], biases[:3], function)
        slopes = gradient_stddevs(model, x_few, y_few)
        print(f"{activation:8s} {name:14s}", " ".join(f"{value:8.2g}" for value in signal), "  |", " ".join(f"{value:8.2g}" for value in slopes))
        axes[0, column].plot([1, 2, 3], np.maximum(signal, 1e-6), label=name, **style)
        axes[1, column].plot([1, 2, 3, 4], np.maximum(slopes, 1e-8), label=name, **style)
    axes[0, column].set(title=f"{activation}: activations", yscale="log", ylabel="standard deviation", xlabel="hidden layer", xticks=[1, 2, 3])
    axes[1, column].set(title=f"{activation}: gradients", yscale="log", ylabel="standard deviation", xlabel="kernel", xticks=[1, 2, 3, 4])
axes[0, 1].legend(fontsize="small", loc="center left")
axes[1, 0].annotate("0 is drawn at the lower edge", (0.03, 0.05), xycoords="axes fraction", fontsize="small")
plots.show(
    figure,
    alt="Standard deviations by layer at the start, on logarithmic scales; values of 0 are drawn at the lower edge. ReLU with N(0, 1): activations grow from about 7 to about 200 and gradients are a thousand times "
    "those of Glorot and He, which stay level. ReLU with zero: everything is 0 (but for the output's bias). Sigmoid with Glorot or He: activations are small and level, gradients shrink towards the first kernel. Sigmoid with zero: activations do not vary at all, and only the last kernel has a gradient.",
)

# %% tags=["nbval-ignore-output"]
thin = {}
for name in ("glorot_normal", "he_normal"):
    keras.utils.set_random_seed(6)
    model = model_param_init([20] * 20 + [10], name, "relu")
    thin[name] = train(model, keras.optimizers.SGD(0.02), f"thin {name}", epochs=budget.epochs(10))
comparison.table(thin, columns=("loss", "accuracy", "val_accuracy"))

figure, axis = plots.new_figure()
comparison.curves(axis, thin, "val_accuracy")
axis.set(title="Twenty hidden layers of twenty ReLUs", ylim=(0, 1))
plots.show(
    figure,
    alt="At full budget. Validation accuracy against epoch for twenty thin ReLU layers. With He normal it rises within the first epochs; with Glorot normal it stays at about 0.1 for longer or to the end.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_initialisation_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (5 points).** Use the tables of C2 and C3.
#
# 1. Why does no kernel of a ReLU network that starts at zero ever learn anything? Write down the gradient of each kernel by the chain rule.
# 2. Why does a sigmoid network that starts at zero crawl, but not stand still? What do all units of a layer have in common as long as it does?
# 3. Why does N(0, 1) break the ReLU network, and why does it only harm the sigmoid network?
# 4. Which initialiser belongs to which activation, and why is the difference between Glorot and He hardly visible with ReLUs here? What does the network of the cell above have that shows it?
# 5. Somebody writes `kernel_initializer="random_normal"` for N(0, 1). Which row of the table of C2 would have come out differently, and what would they have concluded?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (5 points), one for each.**
#
# - With all kernels 0 every activation is ReLU(0) = 0, so the gradient of each kernel, (activation before) times (error behind), is 0: for the output kernel because its inputs are 0, for the others because the error comes back through kernels that are 0. Only the output's biases learn; accuracy is the share of the most frequent digit.
# - Sigmoid(0) = 1/2, so the output kernel has inputs and moves first; then the error can pass back, one layer more at each step. All units of a layer have equal weights and equal gradients, so they stay copies of each other: the layer acts as one unit until rounding breaks the symmetry (or not at all).
# - Each ReLU layer multiplies the size of the signal by about sqrt(n_in / 2), that is by 5 and more (first layer more), logits are in the hundreds or thousands, the loss and its gradients are huge, one step of 0.1 throws the weights away (all units dead, or inf and nan). A sigmoid bounds the signal: it saturates, its derivative is almost 0, learning is slow, gradients do not explode.
# - He for ReLU, Glorot for sigmoid and tanh; with four layers their factors differ by about sqrt(2) a layer (784 inputs to 50 units: hardly at all), and training makes up for it. Thin and deep networks show it: the factor is raised to the power of the depth.
# - 0.05 is close to what Glorot gives here, so ReLU trains as if nothing was the matter; they would have missed that N(0, 1) does not train at all (and what batch normalisation does about it in part D).
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_initialisation", "locked": false, "points": 5, "schema_version": 3, "solution": true, "task": false}
# 1. The gradient of a kernel is $\partial L / \partial W_k = a_{k-1}\, \delta_k^\top$ with $\delta_k = f'(z_k) \odot W_{k+1}\, \delta_{k+1}$. With all kernels 0 all hidden activations are $\mathrm{ReLU}(0) = 0$, so the output kernel, which is fed by them, has the
#    gradient 0. All other errors come back through a kernel that is 0, so they are 0 as well. Nothing changes, and nothing will ever change, except the biases of the output layer, which learn how frequent each digit is.
# 2. $\sigma(0) = \frac12$: the output kernel has inputs and moves in the first step, then it is no longer 0 and lets the error pass one layer further back, and so on. But all units of a layer have started with equal weights, receive equal gradients, and remain
#    copies of each other. The layer behaves like one unit. That one-unit network is what crawls upwards.
# 3. A layer of ReLUs multiplies the size of a signal by about $\sqrt{n_\text{in}/2}$ when $\sigma = 1$: more than 5 for 50 inputs. After three layers the activations are in the hundreds, so are the logits, and the gradients grow on the way back in the same manner. The first steps
#    with 0.1 throw the weights so far that all units are dead (or no numbers any more), and nothing comes back from there. A sigmoid cannot put out more than 1. It saturates, which makes its gradients small and learning slow (0.92), but nothing overflows.
# 4. He belongs to ReLU, since $\mathrm{ReLU}$ halves the mean square, and Glorot to tanh and (nearly) to the sigmoid. Here the factors differ by at most $\sqrt 2$ for each of a few layers; training corrects that within an epoch. In a network of twenty layers of twenty units the
#    factor is $2^{10}$, and Glorot's network starts later, or not at all.
# 5. With 0.05 the ReLU network trains as with Glorot (0.97). They would have missed that N(0, 1) does not train at all, and would have believed that the initialisation hardly matters.

# %% [markdown]
# ---
# ## Part D (11 points): batch normalisation
#
# The last part showed how much depends on the scale of the initial weights. Batch normalisation sets the scale of every unit anew in every minibatch.

# %% [markdown] nbgrader={"grade": false, "grade_id": "batch_norm_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### D1 (1.5 points): normalise by hand
#
# **Goal.** One function for the two modes of a batch normalisation layer.
#
# In **training** each column of $z$ (one unit over the minibatch) is brought to mean 0 and variance 1 with the mean $\mu$ and the variance $v$ *of this minibatch*, and moving averages follow slowly:
#
# $$\hat z = \gamma\,\frac{z - \mu}{\sqrt{v + \epsilon}} + \beta, \qquad \mu_\text{mov} \leftarrow m\,\mu_\text{mov} + (1 - m)\,\mu, \qquad v_\text{mov} \leftarrow m\,v_\text{mov} + (1 - m)\,v$$
#
# In **inference** the moving averages take the places of $\mu$ and $v$, and do not change. *The traps:* the normalised value in training uses the statistics of the minibatch, not the moving ones; and $v$ divides by $n$, as `np.var` does.
#
# For the column $(1, 3)$ with $\gamma = 1$, $\beta = 0$ you should see $(-1, 1)$ in training (nearly, because of $\epsilon$).

# %% nbgrader={"grade": false, "grade_id": "batch_normalise", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batch_normalise(z, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    """Apply batch normalisation as a Keras layer does.

    Parameters
    ----------
    z : ndarray of shape (num_examples, num_units)
    gamma, beta, moving_mean, moving_variance : ndarray of shape (num_units,)
        They are not changed.
    training : bool
    momentum, epsilon : float

    Returns
    -------
    (ndarray of shape (num_examples, num_units), ndarray of shape (num_units,), ndarray of shape (num_units,))
        The result, and the moving mean and variance afterwards.
    """
    ### BEGIN SOLUTION
    if training:
        mean, variance = z.mean(axis=0), z.var(axis=0)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    else:
        mean, variance = moving_mean, moving_variance
    return gamma * (z - mean) / np.sqrt(variance + epsilon) + beta, moving_mean, moving_variance
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "both_modes_of_batch_normalisation", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def one_unit_and_two_examples():
    """The column (1, 3) becomes (-1, 1) in training."""
    one, zero = np.ones(1), np.zeros(1)
    got, _, _ = batch_normalise(np.array([[1.0], [3.0]]), one, zero, zero, one, training=True)
    checks.close(got, [[-1.0], [1.0]], "result", rtol=2e-3)


### BEGIN HIDDEN TESTS
def a_batch(seed):
    """A minibatch with parameters and moving averages of its own."""
    rng = np.random.default_rng(seed)
    return rng.normal(2.0, 3.0, size=(17, 4)), rng.normal(size=4), rng.normal(size=4), rng.normal(size=4), rng.uniform(0.5, 2.0, size=4)


@checks.claim
def training_uses_the_minibatch():
    """In training the statistics of the minibatch count, and the moving averages follow them."""
    z, gamma, beta, mean, variance = a_batch(1)
    got, new_mean, new_variance = batch_normalise(*a_batch(1), training=True, momentum=0.9, epsilon=0.01)
    checks.close(got, gamma * (z - z.mean(0)) / np.sqrt(z.var(0) + 0.01) + beta, "result in training")
    checks.close(new_mean, 0.9 * mean + 0.1 * z.mean(0), "moving mean")
    checks.close(new_variance, 0.9 * variance + 0.1 * z.var(0), "moving variance")


@checks.claim
def inference_uses_the_moving_averages():
    """In inference the moving averages count, and stay as they are."""
    z, gamma, beta, mean, variance = a_batch(2)
    got, new_mean, new_variance = batch_normalise(*a_batch(2), training=False)
    checks.close(got, gamma * (z - mean) / np.sqrt(variance + 0.001) + beta, "result in inference")
    checks.close(new_mean, mean, "moving mean after inference")
    checks.close(new_variance, variance, "moving variance after inference")


@checks.claim
def moving_averages_are_not_changed_in_place():
    """The arrays that were given are as they were."""
    given = a_batch(3)
    batch_normalise(*given, training=True)
    for name, array, before in zip(("z", "gamma", "beta", "moving_mean", "moving_variance"), given, a_batch(3)):
        checks.close(array, before, f"{name} after the call", hint="it was changed in place")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "model_batchnorm_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### D2 (5.5 points): normalise every hidden layer
#
# **Goal.** The network of C2 with a batch normalisation in every hidden layer, *before* its activation: dense, normalise, activate.
#
# *The traps:* `Dense(units, activation=...)` has applied the activation already. The output layer has none. Every layer needs a `BatchNormalization` of its own. The bias of a dense layer in front of it does nothing (why?); whether you leave
# it out is up to you.
#
# With `[50, 50, 50, 10]` you should see 45,460 parameters, 300 of them not trainable (or 45,310 without the three biases).

# %% nbgrader={"grade": false, "grade_id": "model_batchnorm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def model_batchnorm(layersizes, initializer, activation):
    """Build a multilayer perceptron for inputs of 784 numbers, with batch normalisation before each hidden activation.

    Parameters
    ----------
    layersizes, initializer, activation
        As in ``model_param_init``.

    Returns
    -------
    keras.Model
        A new model in each call. It need not be compiled.
    """
    ### BEGIN SOLUTION
    def dense(units, function, name):
        own = keras.initializers.get(initializer).clone()
        return keras.layers.Dense(units, function, kernel_initializer=own, name=name)

    model = keras.Sequential([keras.Input((784,))])
    for number, units in enumerate(layersizes[:-1], start=1):
        model.add(dense(units, None, f"hidden_{number}"))
        model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(activation))
    model.add(dense(layersizes[-1], "softmax", "output"))
    return model
    ### END SOLUTION

# %%
# Try model_batchnorm here.

# %% nbgrader={"grade": true, "grade_id": "batch_norm_before_each_activation", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def three_normalised_layers():
    """Each of three hidden layers is normalised before its activation; the output is not."""
    model = model_batchnorm([50, 50, 50, 10], "glorot_normal", "sigmoid")
    checks.architecture(
        model, "dense 50, batch_norm, sigmoid, dense 50, batch_norm, sigmoid, dense 50, batch_norm, sigmoid, dense 10, softmax", input_shape=(784,)
    )
    checks.parameter_count(model, {45_460, 45_310}, non_trainable=300, input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def other_normalised_networks():
    """It works for other sizes, depths and activations."""
    model = model_batchnorm([21, 17, 13, 11, 6], keras.initializers.HeNormal(), keras.activations.relu)
    layers = "dense 21, batch_norm, relu, dense 17, batch_norm, relu, dense 13, batch_norm, relu, dense 11, batch_norm, relu, dense 6, softmax"
    checks.architecture(model, layers, input_shape=(784,))
    checks.architecture(model_batchnorm([9, 10], "zeros", "tanh"), "dense 9, batch_norm, tanh, dense 10, softmax", input_shape=(784,))


@checks.claim
def two_modes_of_the_network():
    """In training it normalises by the minibatch, in inference by the moving averages."""
    checks.batch_norm(model_batchnorm([8, 7, 10], "glorot_normal", "sigmoid"), input_shape=(784,))
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "batch_norm_keeps_the_initializer", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def normalised_kernels_are_drawn_as_asked():
    """Kernels are drawn as asked with batch normalisation, too."""
    checks.initial_weights(lambda: model_batchnorm([40, 30, 20], "he_normal", "relu"), "he_normal", input_shape=(784,))


### BEGIN HIDDEN TESTS
@checks.claim
def other_normalised_kernels():
    """Given as an object, with other sizes, every kernel is drawn so."""
    wide = keras.initializers.RandomNormal(mean=0.0, stddev=1.0)
    checks.initial_weights(lambda: model_batchnorm([30, 25, 20, 15], wide, "sigmoid"), wide, input_shape=(784,))
### END HIDDEN TESTS

# %% [markdown]
# How many of its parameters are trained, and how many are only kept? Write both as a formula in code, for dense layers that have a bias.

# %% nbgrader={"grade": false, "grade_id": "count_batchnorm_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_batchnorm_parameters(num_inputs, layersizes):
    """Return the numbers of parameters of a multilayer perceptron with batch normalisation in every hidden layer.

    Parameters
    ----------
    num_inputs, layersizes
        As in ``count_parameters``.

    Returns
    -------
    (int, int)
        Trainable and not trainable ones.
    """
    ### BEGIN SOLUTION
    hidden_units = sum(layersizes[:-1])
    return count_parameters(num_inputs, layersizes) + 2 * hidden_units, 2 * hidden_units
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "batch_norm_parameters_are_counted", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def compare_counts(num_inputs, sizes, trainable, added):
    """Compare both counts; a slip in count_parameters has cost its points already."""
    name = f"count_batchnorm_parameters({num_inputs}, {sizes})"
    got = checks.items(count_batchnorm_parameters(num_inputs, sizes), name)
    checks.length(got, 2, name)
    checks.equal(got[1], added, f"{name}[1]")
    if got[0] - count_parameters(num_inputs, sizes) != added:
        checks.equal(got[0], trainable, f"{name}[0]")


@checks.claim
def parameters_of_three_normalised_layers():
    """784 inputs and layers of 50, 50, 50 and 10 units make 45,160 trainable parameters and 300 others."""
    compare_counts(784, [50, 50, 50, 10], 45_160, 300)


### BEGIN HIDDEN TESTS
@checks.claim
def parameters_of_other_normalised_networks():
    """The formula holds for other inputs, sizes and depths."""
    for other in ((5, [4, 2], 42, 8), (7, [6, 5, 4, 3], 152, 30), (3, [1], 4, 0)):
        compare_counts(*other)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "batch_norm_rescues_wide_weights", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def wide_weights_learn_when_normalised():
    """A ReLU network that starts at N(0, 1) learns when it is normalised, trained by the test itself."""
    keras.utils.set_random_seed(31)
    wide = keras.initializers.RandomNormal(mean=0.0, stddev=1.0)
    model = model_batchnorm([50, 50, 50, 10], wide, "relu")
    checks.converges(
        model, (examples(0, 9_600), examples(10_000, 12_000)), at_least=0.4, epochs=1, batch_size=32, optimizer=keras.optimizers.SGD(0.1), input_shape=(784,), fit=training.fit
    )


### BEGIN HIDDEN TESTS
@checks.claim
def glorot_weights_learn_when_normalised():
    """A sigmoid network from Glorot's initialisation learns within an epoch, too."""
    keras.utils.set_random_seed(32)
    model = model_batchnorm([60, 40, 10], "glorot_normal", "sigmoid")
    checks.converges(
        model, (examples(0, 9_600), examples(10_000, 12_000)), at_least=0.73, epochs=1, batch_size=32, optimizer=keras.optimizers.SGD(0.1), input_shape=(784,), fit=training.fit
    )
### END HIDDEN TESTS

# %% [markdown]
# ---
# ### D3 (4 points): compare
#
# **Goal.** With and without batch normalisation, from two initialisations, for both activations.

# %% tags=["nbval-ignore-output"]
normalised = {}
for activation in ("sigmoid", "relu"):
    for name in ("Glorot normal", "N(0, 1)"):
        keras.utils.set_random_seed(3)
        model = model_batchnorm(layersizes, initializers[name], activation)
        normalised[f"{activation}, {name}, plain"] = started[f"{activation}, {name}"]  # from C2
        history = train(model, keras.optimizers.SGD(learning_rate), f"normalised {activation} {name}")
        normalised[f"{activation}, {name}, normalised"] = history
comparison.table(normalised, columns=("accuracy", "val_accuracy", "first_val_accuracy"))

figure, axes = plots.new_figure(1, 2, width=11)
for axis, activation in zip(axes, ("sigmoid", "relu")):
    runs = {name.split(", ", 1)[1]: history for name, history in normalised.items() if name.startswith(activation)}
    comparison.curves(axis, runs, "val_accuracy")
    axis.set(title=activation, ylim=(0, 1))
plots.show(
    figure,
    alt="At full budget. Validation accuracy against epoch with and without batch normalisation. Left, sigmoid: normalised networks are above 0.8 after one epoch; from Glorot's initialisation both end at 0.97, from N(0, 1) the normalised one a little above the "
    "plain one. Right, ReLU: from Glorot's initialisation both are at 0.97; from N(0, 1) the plain network stays at 0.1, and the normalised one comes to 0.95.",
)

# %% tags=["nbval-ignore-output"]
if not (log_folder / "normalised relu N(0, 1)").is_dir():
    raise NotImplementedError("these pictures need the logs of the trainings above")

figure, axes = plots.new_figure(2, 2, width=11, height=6.5)
for row, kind in zip(axes, ("initial", "normalised")):
    for axis, activation in zip(row, ("sigmoid", "relu")):
        kernels = list(logs.histograms(log_folder / f"{kind} {activation} N(0, 1)", "kernel").values())
        edges, counts = kernels[1].on_common_edges(limits=(-4, 4))  # the second kernel: that of hidden layer 2
        plots.draw_histograms(axis, kernels[1].steps + 1, edges, counts)
        print(f"{activation}, {kind}: largest weight after the first epoch {np.abs(kernels[1].edges[0]).max():.2g}, share between -4 and 4 {counts[0].sum() / kernels[1].counts[0].sum():.0%}")
        axis.set(title=f"{activation}, {'plain' if kind == 'initial' else 'normalised'}", xlabel="weight of hidden layer 2", ylabel="epoch")
plots.show(
    figure,
    alt="At full budget. How the histogram of the kernel of hidden layer 2 changes from epoch to epoch, from N(0, 1), in four pictures. Plain sigmoid: the bell becomes a little wider. Plain ReLU: empty, since the weights lie far outside from the first epoch on. "
    "Normalised sigmoid and ReLU: the bell keeps its place and width.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_batch_norm_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (4 points).**
#
# 1. What does batch normalisation rescue, and by what means? Compare the four ReLU runs.
# 2. Why must it stand before the activation to do this to a sigmoid? What would be different behind it?
# 3. What are the 300 parameters that are not trainable, when do they change, and what happens in inference if training has been too short for them?
# 4. What do the histograms of the kernels tell about plain and normalised networks? Why does the scale of a kernel matter so little behind a normalisation?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (4 points), one for each.**
#
# - ReLU from N(0, 1): 0.1 without, about 0.95 with. Pre-activations are divided by their own standard deviation, so neither signals nor gradients grow from layer to layer whatever the scale of the kernel. From Glorot it changes little, since nothing was wrong.
# - Before: the pre-activation lies around 0 where the sigmoid is steep, so gradients pass. Behind: the sigmoid has been saturated already; its output can be rescaled, its derivative stays almost 0.
# - Moving mean and moving variance, two for each of 150 units; they change in training only (not by gradients); in inference they stand in for the statistics of the minibatch. After too few steps they are still near their start values 0 and 1, and inference is much worse than training.
# - Plain ReLU: the weights are thrown about by the first steps and then stand still (dead units; or they are no numbers and the histogram ends); plain sigmoid: little movement, since gradients are tiny. Normalised: moderate movement, kept scale. Multiplying the kernel by c multiplies pre-activation, mean and standard deviation by c: the output is the same (and the gradient is divided by c).
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_batch_norm", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# 1. It rescues the ReLU network that starts from N(0, 1): 0.10 without, 0.95 with. Each unit's pre-activation is divided by its own standard deviation over the minibatch, so however large the kernel is, the signal enters the next layer with variance 1, and gradients do not grow on their way back.
#    From Glorot's initialisation the scale was right before, and both runs end alike.
# 2. Before the activation it puts the sigmoid's input around 0, where it is steep. Behind it, the sigmoid would have been fed with large numbers already and be saturated: rescaling its outputs does not bring back a derivative that is almost 0.
# 3. They are the moving mean and the moving variance of 150 units. They change in training, slowly, and not by gradients; in inference they stand in for the mean and variance of the minibatch. After too few steps they are still close to 0 and 1, their start, and the
#    network is a different one in inference than in training: validation accuracy lags far behind.
# 4. The plain ReLU network's weights jump in the first epoch and never move again: its units are dead. The plain sigmoid network's bell widens slowly. With normalisation the kernels keep their scale, and need not change it: multiply a kernel by $c$, and
#    pre-activation, mean and standard deviation are all multiplied by $c$, so the output stays the same and the gradient is divided by $c$. Only the direction of the weights of a unit matters.

# %% [markdown]
# ---
# ## Part E (7 points): optimisers
#
# Until now the learning rate was 0.1 and the optimiser plain SGD. What if somebody has to work with 0.001?

# %% [markdown] nbgrader={"grade": false, "grade_id": "optimizer_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E1 (2 points): four optimisers
#
# **Goal.** A new optimiser by its name, with the learning rate asked for and Keras's defaults for the rest.
#
# *The traps:* an optimiser belongs to the model that it trains, so that a function has to build a new one in each call. Momentum is SGD with `momentum=0.9`, in Nesterov's version here.
#
# With gradient 1 at a weight of 1.0, one step of `make_optimizer("momentum", 0.1)` should lead to $1 - 0.1\,(1 + 0.9) = 0.81$.

# %% nbgrader={"grade": false, "grade_id": "make_optimizer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_optimizer(name, learning_rate):
    """Return a new optimiser.

    Parameters
    ----------
    name : str
        ``"SGD"``, ``"momentum"`` (SGD with Nesterov's momentum 0.9), ``"RMSprop"`` or ``"Adam"``.
    learning_rate : float

    Returns
    -------
    keras.optimizers.Optimizer

    Raises
    ------
    ValueError
        For any other name.
    """
    ### BEGIN SOLUTION
    if name == "SGD":
        return keras.optimizers.SGD(learning_rate)
    if name == "momentum":
        return keras.optimizers.SGD(learning_rate, momentum=0.9, nesterov=True)
    if name == "RMSprop":
        return keras.optimizers.RMSprop(learning_rate)
    if name == "Adam":
        return keras.optimizers.Adam(learning_rate)
    raise ValueError(f"there is no optimiser {name!r}: SGD, momentum, RMSprop or Adam")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "optimizers_step_as_their_formulas_say", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def one_step_of_sgd_and_momentum():
    """One step from a weight of 1.0 with gradient 1 and learning rate 0.1 leads to 0.9 with SGD, and to 0.81 with momentum."""
    for name, expected in (("SGD", 0.9), ("momentum", 0.81)):
        weight = keras.Variable([1.0])
        make_optimizer(name, 0.1).apply([np.ones(1, "float32")], [weight])
        checks.close(np.asarray(weight), [expected], f"weight after one step of {name}", rtol=1e-5)


### BEGIN HIDDEN TESTS
@checks.claim
def more_steps_of_sgd_and_momentum():
    """Further steps, with other learning rates, lead where the formulas say."""
    checks.optimizer_steps(make_optimizer("SGD", 0.03), keras.optimizers.SGD(0.03))
    checks.optimizer_steps(make_optimizer("momentum", 0.004), keras.optimizers.SGD(0.004, momentum=0.9, nesterov=True))


@checks.claim
def steps_of_the_others():
    """So do those of RMSprop and Adam."""
    checks.optimizer_steps(make_optimizer("RMSprop", 0.003), keras.optimizers.RMSprop(0.003))
    checks.optimizer_steps(make_optimizer("Adam", 0.02), keras.optimizers.Adam(0.02))


@checks.claim
def a_new_optimizer_each_time():
    """Each call gives a new optimiser, and an unknown name is refused."""
    checks.holds(make_optimizer("Adam", 0.1) is not make_optimizer("Adam", 0.1), "two calls give the same optimiser (build it inside the function)")
    checks.raises(ValueError, make_optimizer, "Newton", 0.1, name="make_optimizer('Newton', 0.1)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "hypothesis_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E2 (5 points): compare
#
# **Before you run the next cell (1 point).** With a learning rate of 0.001, ReLUs and Glorot normal: put the four optimisers into the order that you expect after *one* epoch and after *twenty*, with a reason for each place. A wrong guess with
# a good reason earns the point.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).** Half a point for two complete orders, half a point for reasons that follow from the update rules (length of a step of each optimiser at this learning rate). Whether the guess comes true does not matter.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "hypothesis", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# After one epoch: Adam and RMSprop in front, since each of their steps is about as long as the learning rate in every coordinate, however small the gradient is; then momentum, which moves about $1/(1 - 0.9) = 10$ times as far as SGD; SGD last, whose steps of 0.001 times a small gradient
# hardly move. After twenty epochs I expect the same order with small distances: RMSprop and Adam level, momentum close, SGD still behind.

# %% tags=["nbval-ignore-output"]
optimised = {}
for name in ("SGD", "momentum", "RMSprop", "Adam"):
    keras.utils.set_random_seed(7)
    model = model_param_init(layersizes, "glorot_normal", "relu")
    optimised[name] = train(model, make_optimizer(name, 0.001), f"optimiser {name}")
comparison.table(optimised, columns=("first_val_accuracy", "loss", "accuracy", "val_accuracy", "val_loss"))

figure, (left, right) = plots.new_figure(1, 2, width=11)
comparison.curves(left, optimised, "loss")
left.set(yscale="log", title="Training loss")
comparison.curves(right, optimised, "val_accuracy")
right.set(ylim=(0.1, 1), title="Validation accuracy")
plots.show(
    figure,
    alt="At full budget. Four optimisers at a learning rate of 0.001. Left, training loss on a logarithmic scale: Adam and RMSprop fall fastest, to about 0.02, momentum to about 0.07, SGD to about 0.28. Right, validation accuracy: Adam and RMSprop are at 0.95 after one epoch and at 0.97 after "
    "twenty, momentum rises from 0.90 to 0.97, SGD from 0.5 to 0.92.",
)

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_optimizers_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (4 points).**
#
# 1. Compare the result with your hypothesis. Why are Adam and RMSprop so much faster at this learning rate?
# 2. Is the comparison fair to SGD? How did the same network do in part C, with 0.1?
# 3. How much faster than SGD should momentum 0.9 be, by which argument? Compare the epochs at which the two reach the same accuracy.
# 4. Which of the four would you have chosen by training loss, and which by validation loss? Is the answer the same, and why may it differ?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (4 points), one for each.**
#
# - They divide each coordinate's gradient by the root of its own mean square, so that steps are about as long as the learning rate, also where gradients are small. 0.001 is a sensible length for them and a tiny factor for SGD.
# - Not fair: with 0.1 SGD came to 0.97 in part C. Compare optimisers each at its own best learning rate (or say that the rate was given).
# - Steps add up to 1/(1 - 0.9) = 10 times the length when gradients keep their direction; momentum's accuracy after n epochs should be about that of SGD after 10 n: about right (after 2 epochs about that of SGD after 20).
# - By training loss Adam or RMSprop; their validation loss has its minimum early and rises again: they overfit within twenty epochs, momentum hardly does. Early stopping would change the ranking.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_optimizers", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# 1. As I expected. Both divide the gradient of each weight by the root of its own mean square, so that a step is about as long as the learning rate, also for weights whose gradients are small. A step of 0.001 in every coordinate is a sensible one; 0.001 times a small gradient is not.
# 2. No. In part C the same network came to 0.97 with plain SGD and a rate of 0.1. Each optimiser should be compared at the rate that suits it; what the table shows is which of them minds a rate that was chosen badly.
# 3. As long as the gradient keeps its direction, the velocity grows to $1/(1 - 0.9) = 10$ gradients, so momentum should be where SGD is ten times as many epochs later. The table has it: what SGD reaches after twenty epochs momentum reaches after two or three.
# 4. By training loss Adam or RMSprop. Their validation loss has a minimum after some epochs and rises from there on, since they have gone far into fitting the training examples, while that of momentum is still flat. At equal accuracy I would take momentum after twenty epochs, or Adam with early stopping.

# %% [markdown]
# ---
# ## Part F: TensorBoard
#
# All runs have been logged, and everything asked above can be answered from the tables and pictures here. TensorBoard shows the same with a mouse, and more of it: **Time Series** has the curves of all runs in one picture
# (try a smoothing of 0), **Histograms** and **Distributions** have each kernel over the epochs.
#
# - In JupyterLab or Colab: take the `#` away in the next cell and run it.
# - In a shell, in the folder of this notebook: `tensorboard --logdir logs`, then open the address that it prints, usually `http://localhost:6006`.
#
# With as many runs as here TensorBoard draws none at first: tick the ones that you want to see on its left side, or write a part of their names into the filter above them, such as `initial relu`, and press **Toggle all runs**.
#
# Look at `normalised relu N(0, 1)` beside `initial relu N(0, 1)` under Histograms: it is the picture of part D.

# %%
# # %load_ext tensorboard
# # %tensorboard --logdir logs

# %% tags=["nbval-ignore-output"]
runs = sorted(folder.name for folder in log_folder.glob("*") if folder.is_dir())
print(f"{len(runs)} runs are logged in {log_folder}:")
print("\n".join(f"  {name}" for name in runs))

# %% [markdown]
# ---
# ## On your own
#
# - The test images have not been used. Choose one network by its validation accuracy, train it once more on all 60,000 examples, and report its accuracy on the test images, once.
# - Let part B run with 100, 1,000 and 10,000 examples. When does regularisation stop helping?
# - Put the batch normalisation behind the activation, and compare with the table of D3.
# - Find for each optimiser of part E the best of the learning rates 0.001, 0.01, 0.1, and make the table again.
