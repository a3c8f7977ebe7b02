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
# # Gradient descent: step size, batches and momentum
#
# **30 points, about 90 minutes, NumPy and matplotlib only**
#
# **What you will do.** Read loss curves, find out how large a learning rate may be, feed a model in minibatches, see what
# deep stacks of sigmoids and ReLUs do to a gradient, and write gradient descent with and without momentum on a function
# that traps the one and not always the other.
#
# **What you will learn.** To tell from a curve what is wrong with a learning rate, why one rate is a compromise between
# directions, what batch normalisation does and does not do, and what momentum needs to carry an iterate over a hill.
#
# **What you need.** Python functions, NumPy arrays, the derivative of a product, the chain rule, eigenvalues, and a lecture on backpropagation
# and batch normalisation. Nothing has to be trained for long: the whole notebook runs in under a minute. Beside NumPy and
# matplotlib the first cell imports the course's own small package, `descent` and `assay`; if that fails, install it as your course page says.
#
# | part | what | time | points |
# |---|---|---|---|
# | A | choose a learning rate | 25 min | 8 |
# | B | minibatches, batch normalisation, activations | 30 min | 10 |
# | C | gradient descent and momentum, by hand | 35 min | 12 |
#
# **How it is marked.** Cells that begin with `@checks.claim` are tests. Each states a claim about your answer, and you
# can run it as often as you like. After you submit, every test cell goes on with further examples, and **where you choose or read off an
# answer, its test tells you here only that the answer is complete; whether it is right is checked after you submit.**
# A test cell earns its points when all of its claims hold. Explanations are read by a person and can earn a part of their points.
#
# Whatever is still open raises `NotImplementedError`: replace that line by your answer (and delete it where you fill in a dictionary
# above it). Leave the names of functions, of their parameters and of answers as they are; everything inside is yours.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import matplotlib.pyplot as plt
import numpy as np

from assay import checks
from descent import curves, plots

# %% [markdown]
# ---
# ## Part A (8 points): choose a learning rate
#
# Gradient descent moves the parameters against the gradient of the loss,
#
# $$\theta_{t+1} = \theta_t - \eta\, \nabla L(\theta_t),$$
#
# and the learning rate $\eta$ is the one number in it that nobody gives you.

# %% [markdown] nbgrader={"grade": false, "grade_id": "label_curves_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### A1 (3 points): label four loss curves
#
# **Goal.** Recognise a learning rate by the loss curve that it makes.
#
# One small network was trained four times from the same start, on the same minibatches in the same order. Only the
# learning rate differs: one is *low*, one *good*, one *high*, one *very high*. *The trap:* the curve that falls fastest
# at first need not be the one that ends lowest.

# %% tags=["nbval-ignore-output"]
losses = curves.learning_rate_curves()

figure, axis = plots.new_figure()
for (letter, loss), color, style in zip(losses.items(), plots.COLORS.values(), plots.LINE_STYLES):
    axis.plot(loss, style, color=color, label=letter)
axis.set(
    xlabel="epoch",
    ylabel="training loss (cross entropy, nats)",
    ylim=(0, 3),
    title="One network, one start, four learning rates",
)
axis.legend(title="run")
plots.show(
    figure,
    alt="Training loss against epoch for four runs from the same start at 1.7. A falls smoothly, to 0.65 after five epochs and 0.6 "
    "at the end. B falls faster than any at first, to 0.7 after two epochs, and then jumps up and down between 0.6 and 1.6. C leaves "
    "the picture at the top within the first epoch and does not come back. D falls smoothly and slowly and has reached 0.7 at the end.",
)

# %% nbgrader={"grade": false, "grade_id": "curve_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Replace each None by "low", "good", "high" or "very high", and delete the last line.
curve_labels = {"A": None, "B": None, "C": None, "D": None}
### BEGIN SOLUTION
curve_labels = {"A": "good", "B": "high", "C": "very high", "D": "low"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "curves_are_labelled", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def every_run_has_its_own_label():
    """Each of the four runs has one of the four labels, and no label is used twice (whether they fit is checked later)."""
    checks.equal(sorted(curve_labels), ["A", "B", "C", "D"], "keys of curve_labels")
    for letter, label in curve_labels.items():
        checks.choice(label, ["low", "good", "high", "very high"], f"curve_labels[{letter!r}]")
    checks.equal(len(set(curve_labels.values())), 4, "number of different labels")


### BEGIN HIDDEN TESTS
@checks.claim
def labels_fit_the_curves():
    """The labels fit the curves."""
    checks.holds(
        curve_labels == dict(zip("ABCD", ("good", "high", "very high", "low"))),
        "at least two labels are exchanged (look at how fast each curve falls, and then at where it stays)",
    )
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_curves_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (2 points, half a point for each run).** For each of the four runs: which feature of its curve made you choose the label, and what do the
# iterates do in the landscape of the loss to produce it?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (2 points).** Half a point for each run that has both the feature and the reason; a feature alone earns a quarter.
#
# - *low*: smooth, slow decrease that has not levelled off; the steps are far smaller than the landscape would allow.
# - *good*: fast at first and then lowest; steps suit the curvature, and the noise of the minibatches stays small.
# - *high*: falls as fast as any, then levels off too high and jumps; steps overshoot the bottom of the valley, so the
#   iterates are thrown from wall to wall (minibatch noise times the rate). "It stops learning" without a reason: a quarter.
# - *very high*: the loss rises above its start; each step lands higher on the far wall than it began.
#
# Labels that are wrong but consistently explained can earn the half point of the run that is described correctly.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_curves", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# **A is good**: the loss falls steeply in the first epochs, settles smoothly, and ends lower than any other. The steps are
# large enough to cross the landscape quickly and small enough to settle in the valley.
#
# **B is high**: it falls even faster, because far from the valley a large step is a good step, but it then levels off
# above A and jumps. In the valley every step overshoots: the iterates bounce between the walls, and the noise of
# the minibatches, multiplied by a large rate, keeps them from settling.
#
# **C is very high**: the loss rises at once above its value at the start. A step across the valley lands further up on the
# other side, where the gradient is no smaller, so the next step is as bad. The loss of this network grows but does not overflow,
# because the gradient of the cross entropy is bounded by the size of the activations.
#
# **D is low**: smooth and almost noiseless, still falling after 40 epochs. Every step goes the right way
# and is too short; with enough epochs it would arrive where A is.

# %% [markdown] nbgrader={"grade": false, "grade_id": "exploding_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### A2 (2 points): does the learning rate make gradients explode?
#
# On its way back through the layers a gradient is multiplied by weights and by derivatives of activations. If these products grow from layer to
# layer the gradient *explodes*, if they shrink it *vanishes*.
#
# **Explain (2 points).**
#
# 1. Backpropagation has computed the gradient before the learning rate multiplies it. What does the learning rate scale, then, and what not?
# 2. By which way can the learning rate still change *later* gradients? With which one of the four rates of A1 are exploding or vanishing gradients most likely, therefore?
# 3. Does the low rate make gradients vanish?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (2 points).**
#
# - 1 point: the learning rate scales the *step*, not the gradient. At given weights the gradient is the same for every
#   rate; whether it shrinks or grows from layer to layer is decided by weights, activations and depth.
# - 0.5 points: the indirect way for the very high rate: long steps lead to large weights, with which the backward products
#   grow (exploding), or, with saturating units, to flat regions (vanishing, dead units).
# - 0.5 points: a low rate does not make gradients vanish; the *steps* are small, and the remedy differs (raise the rate,
#   as against changing activation, initialisation, normalisation).
#
# "Very high explodes, low vanishes" without the distinction between step and gradient earns 0.5 in all.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "exploding", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# The learning rate multiplies the *step*. At given weights the gradient is the same whatever the rate is: it is a product over the layers of
# weights and derivatives of activations, and that product decides whether it explodes or vanishes.
#
# The rate acts on gradients only by the way of where it leads. The **very high** rate is therefore the more likely one to end in exploding gradients: its long steps
# make large weights, large weights make large products, and these make the next step longer still. With sigmoid or tanh units the same long steps
# can do the opposite and drive the units into saturation, where derivatives, and with them the gradient, vanish; ReLU units can be pushed so far that they are dead.
#
# The **low** rate does not make gradients vanish. It makes small steps out of healthy gradients, which looks alike in a loss curve and is
# cured differently: by a higher rate, where a vanishing gradient needs another activation, initialisation or normalisation.

# %% [markdown] nbgrader={"grade": false, "grade_id": "bowl_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### A3 (3 points): find the largest rate for a bowl
#
# **Goal.** See what limits the learning rate when the loss is steep in one direction and shallow in another.
#
# Take the bowl $L(x) = \tfrac12\, x^\top H x$ with a symmetric matrix $H$ whose eigenvalues are positive. Its gradient is
# $H x$, so gradient descent is
#
# $$x_{t+1} = x_t - \eta\, H x_t .$$
#
# *The trap:* the curvature of a bowl that is not aligned with the axes does not stand on the diagonal of $H$. (In the pictures below the vertical axis is stretched;
# to scale, the bowl is five times as long as it is wide.)
#
# With $H = \mathrm{diag}(1, 25)$, $\eta = 0.02$ and the start $(10, 1)$, the first step leads to $(9.8, 0.5)$, and the rates
# that converge are those below $0.08$.

# %% nbgrader={"grade": false, "grade_id": "bowl_descent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bowl_descent(start, hessian, learning_rate, num_steps):
    """Run gradient descent on a bowl.

    Parameters
    ----------
    start : ndarray of shape (n,)
        Where to begin; it is not changed.
    hessian : ndarray of shape (n, n)
        The symmetric matrix H.
    learning_rate : float
    num_steps : int
        How many steps to take; zero is allowed.

    Returns
    -------
    ndarray of shape (num_steps + 1, n)
        The path: its first row is ``start``, its last the final iterate.
    """
    ### BEGIN SOLUTION
    path = np.empty((num_steps + 1, len(start)))
    path[0] = start
    for step in range(num_steps):
        path[step + 1] = path[step] - learning_rate * hessian @ path[step]
    return path
    ### END SOLUTION


def largest_learning_rate(hessian):
    """Return the bound below which gradient descent on the bowl converges from every start.

    Parameters
    ----------
    hessian : ndarray of shape (n, n)
        The symmetric matrix H; all its eigenvalues are positive.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION
    # Along an eigenvector, a step multiplies the iterate by 1 - learning_rate * eigenvalue, which must stay above -1.
    return 2.0 / np.linalg.eigvalsh(hessian).max()
    ### END SOLUTION

# %%
# Try bowl_descent and largest_learning_rate here.

# %% nbgrader={"grade": true, "grade_id": "bowl_path_follows_minus_the_gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def first_step_on_the_bowl():
    """The path begins at the start, and its first step goes against the gradient."""
    path = bowl_descent(np.array([10.0, 1.0]), np.diag([1.0, 25.0]), learning_rate=0.02, num_steps=1)
    checks.close(path, [[10.0, 1.0], [9.8, 0.5]], "path", hint="the first row is the start; the gradient of the bowl is H @ x")


@checks.claim
def no_step_is_a_path_of_one_row():
    """A path of no steps is the start alone."""
    path = bowl_descent(np.array([3.0, -1.0]), np.eye(2), learning_rate=0.1, num_steps=0)
    checks.close(path, [[3.0, -1.0]], "path of no steps")


### BEGIN HIDDEN TESTS
@checks.claim
def path_on_a_turned_bowl():
    """On any bowl, in any number of dimensions, the path follows the closed form."""
    rng = np.random.default_rng(5)
    factor = rng.normal(size=(3, 3))
    hessian = factor @ factor.T + np.eye(3)
    start = rng.normal(size=3)
    step_matrix = np.eye(3) - 0.03 * hessian
    expected = [np.linalg.matrix_power(step_matrix, power) @ start for power in range(7)]
    checks.close(bowl_descent(start.copy(), hessian, 0.03, 6), expected, "path in three dimensions")


@checks.claim
def start_of_the_bowl_is_kept():
    """The array that holds the start is not changed."""
    start = np.array([2.0, 1.0])
    bowl_descent(start, np.diag([2.0, 3.0]), learning_rate=0.1, num_steps=3)
    checks.close(start, [2.0, 1.0], "start after the call", hint="copy it before you change it")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "largest_rate_is_set_by_the_steepest_direction", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def bound_for_a_bowl_along_the_axes():
    """For curvatures 1 and 25 the bound is 0.08."""
    checks.close(largest_learning_rate(np.diag([1.0, 25.0])), 0.08, "largest learning rate")


### BEGIN HIDDEN TESTS
@checks.claim
def bound_for_a_turned_bowl():
    """The bound does not depend on how the bowl is turned."""
    rng = np.random.default_rng(8)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    turned = rotation @ np.diag([0.5, 9.0, 16.0, 3.0]) @ rotation.T
    checks.close(largest_learning_rate((turned + turned.T) / 2), 0.125, "largest learning rate of a turned bowl")
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
hessian = np.diag([1.0, 25.0])
bound = largest_learning_rate(hessian)

figure, axes = plots.new_figure(1, 3, width=12, height=4)
for axis, share in zip(axes, (0.1, 0.95, 1.02)):
    path = bowl_descent(np.array([10.0, 1.0]), hessian, share * bound, 40)
    plots.draw_contours(axis, lambda x, y: (x**2 + 25 * y**2) / 2, (-11, 11), (-2.6, 2.6))
    axis.plot(path[:, 0], path[:, 1], "o-", color=plots.COLORS["red"], markersize=3)
    axis.set(xlabel="$x_1$ (curvature 1)", ylabel="$x_2$ (curvature 25)", xlim=(-11, 11), ylim=(-2.6, 2.6))
    axis.set_title(f"{share:.0%} of the largest rate: {share * bound:.3f}")
plots.show(
    figure,
    alt="Forty steps of gradient descent over the level lines of a bowl, long and narrow but for the stretched vertical axis. At a tenth of the largest rate the "
    "path drops into the valley and creeps along it. Just below the largest rate it jumps across the valley, a "
    "little less far each time. Just above, the jumps grow until they leave the picture.",
)

# %% tags=["nbval-check-output"]
print("condition number   steps until the distance to the minimum is a thousandth")
for condition in (1, 10, 100, 1000):
    hessian = np.diag([1.0, condition])
    # The best single rate for two curvatures lies between what either direction would like.
    rate = 2.0 / (1.0 + condition)
    path = bowl_descent(np.array([1.0, 1.0]), hessian, rate, 10_000)
    distance = np.linalg.norm(path, axis=1)
    print(f"{condition:16d}   {np.argmax(distance <= distance[0] / 1000):5d}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "one_rate_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** The gradient is often much larger in one direction than in another. What does one learning rate for all
# directions then cost, and why? Use the three pictures and the table.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).**
#
# - 0.5 points: the steepest direction (largest eigenvalue) sets the bound; above it the iterates oscillate with growing amplitude.
# - 0.5 points: with that rate the shallow directions shrink by only about 1 - 2 / (condition number) a step, so the number of steps
#   grows with the condition number (table: about in proportion).
#
# Remedies (momentum, one rate per parameter, normalised inputs) are welcome and not asked for.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "one_rate", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# Along an eigenvector with eigenvalue $\lambda$ a step multiplies the iterate by $1 - \eta\lambda$. That must lie between $-1$ and $1$ for *every*
# direction, so the steepest one dictates $\eta < 2 / \lambda_\max$: above it (right picture) the iterate jumps across the valley further each time.
#
# With such a small rate the shallow direction hardly moves: its factor $1 - \eta\lambda_\min$ is close to 1 (left picture: creeping along the valley). Even
# the best compromise shrinks the error by only $(\kappa - 1)/(\kappa + 1)$ a step, where $\kappa = \lambda_\max / \lambda_\min$, and so the number of steps
# in the table grows in proportion to $\kappa$. One rate is always too small for one direction or too large for another; this is the reason for momentum, for methods with one rate per parameter,
# and for bringing inputs to one scale.

# %% [markdown]
# ---
# ## Part B (10 points): minibatches, batch normalisation, activations

# %% [markdown] nbgrader={"grade": false, "grade_id": "minibatch_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B1 (3 points): descend in minibatches
#
# **Goal.** Cut the training examples into minibatches, and see what a step costs with small and with large ones.
#
# An epoch visits every example once, in a random order, in groups of `batch_size`. *The trap:* when `batch_size` does not divide
# the number of examples, the last minibatch is smaller, and its examples count too.
#
# For ten examples and a batch size of four you should see three minibatches, of 4, 4 and 2 indices. Each call draws a new order from `rng`; how you draw it is yours, so the numbers that you see for the smallest batches may differ from your neighbour's.

# %% nbgrader={"grade": false, "grade_id": "minibatches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatches(num_examples, batch_size, rng):
    """Cut one epoch into minibatches.

    Parameters
    ----------
    num_examples : int
    batch_size : int
        At least 1; it may be larger than ``num_examples``.
    rng : numpy.random.Generator
        The only source of randomness.

    Returns
    -------
    list of ndarray of int
        The indices of each minibatch. A generator that yields them is as good.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(num_examples)
    return [order[first : first + batch_size] for first in range(0, num_examples, batch_size)]
    ### END SOLUTION

# %%
# Try minibatches here.

# %% nbgrader={"grade": true, "grade_id": "every_example_is_visited_once", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def ten_examples_in_fours():
    """Ten examples in minibatches of four are 4, 4 and 2 examples, each example once."""
    batches = [np.asarray(batch) for batch in checks.items(minibatches(10, 4, np.random.default_rng(0)), "minibatches")]
    checks.equal([len(batch) for batch in batches], [4, 4, 2], "sizes of the minibatches")
    checks.equal(sorted(np.concatenate(batches).tolist()), list(range(10)), "all indices, sorted")


### BEGIN HIDDEN TESTS
@checks.claim
def other_sizes_of_minibatches():
    """Batch sizes that divide the examples, that exceed them, and single examples work too."""
    for num_examples, batch_size, sizes in ((12, 3, [3] * 4), (5, 8, [5]), (6, 1, [1] * 6)):
        batches = [np.asarray(batch) for batch in minibatches(num_examples, batch_size, np.random.default_rng(1))]
        checks.equal([len(batch) for batch in batches], sizes, f"sizes for {num_examples} in batches of {batch_size}")


@checks.claim
def order_comes_from_rng():
    """The order is random, and rng alone decides on it."""
    def order(seed, global_seed):
        np.random.seed(global_seed)
        batches = minibatches(40, 7, np.random.default_rng(seed))
        return np.concatenate([np.asarray(batch) for batch in batches]).tolist()

    checks.equal(order(3, 1), order(3, 2), "order with the same rng", hint="use rng, not np.random")
    checks.holds(order(3, 1) != order(4, 1), "two different generators give the same order (shuffle with rng)")
    checks.holds(order(3, 1) != sorted(order(3, 1)), "the examples come in their original order (shuffle them)")


@checks.claim
def next_epoch_has_other_minibatches():
    """In a second epoch with the same generator, other examples meet in a minibatch."""
    rng = np.random.default_rng(6)
    first, second = ({frozenset(np.asarray(batch).tolist()) for batch in minibatches(40, 7, rng)} for _ in range(2))
    checks.holds(
        not first & second,
        "the same examples meet in both epochs (draw the order of all examples from rng, anew in every call)",
    )
### END HIDDEN TESTS

# %% tags=["nbval-check-output"]
rng = np.random.default_rng(0)
x = rng.normal(size=(4096, 10))
true_weights = rng.normal(size=10)
y = x @ true_weights + rng.normal(size=4096)


def mean_squared_error(weights):
    return np.mean((x @ weights - y) ** 2)


target = 1.05 * mean_squared_error(np.linalg.lstsq(x, y, rcond=None)[0])

print("batch size   steps   examples read")
for batch_size in (4096, 512, 64, 16, 4, 2):
    rng = np.random.default_rng(1)
    weights, num_steps, num_read = np.zeros(10), 0, 0
    while mean_squared_error(weights) > target:
        for batch in minibatches(len(x), batch_size, rng):
            error = x[batch] @ weights - y[batch]
            weights = weights - 0.03 * 2 * x[batch].T @ error / len(batch)
            num_steps, num_read = num_steps + 1, num_read + len(batch)
            if mean_squared_error(weights) <= target:
                break
    print(f"{batch_size:10d}   {num_steps:5d}   {num_read:13d}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_minibatches_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (2 points).** The table shows how many steps linear regression needed to come within five per cent of the smallest possible
# loss, always with the same learning rate. What are the advantages of minibatches over the full batch? Name at least three, at least
# one of them with the numbers of the table, and say what minibatches cost (look at its last rows).
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (2 points).** Half a point for each of these, at most 2; the first and the last are needed for full marks.
#
# - Cost of a step: the gradient of a few examples points almost as well (its error falls only as one over the root of the batch size) and
#   costs a fraction; in the table, down to a batch size of 16, about as many steps, but a hundredth of the examples read.
# - Memory: only one minibatch has to be held, on the device too; it can be processed in parallel as matrices, unlike single examples.
# - Noise helps: it leads out of saddle points and sharp minima, and regularises.
# - Many updates per epoch; usable on a stream or when the data are redundant.
# - What it costs: noisy gradients, so near the minimum the loss fluctuates unless the rate falls (very small batches need more
#   steps or never settle), and small batches use parallel hardware badly.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_minibatches", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# * **Cheap steps.** The gradient over a minibatch is an unbiased estimate of the full gradient. Its standard error falls only with the square root of the batch
#   size, its cost with the batch size itself. In the table all batch sizes down to 16 needed about the same number of steps, so that batches of 16 read
#   less than a hundredth of the examples that the full batch did.
# * **Memory and parallel hardware.** Only one minibatch and its activations have to fit into memory, whatever the size of the data; unlike single
#   examples, a minibatch is still a matrix product, which is what the hardware is good at.
# * **Noise that helps.** The noise of the estimate carries the iterate off saddle points and out of narrow minima, and often ends in
#   minima that generalise better.
# * **Many updates per epoch**, which also makes it possible to learn from a stream or from redundant data.
#
# **The price** is that noise, too: close to the minimum the loss fluctuates at a level set by rate and batch size, and the rate has to fall for it to settle. In the table
# batches of 2 needed several times as many steps. Very small batches also leave parallel hardware idle.

# %% [markdown] nbgrader={"grade": false, "grade_id": "batch_norm_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B2 (3 points): judge four statements on batch normalisation
#
# **Goal.** Know what batch normalisation is for.
#
# Batch normalisation brings each unit's pre-activation $z$ to mean 0 and standard deviation 1 over the minibatch, and then scales and shifts
# it by two learned numbers: $\gamma\, \dfrac{z - \mu}{\sigma} + \beta$. *The trap:* a welcome side effect is not the main goal.
#
# The experiment below sends data through ten layers of sigmoids with weights that are too large.

# %% tags=["nbval-ignore-output"]
slopes = {"as they are": [], "normalised": []}
for name, layer_slopes in slopes.items():
    rng = np.random.default_rng(4)  # the same data and weights for both
    activations = rng.normal(size=(500, 100))
    for _ in range(10):
        z = activations @ rng.normal(0.0, 0.7, size=(100, 100))
        if name == "normalised":
            z = (z - z.mean(axis=0)) / z.std(axis=0)
        activations = 1.0 / (1.0 + np.exp(-z))
        layer_slopes.append(np.mean(activations * (1.0 - activations)))

figure, axis = plots.new_figure()
for (name, layer_slopes), color, marker in zip(slopes.items(), plots.COLORS.values(), "os"):
    axis.plot(range(1, 11), layer_slopes, marker + "-", color=color, label=f"pre-activations {name}")
axis.axhline(0.25, color="grey", linestyle=":", label="largest slope of the sigmoid")
axis.set(xlabel="layer", ylabel="mean slope of the sigmoid", ylim=(0, 0.27), title="How steep the sigmoids are where they are used")
axis.legend()
plots.show(
    figure,
    alt="Mean slope of the sigmoid in ten layers. With pre-activations as they are it stays between 0.05 and 0.1. With "
    "normalised pre-activations it lies near 0.2, close to the largest possible slope, 0.25.",
)

# %% [markdown]
# Is each statement true or false?
#
# 1. The main goal of batch normalisation is regularisation.
# 2. Batch normalisation only allows smaller learning rates than training without it.
# 3. Normalising a unit to mean 0 and standard deviation 1, and nothing else, can reduce what the network is able to express.
# 4. Normalising the inputs of a non-linearity makes saturating non-linearities, such as the sigmoid, usable in deep networks.

# %% nbgrader={"grade": false, "grade_id": "batch_norm_statements", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Replace each None by True or False, and delete the last line.
batch_norm_statements = {1: None, 2: None, 3: None, 4: None}
### BEGIN SOLUTION
batch_norm_statements = {1: False, 2: False, 3: True, 4: True}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "statement_1_is_judged", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def statement_1_has_an_answer():
    """Statement 1 is judged true or false (whether rightly is checked later)."""
    checks.choice(batch_norm_statements.get(1), [True, False], "statement 1")


### BEGIN HIDDEN TESTS
@checks.claim
def statement_1_is_right():
    """Statement 1 is judged rightly."""
    checks.holds(not batch_norm_statements[1], "statement 1: think of what it was introduced for, and of what comes along")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "statement_2_is_judged", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def statement_2_has_an_answer():
    """Statement 2 is judged true or false (whether rightly is checked later)."""
    checks.choice(batch_norm_statements.get(2), [True, False], "statement 2")


### BEGIN HIDDEN TESTS
@checks.claim
def statement_2_is_right():
    """Statement 2 is judged rightly."""
    checks.holds(not batch_norm_statements[2], "statement 2: think of what a long step does when the next layer rescales its input")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "statement_3_is_judged", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def statement_3_has_an_answer():
    """Statement 3 is judged true or false (whether rightly is checked later)."""
    checks.choice(batch_norm_statements.get(3), [True, False], "statement 3")


### BEGIN HIDDEN TESTS
@checks.claim
def statement_3_is_right():
    """Statement 3 is judged rightly."""
    checks.holds(batch_norm_statements[3], "statement 3: think of why two learned numbers follow the normalisation")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "statement_4_is_judged", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def statement_4_has_an_answer():
    """Statement 4 is judged true or false (whether rightly is checked later)."""
    checks.choice(batch_norm_statements.get(4), [True, False], "statement 4")


### BEGIN HIDDEN TESTS
@checks.claim
def statement_4_is_right():
    """Statement 4 is judged rightly."""
    checks.holds(batch_norm_statements[4], "statement 4: compare the two lines of the picture")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_batch_norm_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** Give the reason for each of your four judgements, one sentence each.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).** A quarter for each reason:
#
# 1. It was introduced for faster and more stable training (well-scaled inputs of every layer); the noise of the batch statistics regularises a little, as a side effect.
# 2. The opposite: it allows larger rates, since the scale of the weights of a normalised layer no longer changes its output (and larger weights get smaller gradients).
# 3. A sigmoid fed with mean 0 and standard deviation 1 works in its nearly linear middle only; the unit can no longer choose its scale or offset. This is why gamma and beta are learned: they can undo the normalisation.
# 4. Normalised inputs keep units out of saturation, where the slope is almost 0 (picture).
#
# A right judgement without a reason earns nothing here.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_batch_norm", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# 1. **False.** Its goal is fast and stable training: each layer sees inputs of one scale while the layers before it change. The noise of the batch statistics regularises a little, as a side effect.
# 2. **False.** It allows *larger* rates: multiplying the weights of a normalised layer by a constant does not change its output, so a step that is too long does no lasting harm, and larger weights receive smaller gradients.
# 3. **True.** A sigmoid whose input always has mean 0 and standard deviation 1 is used in its nearly linear middle, and a unit could not choose its offset. Therefore $\gamma$ and $\beta$ are learned: with $\gamma = \sigma$ and $\beta = \mu$ the original is back.
# 4. **True.** Normalised inputs stay where the slope of the sigmoid is near 1/4 (picture), in place of the flat ends where no gradient passes.

# %% [markdown] nbgrader={"grade": false, "grade_id": "sigmoid_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B3 (2.5 points): differentiate the sigmoid
#
# **Goal.** See what a stack of sigmoids does to a gradient.
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \sigma'(z) = \sigma(z)\,\bigl(1 - \sigma(z)\bigr)$$
#
# By the chain rule, the gradient that comes back through a stack of layers is multiplied, unit by unit, by $\sigma'(z)$ of every layer (and by the
# weights, which we take as 1 here). *The trap:* at $z = \pm 800$ the derivative must come out as `0.0` and not as `nan`,
# which a formula with $e^{800}$ above *and* below the line gives. (A warning of an overflow on the way does no harm.)
#
# You should see $\sigma(0) = 0.5$, and for three layers whose pre-activations are all 0 the factor $1/64$.

# %% nbgrader={"grade": false, "grade_id": "sigmoid_derivative", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid(z):
    """Return the sigmoid of each element.

    Parameters
    ----------
    z : float or ndarray of any shape

    Returns
    -------
    float or ndarray of the shape of ``z``
    """
    ### BEGIN SOLUTION
    # With the exponent never positive, nothing overflows; both forms are the same function.
    decay = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1.0, decay) / (1.0 + decay)
    ### END SOLUTION


def sigmoid_derivative(z):
    """Return the derivative of the sigmoid at each element; same shapes as ``sigmoid``."""
    ### BEGIN SOLUTION
    return sigmoid(z) * (1.0 - sigmoid(z))
    ### END SOLUTION


def gradient_factor(pre_activations):
    """Return the number by which a stack of sigmoid layers multiplies the gradient of each unit.

    Parameters
    ----------
    pre_activations : ndarray of shape (num_layers, num_units)
        One row a layer.

    Returns
    -------
    ndarray of shape (num_units,)
    """
    ### BEGIN SOLUTION
    return np.prod(sigmoid_derivative(pre_activations), axis=0)
    ### END SOLUTION

# %%
# Try sigmoid, sigmoid_derivative and gradient_factor here.

# %% nbgrader={"grade": true, "grade_id": "derivative_matches_differences", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def sigmoid_at_a_few_points():
    """The sigmoid is 0.5 at 0 and its derivative there agrees with the slope of its curve."""
    checks.close(sigmoid(0.0), 0.5, "sigmoid(0)")
    slope = (sigmoid(1e-5) - sigmoid(-1e-5)) / 2e-5
    checks.close(sigmoid_derivative(0.0), slope, "sigmoid_derivative(0)", rtol=1e-5)


### BEGIN HIDDEN TESTS
@checks.claim
def derivative_everywhere():
    """The derivative agrees with the slope of the sigmoid everywhere, for arrays of any shape."""
    z = np.random.default_rng(2).normal(0.0, 3.0, size=(4, 3))
    exact = 1.0 / (1.0 + np.exp(-z))
    checks.close(sigmoid(z), exact, "sigmoid of an array")
    checks.close(sigmoid_derivative(z), exact * (1.0 - exact), "sigmoid_derivative of an array")


@checks.claim
def derivative_far_out():
    """Far out on either side the derivative is 0 and not nan."""
    far_out = np.array([-800.0, 800.0])
    checks.close(sigmoid(far_out), [0.0, 1.0], "sigmoid at -800 and 800")
    checks.close(sigmoid_derivative(far_out), [0.0, 0.0], "sigmoid_derivative at -800 and 800")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "factor_is_a_product_over_layers", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def three_flat_layers():
    """Three layers with pre-activation 0 multiply the gradient of each unit by 1/64."""
    checks.close(gradient_factor(np.zeros((3, 2))), [1 / 64, 1 / 64], "gradient_factor")


### BEGIN HIDDEN TESTS
@checks.claim
def factor_of_other_layers():
    """The factor of each unit is the product of its own derivatives."""
    z = np.array([[0.0, 1.0, -2.0], [0.5, 0.0, 3.0]])
    exact = 1.0 / (1.0 + np.exp(-z))
    got, expected = gradient_factor(z), (exact * (1.0 - exact)).prod(axis=0)
    if np.shape(got) == expected.shape and not np.allclose(got, expected):
        # A slip in the derivative has cost its points already: the product of one's own derivatives is as good.
        expected = np.prod(sigmoid_derivative(z), axis=0)
    checks.close(got, expected, "gradient_factor", hint="one factor per unit: multiply over the layers")
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
z = np.linspace(-8, 8, 321)
figure, (left, right) = plots.new_figure(1, 2, width=11)
left.plot(z, sigmoid(z), color=plots.COLORS["blue"], label=r"$\sigma(z)$")
left.plot(z, sigmoid_derivative(z), "--", color=plots.COLORS["red"], label=r"$\sigma'(z)$")
left.set(xlabel="pre-activation $z$", title="The sigmoid and its derivative")
left.legend()
num_layers = np.arange(1, 11)
for value, color, marker in zip((0.0, 2.0, 4.0), plots.COLORS.values(), "os^"):
    factors = [gradient_factor(np.full((n, 1), value))[0] for n in num_layers]
    right.semilogy(num_layers, factors, marker + "-", color=color, label=f"all pre-activations {value:g}")
right.set(xlabel="number of sigmoid layers", ylabel="factor on the gradient", title="What is left of a gradient")
right.legend()
plots.show(
    figure,
    alt="Left: the sigmoid rises from 0 to 1 around 0; its derivative is a bump with its top at 0, almost 0 beyond 6 on either side. "
    "Right, on a logarithmic scale: the factor on a gradient falls by a constant factor with every sigmoid layer, to "
    "about a millionth after ten layers at best and below 1e-17 when the pre-activations are 4.",
)

# %% [markdown]
# Where is the sigmoid steepest, and how steep is it there? Give the position `z` and the derivative at it.

# %% nbgrader={"grade": false, "grade_id": "steepest_point", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Replace each None by a number, and delete the last line.
steepest_point = {"z": None, "derivative": None}
### BEGIN SOLUTION
steepest_point = {"z": 0.0, "derivative": 0.25}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "maximum_of_the_derivative", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def steepest_point_is_two_numbers():
    """The steepest point is given as two numbers, a position and a derivative (whether they are right is checked later)."""
    for key in ("z", "derivative"):
        checks.number(checks.answered(steepest_point.get(key), key), f"steepest_point[{key!r}]")


### BEGIN HIDDEN TESTS
@checks.claim
def steepest_point_is_right():
    """The sigmoid is nowhere steeper than at the point given, and exactly that steep there."""
    checks.holds(abs(steepest_point["z"]) < 0.05, "the position is not that of the maximum (look at the left picture)")
    checks.holds(abs(steepest_point["derivative"] - 0.25) < 1e-3, "the derivative is not that at the maximum (put z into the formula)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_sigmoid_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** Name three drawbacks of the sigmoid as activation of hidden layers, one of them with a number from what you found about its derivative.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).**
#
# - 0.5 points: vanishing gradients with the number: the derivative is at most 1/4, so ten layers leave at most about a millionth; the layers near the input hardly learn.
# - 0.25 points: saturation: for large positive or negative pre-activations the derivative is almost 0, the unit stops learning.
# - 0.25 points: one more of: outputs are not centred at 0 (all positive: gradients of the weights into a unit share their sign); the exponential costs more than a comparison.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_sigmoid", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# * **Vanishing gradients.** The derivative is at most $1/4$, at $z = 0$. Ten layers therefore multiply a gradient by at most $0.25^{10} \approx 10^{-6}$
#   (with weights about 1), so that the layers near the input hardly learn.
# * **Saturation.** A few units away from 0 on either side the derivative is almost 0: a unit that got there passes on no gradient and stays there.
# * **Not centred.** Outputs are always positive, so for one example the gradients of all weights into a unit of the next layer have the same sign, and the path zigzags.
# * The exponential also costs more than the comparison that a ReLU needs.

# %% [markdown] nbgrader={"grade": false, "grade_id": "relu_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B4 (1.5 points): count dead ReLUs
#
# **Goal.** See what the ReLU, $\max(0, z)$, gains, and what it costs.
#
# Its derivative is 1 for $z > 0$ and 0 for $z < 0$; at $z = 0$ we take 0. A unit is *dead* when its derivative is 0 for every example: no gradient reaches its
# weights, as long as its inputs stay what they are. *The trap:* a unit that is silent for one example is not dead.
#
# For two examples with pre-activations $(1, -1, 0)$ and $(-2, -3, 0)$ the second and the third unit are dead.

# %% nbgrader={"grade": false, "grade_id": "dead_units", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dead_units(pre_activations):
    """Tell which ReLU units are dead.

    Parameters
    ----------
    pre_activations : ndarray of shape (num_examples, num_units)

    Returns
    -------
    ndarray of bool, shape (num_units,)
    """
    ### BEGIN SOLUTION
    return (pre_activations <= 0).all(axis=0)
    ### END SOLUTION

# %%
# Try dead_units here.

# %% nbgrader={"grade": true, "grade_id": "dead_means_silent_for_every_example", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def two_examples_three_units():
    """A unit is dead when its pre-activation is positive for no example."""
    got = dead_units(np.array([[1.0, -1.0, 0.0], [-2.0, -3.0, 0.0]]))
    checks.equal(got, [False, True, True], "dead units")


### BEGIN HIDDEN TESTS
@checks.claim
def dead_units_of_another_layer():
    """It works for any number of examples and units."""
    z = np.random.default_rng(9).normal(-1.5, 1.0, size=(12, 30))
    checks.equal(dead_units(z), [bool(column.max() <= 0) for column in z.T], "dead units")
### END HIDDEN TESTS

# %% tags=["nbval-check-output"]
def share_of_dead_units(learning_rate, num_steps=300, num_units=200):
    """Train one ReLU layer with a logistic output on two classes and return the share of its units that are dead."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(400, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    hidden, hidden_bias = rng.normal(size=(2, num_units)), np.zeros(num_units)
    out, out_bias = rng.normal(0.0, np.sqrt(1.0 / num_units), size=num_units), 0.0
    for _ in range(num_steps):
        z = x @ hidden + hidden_bias
        error = (sigmoid(np.maximum(z, 0.0) @ out + out_bias) - y) / len(y)
        back = np.outer(error, out) * (z > 0)
        out = out - learning_rate * np.maximum(z, 0.0).T @ error
        out_bias = out_bias - learning_rate * error.sum()
        hidden = hidden - learning_rate * x.T @ back
        hidden_bias = hidden_bias - learning_rate * back.sum(axis=0)
    return np.mean(dead_units(x @ hidden + hidden_bias))


print("learning rate   dead units")
for learning_rate in (0.1, 1.0, 10.0, 100.0):
    print(f"{learning_rate:13g}   {share_of_dead_units(learning_rate):10.0%}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_relu_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** Why does the ReLU help against vanishing gradients? Name one other advantage, and say what it costs, using the table.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).**
#
# - 0.5 points: its derivative is exactly 1 wherever the unit is active, so active paths pass the gradient on undiminished (the weights still matter), and it does not saturate for large pre-activations.
# - 0.25 points: one other advantage: cheap (a comparison); sparse activations; simple initialisation theory (He).
# - 0.25 points: the cost: units that are negative for all examples get no gradient and stay dead; the experiment shows that large learning rates kill them. Also accepted: not centred, unbounded.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_relu", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# Where a unit is active its derivative is exactly 1, however large the pre-activation: along active paths a gradient is neither shrunk as by the $1/4$ of the sigmoid nor
# lost to saturation (what the weights do to it remains).
#
# Further advantages: it costs a comparison in place of an exponential, and about half of the units are 0 for a given example, which makes activations sparse.
#
# The cost: for negative pre-activations no gradient passes. A unit that a long step has pushed below 0 for *all* examples is dead and stays so. In the experiment no unit or few die at small
# learning rates, and most of them at large ones. (A small slope for negative values, as in the leaky ReLU, avoids it.)

# %% [markdown]
# ---
# ## Part C (12 points): gradient descent and momentum, by hand
#
# From here on we minimise one function of one parameter, on an interval:
#
# $$L(\theta) = \theta \cos(\pi\theta), \qquad -1 \le \theta \le 2 .$$

# %% [markdown] nbgrader={"grade": false, "grade_id": "loss_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C1 (2 points): write the loss and its gradient
#
# **Goal.** Two functions that take a number or an array and return the same shape.
#
# *The trap:* $L$ is a product, and $\cos(\pi\theta)$ has an inner derivative.
#
# You should see $L(1) = -1$ and $L'(1) = -1$, and $L'(0.5) = -\pi/2$.

# %% nbgrader={"grade": false, "grade_id": "loss_and_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss(theta):
    """Return L(theta).

    Parameters
    ----------
    theta : float or ndarray of any shape

    Returns
    -------
    float or ndarray of the shape of ``theta``
    """
    ### BEGIN SOLUTION
    return theta * np.cos(np.pi * theta)
    ### END SOLUTION


def gradient(theta):
    """Return the derivative of L at theta; same shapes as ``loss``."""
    ### BEGIN SOLUTION
    return np.cos(np.pi * theta) - np.pi * theta * np.sin(np.pi * theta)
    ### END SOLUTION

# %%
# Try loss and gradient here.

# %% nbgrader={"grade": true, "grade_id": "loss_follows_its_formula", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def loss_at_one():
    """The loss at 1 is -1."""
    checks.close(loss(1.0), -1.0, "loss(1)")


### BEGIN HIDDEN TESTS
@checks.claim
def loss_elsewhere():
    """The loss follows its formula on the whole interval."""
    for theta in np.random.default_rng(11).uniform(-1.0, 2.0, size=8).tolist():
        checks.close(loss(theta), theta * np.cos(np.pi * theta), f"loss({theta:.3f})")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "gradient_is_the_slope_of_the_loss", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def gradient_at_two_points():
    """The gradient is -1 at 1 and -pi/2 at 0.5."""
    checks.close(gradient(1.0), -1.0, "gradient(1)", hint="product rule")
    checks.close(gradient(0.5), -np.pi / 2, "gradient(0.5)", hint="product rule and inner derivative")


### BEGIN HIDDEN TESTS
@checks.claim
def gradient_agrees_with_differences():
    """The gradient agrees with central differences of the loss at fresh points."""
    for theta in np.random.default_rng(13).uniform(-1.0, 2.0, size=8).tolist():
        above, below = ((theta + shift) * np.cos(np.pi * (theta + shift)) for shift in (1e-6, -1e-6))
        checks.close(gradient(theta), (above - below) / 2e-6, f"gradient({theta:.3f})", rtol=1e-5, atol=1e-6)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "loss_and_gradient_take_arrays", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def arrays_in_arrays_out():
    """Loss and gradient of an array are arrays of its shape."""
    theta = np.array([0.0, 1.0, 1.7])
    for function, name in ((loss, "loss"), (gradient, "gradient")):
        parts = np.concatenate([function(theta[:1]), function(theta[1:])])
        checks.close(function(theta), parts, f"{name} of an array", hint="each element by itself")


### BEGIN HIDDEN TESTS
@checks.claim
def tables_in_tables_out():
    """Arrays of two dimensions work too, and are left as they are."""
    theta = np.linspace(-1.0, 2.0, 6).reshape(2, 3)
    for function, name in ((loss, "loss"), (gradient, "gradient")):
        rows = np.stack([function(row.copy()) for row in theta])
        checks.close(function(theta), rows, f"{name} of a 2 x 3 array")
    checks.close(theta, np.linspace(-1.0, 2.0, 6).reshape(2, 3), "the array after the calls", hint="it was changed in place")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "descent_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C2 (4 points): write gradient descent
#
# **Goal.** A descent that keeps its history, knows when to stop, and lets others watch.
#
# $$\theta_{t+1} = \theta_t - \eta\, L'(\theta_t)$$
#
# The rules, which the tests check one by one:
#
# 1. **History.** Return a list of entries `(step, theta, loss, gradient)`. The first entry is `(0, start, loss(start), gradient(start))`, and every step appends one.
# 2. **Stop when it is flat**: as soon as the newest entry has $|L'(\theta)| <$ `tolerance`. That entry is the last one.
# 3. **Stop after `max_steps` steps**; the history then has `max_steps + 1` entries.
# 4. **Stay inside.** When the next $\theta$ would lie outside the closed `interval`, or is not a number, do not take that step: stop. The last entry is then the last point inside, and its gradient tells the caller that it is no minimum.
#    Both ends belong to the interval, for `start` too. A `start` outside, or one that is not a number, raises `ValueError`.
# 5. **Callbacks.** After an entry is appended, the first one too, call each of `callbacks` in their order as `callback(step, theta, loss, gradient)`. What a callback returns is ignored.
#
# *The traps:* off by one in rules 1 and 3, and a `start` that is an array without dimensions, `np.array(0.5)`, which `theta -= ...` would change under the caller's hands.
#
# `gradient_descent(0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25)` should give $\theta = 0.5, 0.25, 0.125, \dots$ (When you try it, leave the names `loss` and `gradient` alone: C3 to C6 need yours.)

# %% nbgrader={"grade": false, "grade_id": "gradient_descent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_descent(
    start,
    loss,
    gradient,
    learning_rate=0.01,
    tolerance=1e-6,
    max_steps=10_000,
    callbacks=(),
    interval=(-1.0, 2.0),
):
    """Minimise a function of one parameter by gradient descent.

    Parameters
    ----------
    start : float or ndarray without dimensions
        The first theta; it is not changed.
    loss, gradient : callable
        From theta to the loss and to its derivative.
    learning_rate : float
    tolerance : float
        Stop as soon as the absolute value of the gradient is below it.
    max_steps : int
    callbacks : sequence of callable
        Each is called as ``callback(step, theta, loss, gradient)`` for every entry of the history.
    interval : (float, float)
        Theta never leaves it.

    Returns
    -------
    list of (step, theta, loss, gradient)

    Raises
    ------
    ValueError
        When ``start`` lies outside the interval.
    """
    ### BEGIN SOLUTION
    low, high = interval
    theta = float(start)
    if not low <= theta <= high:
        raise ValueError(f"start {theta} lies outside the interval from {low} to {high}")
    history = []
    for step in range(max_steps + 1):
        entry = (step, theta, loss(theta), gradient(theta))
        history.append(entry)
        for callback in callbacks:
            callback(*entry)
        next_theta = theta - learning_rate * entry[3]
        # A comparison with nan is false, so that "not inside" catches it, where "outside" would not.
        if abs(entry[3]) < tolerance or not low <= next_theta <= high:
            break
        theta = next_theta
    return history
    ### END SOLUTION

# %%
# Try gradient_descent here.

# %% nbgrader={"grade": true, "grade_id": "descent_steps_against_the_gradient", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def two_steps_on_a_parabola():
    """Each step goes against the gradient, and the history keeps step, theta, loss and gradient."""
    got = gradient_descent(0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25, max_steps=9)
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [0.5, 0.25, 0.125], "theta", hint="theta - learning_rate * gradient")
    checks.close(history["step"][:3], [0, 1, 2], "step")
    checks.close(history["loss"][:3], [0.25, 0.0625, 0.015625], "loss", hint="the loss at the theta of the same entry")
    checks.close(history["gradient"][:3], [1.0, 0.5, 0.25], "gradient", hint="the gradient at the theta of the same entry")


### BEGIN HIDDEN TESTS
@checks.claim
def other_functions_and_rates():
    """It works for any loss, start and learning rate, with the defaults that the signature promises."""
    got = gradient_descent(1.5, lambda t: 2 * (t - 1) ** 2, lambda t: 4 * (t - 1), learning_rate=0.06, max_steps=9)
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    theta = 1 + 0.5 * 0.76 ** np.arange(6)
    checks.close(history["theta"][:6], theta, "theta on another parabola")
    checks.close(history["loss"][:6], 2 * (theta - 1) ** 2, "loss on another parabola")
    checks.close(history["gradient"][:6], 4 * (theta - 1), "gradient on another parabola")
    got = gradient_descent(1.5, lambda t: 2 * (t - 1) ** 2, lambda t: 4 * (t - 1), max_steps=4)
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"][:2], [1.5, 1.48], "theta with the default learning rate")


@checks.claim
def start_in_an_array():
    """A start without dimensions is left alone, and each entry keeps its own theta."""
    start = np.array(0.5)
    got = gradient_descent(start, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25, max_steps=9)
    checks.close(start, 0.5, "start after the call", hint="theta -= ... changes an array in place")
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [0.5, 0.25, 0.125], "theta")


@checks.claim
def calls_do_not_share_a_history():
    """A second call begins a history of its own, and leaves the first as it was."""
    got = gradient_descent(0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25, max_steps=9)
    before = [tuple(entry) for entry in got]
    gradient_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=4)
    checks.length(got, len(before), "entries of the first history after a second call")
    checks.close(got, before, "first history after a second call")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "descent_stops_when_it_is_flat", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def start_at_the_minimum():
    """At a minimum there is nothing to do: the history is the start alone."""
    got = gradient_descent(1.0, lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1))
    checks.length(got, 1, "entries of the history", hint="rules 1 and 2")


@checks.claim
def no_more_than_max_steps():
    """After max_steps steps the history has max_steps + 1 entries."""
    got = gradient_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=7)
    checks.length(got, 8, "entries of the history", hint="rule 3")


### BEGIN HIDDEN TESTS
@checks.claim
def number_of_steps_to_the_tolerance():
    """It stops at the first theta whose gradient is below the tolerance in absolute value, from either side."""
    for start in (1.25, -0.75):
        got = gradient_descent(start, lambda t: 3 * (t - 0.25) ** 2, lambda t: 6 * (t - 0.25), 0.05, tolerance=1e-3)
        # The gradient is 6 * 0.7 ** step, and falls below a thousandth at step 25.
        checks.length(got, 26, f"entries of the history from {start}")


@checks.claim
def default_tolerance():
    """The default tolerance is a millionth, on the gradient."""
    got = gradient_descent(1.0, lambda t: t**2 / 2, lambda t: t, learning_rate=0.5)
    checks.length(got, 21, "entries of the history on a parabola with rate 0.5")


@checks.claim
def default_number_of_steps():
    """Without max_steps it takes up to ten thousand steps."""
    # The derivative of exp is exp, which is not flat here.
    got = gradient_descent(0.0, np.exp, np.exp, learning_rate=1e-5)
    checks.length(got, 10_001, "entries of the history on a slope without end")


@checks.claim
def no_steps_at_all():
    """With max_steps=0 the history is the start alone."""
    got = gradient_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=0)
    checks.length(got, 1, "entries of the history with max_steps=0")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "descent_stays_inside", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def stops_before_the_border():
    """A step that would leave the interval is not taken."""
    got = gradient_descent(0.5, lambda t: -t, lambda t: -1.0, learning_rate=0.6)
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"], [0.5, 1.1, 1.7], "theta", hint="rule 4: the step to 2.3 is not taken")


@checks.claim
def start_outside_is_refused():
    """A start outside the interval raises ValueError."""
    checks.raises(ValueError, gradient_descent, 2.5, lambda t: t, lambda t: 1.0, name="start 2.5")


### BEGIN HIDDEN TESTS
@checks.claim
def other_borders():
    """The interval is the one that is given, closed at both ends, and holds below as above."""
    got = gradient_descent(0.5, lambda t: t, lambda t: 1.0, learning_rate=0.25, interval=(0.0, 1.0))
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"], [0.5, 0.25, 0.0], "theta towards the left border")
    got = gradient_descent(3.0, lambda t: -t, lambda t: -1.0, learning_rate=1.5, interval=(2.5, 4.5))
    history = checks.records(got, ("step", "theta", "loss", "gradient"), "history")
    checks.close(history["theta"], [3.0, 4.5], "theta towards the right border")
    checks.raises(ValueError, gradient_descent, -1.5, lambda t: t, lambda t: 1.0, name="start -1.5")


@checks.claim
def theta_that_is_not_a_number():
    """A next theta that is not a number counts as outside."""
    got = gradient_descent(0.5, lambda t: t, lambda t: np.float64("nan") if t < 0.4 else 0.5, learning_rate=0.3, max_steps=9)
    checks.length(got, 2, "entries of the history before nan", hint="compare so that nan is not inside")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "callbacks_see_every_entry", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def callback_gets_the_history():
    """A callback is called with every entry of the history, the first one too."""
    seen = []
    got = gradient_descent(
        0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25, max_steps=2, callbacks=[lambda *entry: seen.append(entry)]
    )
    checks.equal(len(seen), len(got), "calls of the callback", hint="rule 5")
    columns = ("step", "theta", "loss", "gradient")
    called, history = checks.records(seen, columns, "calls"), checks.records(got, columns, "history")
    for column in columns:
        checks.close(called[column], history[column], f"{column} in the calls")


### BEGIN HIDDEN TESTS
@checks.claim
def several_callbacks_in_order():
    """Several callbacks are called in their order, once for each entry."""
    seen = []
    callbacks = (lambda *entry: seen.append("first"), lambda *entry: seen.append("second"))
    got = gradient_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=2, callbacks=callbacks)
    checks.equal(seen, ["first", "second"] * len(got), "order of the calls")


@checks.claim
def callbacks_see_the_last_entry():
    """The entry at which it stops, because it is flat or at the border, is called back as well."""
    seen = []
    got = gradient_descent(1.0, lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1), callbacks=[lambda *entry: seen.append(entry)])
    checks.equal(len(seen), len(got), "calls for a start at the minimum")
    seen = []
    got = gradient_descent(1.5, lambda t: -t, lambda t: -1.0, learning_rate=0.4, max_steps=100, callbacks=[lambda *entry: seen.append(entry)])
    checks.equal(len(seen), len(got), "calls for a descent that ends at the border", hint="the last entry too")


@checks.claim
def callbacks_watch_while_it_runs():
    """Callbacks are called on the way, not when the descent is over."""
    events = []

    def slope(theta):
        events.append("gradient")
        return 2 * theta

    gradient_descent(0.5, lambda t: t**2, slope, learning_rate=0.25, max_steps=5, callbacks=[lambda *entry: events.append("call")])
    checks.holds("call" in events, "the callback was not called")
    checks.holds("gradient" in events[events.index("call") :], "all gradients were computed before the first call")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "stuck_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C3 (0.5 points): does plain descent get stuck?
#
# **Goal.** Run it from $\theta = -0.95$ with the default learning rate, and look where it ends.
#
# In the picture the path is drawn a little above the curve, and a level higher each time that it turns round. The square marks the start; the star, on the curve, the end. Late, small swings are left out.

# %% tags=["nbval-ignore-output"]
history = gradient_descent(-0.95, loss, gradient)

theta = np.linspace(-1, 2, 601)
figure, axis = plots.new_figure(width=8)
axis.plot(theta, loss(theta), color=plots.COLORS["blue"], label=r"$L(\theta) = \theta\,\cos(\pi\theta)$")
plots.draw_path(axis, loss, [entry[1] for entry in history], label="gradient descent from -0.95")
axis.set(xlabel=r"$\theta$", ylabel=r"$L(\theta)$", title=f"Plain gradient descent: {len(history) - 1} steps (square: start, star: end)")
axis.legend(loc="upper left")
plots.show(
    figure,
    alt="The curve of L starts at 1, has a valley left of 0, a low hill right of 0, a deeper valley near 1 and rises to 2. The path of gradient "
    "descent, drawn a little above the curve with arrows, begins near the left end and ends with a star at the bottom of the first valley it meets.",
)

# %% tags=["nbval-check-output"]
history = gradient_descent(-0.95, loss, gradient)
print(f"plain descent ends after {len(history) - 1} steps at theta = {history[-1][1]:.4f}, loss {history[-1][2]:.4f}")

# %% [markdown]
# Is the descent stuck, that is: is its end a minimum, but not the global one on the interval (True or False)? At which `theta` does it end, and at which lies the
# global minimum? Two decimals are enough; a grid of values of $L$, or the picture and a closer look, will do.

# %% nbgrader={"grade": false, "grade_id": "plain_descent_ends", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Replace each None, and delete the last line.
plain_descent_ends = {"stuck": None, "theta": None, "global_minimum": None}
### BEGIN SOLUTION
plain_descent_ends = {"stuck": True, "theta": -0.274, "global_minimum": 1.090}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "plain_descent_is_placed", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def plain_descent_answers_are_there():
    """Stuck is True or False, and both positions are numbers within the interval (whether they are right is checked later)."""
    checks.choice(plain_descent_ends.get("stuck"), [True, False], "stuck")
    for key in ("theta", "global_minimum"):
        theta = checks.number(checks.answered(plain_descent_ends.get(key), key), key)
        checks.holds(-1 <= theta <= 2, f"{key} lies outside [-1, 2]")


### BEGIN HIDDEN TESTS
@checks.claim
def plain_descent_answers_are_right():
    """The answers are those of the run from -0.95."""
    checks.holds(plain_descent_ends["stuck"], "compare the loss at the end with the lowest point of the curve")
    checks.holds(abs(plain_descent_ends["theta"] + 0.27385) < 0.006, "the end of the descent is elsewhere (print the last entry)")
    checks.holds(abs(plain_descent_ends["global_minimum"] - 1.09041) < 0.006, "the global minimum is elsewhere")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "momentum_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C4 (3 points): add momentum
#
# **Goal.** Let the iterate keep a share of its velocity, as a heavy ball would.
#
# $$v_{t+1} = \beta\, v_t - \eta\, L'(\theta_t), \qquad \theta_{t+1} = \theta_t + v_{t+1}$$
#
# *The trap:* the minus sign sits in $v$, so $v$ is *added*. Two other conventions are in use, and each is as right here as long as you keep to one. They give the same $\theta$ and another number for $v$:
#
# | convention | velocity | position | a push to the right is |
# |---|---|---|---|
# | 1 | $v_{t+1} = \beta v_t - \eta L'(\theta_t)$ | $\theta_{t+1} = \theta_t + v_{t+1}$ | $v_0 > 0$ |
# | 2 | $v_{t+1} = \beta v_t + \eta L'(\theta_t)$ | $\theta_{t+1} = \theta_t - v_{t+1}$ | $v_0 < 0$ |
# | 3 | $v_{t+1} = \beta v_t + L'(\theta_t)$ | $\theta_{t+1} = \theta_t - \eta\, v_{t+1}$ | $v_0 < 0$ |
#
# Whichever you choose, the parameter `start_velocity` means the $v_0$ of convention 1: a displacement, positive to the right. In the others begin with $-$`start_velocity` and $-$`start_velocity`$/\eta$.
#
# The rules of C2 hold, with three differences:
#
# 1. An entry is `(step, theta, velocity, loss, gradient)`: the velocity that led to this theta, in your convention. The first entry holds the start velocity, as it was given or in your convention.
# 2. **Stop when it is flat and the ball is at rest**: $|L'(\theta)| <$ `tolerance` *and* the last displacement $|\theta_t - \theta_{t-1}| <$ `tolerance` (for the first entry: $|$`start_velocity`$|$).
# 3. Callbacks are called as `callback(step, theta, velocity, loss, gradient)`.
#
# From rest at $\theta = 1$ with a gradient that is always 2, a learning rate of 0.1 and $\beta = 0.5$ you should see $\theta = 1, 0.8, 0.5$ and, in the first convention, $v = 0, -0.2, -0.3$.

# %% nbgrader={"grade": false, "grade_id": "momentum_descent", "locked": false, "schema_version": 3, "solution": true, "task": false}
def momentum_descent(
    start,
    loss,
    gradient,
    learning_rate=0.01,
    tolerance=1e-6,
    max_steps=10_000,
    callbacks=(),
    interval=(-1.0, 2.0),
    momentum=0.9,
    start_velocity=0.0,
):
    """Minimise a function of one parameter by gradient descent with momentum (Polyak's heavy ball).

    Parameters
    ----------
    start, loss, gradient, learning_rate, max_steps, interval
        As in ``gradient_descent``.
    tolerance : float
        Stop as soon as both the gradient and the last displacement are below it in absolute value.
    callbacks : sequence of callable
        Each is called as ``callback(step, theta, velocity, loss, gradient)``.
    momentum : float
        The share beta of the velocity that is kept.
    start_velocity : float
        The displacement before the first step; a positive one pushes towards larger theta.

    Returns
    -------
    list of (step, theta, velocity, loss, gradient)

    Raises
    ------
    ValueError
        When ``start`` lies outside the interval.
    """
    ### BEGIN SOLUTION
    low, high = interval
    theta, velocity = float(start), float(start_velocity)
    if not low <= theta <= high:
        raise ValueError(f"start {theta} lies outside the interval from {low} to {high}")
    history = []
    for step in range(max_steps + 1):
        entry = (step, theta, velocity, loss(theta), gradient(theta))
        history.append(entry)
        for callback in callbacks:
            callback(*entry)
        at_rest = abs(entry[4]) < tolerance and abs(velocity) < tolerance
        velocity = momentum * velocity - learning_rate * entry[4]
        if at_rest or not low <= theta + velocity <= high:
            break
        theta = theta + velocity
    return history
    ### END SOLUTION

# %%
# Try momentum_descent here.

# %% nbgrader={"grade": true, "grade_id": "momentum_adds_to_the_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def two_steps_from_rest():
    """From rest under a constant gradient, the second step is longer than the first by beta times the first."""
    got = momentum_descent(1.0, lambda t: 2 * t, lambda t: 2.0, learning_rate=0.1, momentum=0.5, max_steps=4)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [1.0, 0.8, 0.5], "theta", hint="0.8 + beta * (-0.2) - 0.1 * 2")
    checks.close(history["loss"][:3], [2.0, 1.6, 1.0], "loss")
    checks.close(history["gradient"][:3], [2.0, 2.0, 2.0], "gradient")


### BEGIN HIDDEN TESTS
@checks.claim
def momentum_on_a_parabola():
    """On any loss the iterates follow the two-step form of the heavy ball."""
    eta, beta = 0.04, 0.7
    got = momentum_descent(1.4, lambda t: (t - 0.5) ** 2, lambda t: 2 * (t - 0.5), eta, momentum=beta, max_steps=9)
    theta = [1.4, 1.4 - eta * 2 * 0.9]
    while len(theta) < 7:
        theta.append(theta[-1] + beta * (theta[-1] - theta[-2]) - eta * 2 * (theta[-1] - 0.5))
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:7], theta, "theta on a parabola")
    checks.close(history["step"][:7], range(7), "step on a parabola")
    checks.close(history["loss"][:7], (np.array(theta) - 0.5) ** 2, "loss on a parabola")


@checks.claim
def velocity_is_what_moved_theta():
    """The velocity of an entry is the one that led to its theta, in one of the three conventions."""
    eta = 0.04
    got = momentum_descent(1.4, lambda t: (t - 0.5) ** 2, lambda t: 2 * (t - 0.5), eta, max_steps=6, start_velocity=0.05)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    first, velocity = history["velocity"][0], history["velocity"][1:]
    for scale in (1.0, -1.0, -eta):
        if np.allclose(velocity * scale, np.diff(history["theta"]), rtol=1e-6, atol=1e-9):
            break
    else:
        checks.fail("velocity and theta do not belong together (each entry holds the velocity that led to its theta)")
    # As it was given, or as it is in the student's convention.
    checks.holds(np.isclose(first, 0.05) or np.isclose(first * scale, 0.05), "the first entry does not hold the start velocity")


@checks.claim
def default_momentum_is_nine_tenths():
    """The default of momentum is 0.9 and the default of start_velocity 0."""
    got = momentum_descent(1.0, lambda t: 2 * t, lambda t: 2.0, learning_rate=0.1, max_steps=4)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [1.0, 0.8, 0.42], "theta with the defaults")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "momentum_keeps_the_ball_moving", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def moving_ball_on_the_flat():
    """A moving ball keeps moving when the gradient is zero, beta times as far with every step."""
    got = momentum_descent(0.0, lambda t: 0.0, lambda t: 0.0, momentum=0.5, start_velocity=0.8, max_steps=6)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:4], [0.0, 0.4, 0.6, 0.7], "theta", hint="the first step is beta * start_velocity")


@checks.claim
def without_momentum_it_is_plain_descent():
    """With momentum 0 it is plain gradient descent."""
    got = momentum_descent(0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.25, momentum=0.0, max_steps=9)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [0.5, 0.25, 0.125], "theta")


### BEGIN HIDDEN TESTS
@checks.claim
def ball_comes_to_rest():
    """It stops when the gradient and the last displacement are both small, and not before."""
    got = momentum_descent(0.0, lambda t: 0.0, lambda t: 0.0, momentum=0.5, start_velocity=0.8, tolerance=1e-3)
    # The displacement is 0.8 * 0.5 ** step, and falls below a thousandth at step 10.
    checks.length(got, 11, "entries until the ball is at rest")
    got = momentum_descent(0.0, lambda t: 0.0, lambda t: 0.0, momentum=0.5, start_velocity=0.8)
    # It falls below a millionth at step 20.
    checks.length(got, 21, "entries with the default tolerance")
    got = momentum_descent(1.0, lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1))
    checks.length(got, 1, "entries for a ball at rest in the minimum")


@checks.claim
def ball_passes_a_minimum():
    """A ball that passes a minimum with speed rolls on."""
    got = momentum_descent(0.5, lambda t: t**2, lambda t: 2 * t, learning_rate=0.5, momentum=0.5, max_steps=9)
    checks.holds(len(got) > 2, "it stopped at theta = 0, where the gradient is 0 but the last displacement is not")


@checks.claim
def negative_start_velocity_pushes_left():
    """A negative start velocity pushes to the left."""
    got = momentum_descent(1.0, lambda t: 0.0, lambda t: 0.0, momentum=0.5, start_velocity=-0.4, max_steps=4)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:2], [1.0, 0.8], "theta with start velocity -0.4")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "momentum_keeps_the_rules", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def ball_stays_inside():
    """A step that would leave the interval is not taken, and callbacks see every entry."""
    seen = []
    got = momentum_descent(
        0.0, lambda t: -t, lambda t: -1.0, learning_rate=0.5, momentum=0.5, callbacks=[lambda *entry: seen.append(entry)]
    )
    columns = ("step", "theta", "velocity", "loss", "gradient")
    history = checks.records(got, columns, "history")
    checks.close(history["theta"], [0.0, 0.5, 1.25], "theta", hint="the step to 2.125 is not taken")
    checks.length(seen, 3, "calls of the callback")
    called = checks.records(seen, columns, "calls")
    for column in columns:
        checks.close(called[column], history[column], f"{column} in the calls")


@checks.claim
def ball_starts_inside():
    """A start outside the interval raises ValueError."""
    checks.raises(ValueError, momentum_descent, -1.5, lambda t: t, lambda t: 1.0, name="start -1.5")


### BEGIN HIDDEN TESTS
@checks.claim
def ball_in_another_interval():
    """The interval is the one that is given, and nan lies outside."""
    got = momentum_descent(5.0, lambda t: t, lambda t: 1.0, learning_rate=0.5, momentum=0.5, interval=(3.75, 6.0))
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"], [5.0, 4.5, 3.75], "theta down to the border")
    got = momentum_descent(0.5, lambda t: t, lambda t: np.float64("nan"), max_steps=9)
    checks.length(got, 1, "entries when the gradient is nan")


@checks.claim
def ball_takes_no_more_than_max_steps():
    """After max_steps steps the history has max_steps + 1 entries."""
    got = momentum_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=4)
    checks.length(got, 5, "entries of the history")


@checks.claim
def ball_leaves_the_start_alone():
    """A start without dimensions is left alone, and each entry keeps its own theta."""
    start = np.array(1.0)
    got = momentum_descent(start, lambda t: 2 * t, lambda t: 2.0, learning_rate=0.1, momentum=0.5, max_steps=4)
    checks.close(start, 1.0, "start after the call")
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [1.0, 0.8, 0.5], "theta")


@checks.claim
def balls_do_not_share_anything():
    """A second call begins a history of its own, and leaves the first as it was."""
    got = momentum_descent(1.0, lambda t: 2 * t, lambda t: 2.0, learning_rate=0.1, momentum=0.5, max_steps=4)
    before = [tuple(entry) for entry in got]
    momentum_descent(1.5, lambda t: t**2, lambda t: 2 * t, max_steps=2)
    checks.length(got, len(before), "entries of the first history after a second call")
    checks.close(got, before, "first history after a second call")


@checks.claim
def ball_has_the_same_defaults():
    """Learning rate and number of steps have the defaults of the signature."""
    got = momentum_descent(1.5, lambda t: 2 * t, lambda t: 2.0, momentum=0.5, max_steps=4)
    history = checks.records(got, ("step", "theta", "velocity", "loss", "gradient"), "history")
    checks.close(history["theta"][:3], [1.5, 1.48, 1.45], "theta with the default learning rate")
    got = momentum_descent(0.0, np.exp, np.exp, learning_rate=1e-5, momentum=0.5)
    checks.holds(len(got) > 9_000, "stopped too early with the default of max_steps")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "from_rest_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C5 (1.5 points): which momentum escapes from rest?
#
# **Goal.** Find out with which momentum the ball gets from $\theta = -0.95$ over the hill into the deeper valley, without a push.
#
# The first cell below runs six values of $\beta$ with the default learning rate 0.01, the second searches between them. *The trap:* a ball that has crossed $\theta = 0$ is not yet over the hill.

# %% tags=["nbval-check-output"]
BETAS = (0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
HILL = 0.27385  # where L has its local maximum

print("beta   steps   furthest right   end")
for beta in BETAS:
    history = momentum_descent(-0.95, loss, gradient, momentum=beta)
    theta = np.array([float(entry[1]) for entry in history])
    print(f"{beta:4.2f}   {len(history) - 1:5d}   {theta.max():14.3f}   {theta[-1]:6.3f}")

# %% tags=["nbval-ignore-output"]
betas = np.concatenate([np.arange(0.5, 0.9, 0.02), np.arange(0.9, 0.995, 0.005)])
furthest = [max(float(entry[1]) for entry in momentum_descent(-0.95, loss, gradient, momentum=beta)) for beta in betas]

figure, (left, middle, right) = plots.new_figure(1, 3, width=15, height=4.5)
theta = np.linspace(-1, 2, 601)
for axis, beta, color in ((left, 0.9, plots.COLORS["red"]), (middle, 0.95, plots.COLORS["green"])):
    path = [float(entry[1]) for entry in momentum_descent(-0.95, loss, gradient, momentum=beta)]
    axis.plot(theta, loss(theta), color="grey")
    plots.draw_path(axis, loss, path, color=color)
    axis.axvline(HILL, color="black", linestyle=":", label="top of the hill")
    axis.set(xlabel=r"$\theta$", ylabel=r"$L(\theta)$", title=rf"$\beta$ = {beta}, from rest (square: start, star: end)")
    axis.legend(loc="upper center")
right.plot(betas, furthest, "o-", color=plots.COLORS["blue"], markersize=4)
right.axhline(HILL, color="black", linestyle=":", label="top of the hill")
right.set(xlabel=r"momentum $\beta$", ylabel=r"largest $\theta$ on the way", title="How far the ball rolls")
right.legend()
plots.show(
    figure,
    alt="Left and middle: the curve of L with the paths of two balls, beta 0.9 and 0.95, drawn above it, and a line at the top of the hill, theta 0.27. The "
    "table above says how far to the right each gets and where it ends; both swing to and fro about their end. Right: the largest theta on the "
    "way against beta. It grows slowly from -0.27 at 0.5 to 0.2 at 0.92, and jumps from there to 1.4 within one step of the search.",
)

# %% nbgrader={"grade": false, "grade_id": "escapes_from_rest", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Does the ball end in the deeper valley? Replace each None by True or False, and delete the last line.
escapes_from_rest = {0.6: None, 0.7: None, 0.8: None, 0.9: None, 0.95: None, 0.99: None}
### BEGIN SOLUTION
escapes_from_rest = {0.6: False, 0.7: False, 0.8: False, 0.9: False, 0.95: True, 0.99: True}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "escapes_from_rest_are_found", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def every_beta_has_an_answer():
    """Each of the six values of beta is judged True or False (whether rightly is checked later)."""
    for beta in (0.6, 0.7, 0.8, 0.9, 0.95, 0.99):
        checks.choice(escapes_from_rest.get(beta), [True, False], f"escapes_from_rest[{beta}]")


### BEGIN HIDDEN TESTS
@checks.claim
def betas_that_escape():
    """The balls that end in the deeper valley are named, and no others."""
    escaped = [beta for beta, escapes in escapes_from_rest.items() if escapes]
    checks.holds(sorted(escaped) == [0.95, 0.99], "at least one beta is judged wrongly (look at the column 'end' of the table)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_from_rest_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** Why does $\beta = 0.9$ not carry the ball over the hill, and why does 0.95?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).**
#
# - 0.5 points: energy or speed argument: the ball gains speed on the way down from L = 0.94 to -0.18 and would have enough height to cross the hill at 0.18, but friction takes the share 1 - beta of its velocity in each step; with 0.9
#   too little is left after the several steps that the way takes (the ball climbs to 0.09 only).
# - 0.5 points: with 0.95 only half as much is lost per step (velocity is remembered over about 1 / (1 - beta) steps: 20 instead of 10), which is enough; or a threshold between 0.9 and 0.95 (it is 0.924) read from the picture with this reason.
#
# "0.95 is larger, so it is faster" without loss of velocity or memory: 0.25.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_from_rest", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# The ball starts high: $L(-0.95) = 0.94$, the hill is only $0.18$ high. Without friction it would roll over it. But each step keeps only the share $\beta$ of the velocity: the loss of $1 - \beta$ per step acts
# as friction, and the ball remembers its way for about $1/(1-\beta)$ steps.
#
# With $\beta = 0.9$ that is ten steps, about as many as the way down takes, so a good part of the speed is gone when the ball reaches the bottom at $-0.27$; it climbs to $\theta = 0.09$, short of the top at $0.27$, rolls back and comes to rest in the first valley.
# With $0.95$ it loses half as much per step, arrives faster and passes the top. The search shows the border near $\beta = 0.924$. (Much smaller values, such as 0.6, behave almost like plain descent.)

# %% [markdown] nbgrader={"grade": false, "grade_id": "start_velocity_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C6 (1 point): give the ball a push
#
# **Goal.** See what a start velocity does, with the same start and learning rate.
#
# In the table, *stopped at the border* means that the next step would have led out of $[-1, 2]$ (rule 4 of C2), wherever the last point is. An answer may occur several times or never.

# %% tags=["nbval-check-output"]
print("beta   steps   last theta   gradient there   next theta would be")
for beta in (0.6, 0.7, 0.8, 0.9):
    history = momentum_descent(-0.95, loss, gradient, momentum=beta, start_velocity=1.0)
    if len(history) < 2:
        print(f"{beta:4.2f}   no step was taken")
        continue
    theta, slope = float(history[-1][1]), float(history[-1][4])
    next_theta = theta + beta * (theta - float(history[-2][1])) - 0.01 * slope
    print(f"{beta:4.2f}   {len(history) - 1:5d}   {theta:10.3f}   {slope:14.4f}   {next_theta:19.3f}")

# %% tags=["nbval-ignore-output"]
figure, axes = plots.new_figure(1, 2, width=12, height=4.5)
theta = np.linspace(-1, 2, 601)
for axis, beta, color in zip(axes, (0.6, 0.8), (plots.COLORS["green"], plots.COLORS["red"])):
    path = [float(entry[1]) for entry in momentum_descent(-0.95, loss, gradient, momentum=beta, start_velocity=1.0)]
    axis.plot(theta, loss(theta), color="grey")
    plots.draw_path(axis, loss, path, color=color)
    axis.set(xlabel=r"$\theta$", ylabel=r"$L(\theta)$", title=rf"$\beta$ = {beta}, pushed with velocity 1 (square: start, star: end)")
plots.show(
    figure,
    alt="The curve of L with the paths of two balls drawn over it, both from -0.95 with start velocity 1. Left, beta 0.6: a first step down into the first valley, "
    "shorter steps over the hill, and an end about which it hardly swings. Right, beta 0.8: six steps, always to the right, the first four of them long. The table above says where they end.",
)

# %% nbgrader={"grade": false, "grade_id": "after_a_push", "locked": false, "schema_version": 3, "solution": true, "task": false}
# What becomes of the ball with start velocity 1?
# Replace each None by "first valley", "deeper valley" or "stopped at the border", and delete the last line.
after_a_push = {0.6: None, 0.7: None, 0.8: None, 0.9: None}
### BEGIN SOLUTION
after_a_push = {0.6: "deeper valley", 0.7: "deeper valley", 0.8: "stopped at the border", 0.9: "stopped at the border"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "pushes_are_judged", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def every_push_has_an_answer():
    """Each of the four values of beta has one of the three answers (whether it is right is checked later)."""
    for beta in (0.6, 0.7, 0.8, 0.9):
        checks.choice(
            after_a_push.get(beta), ["first valley", "deeper valley", "stopped at the border"], f"after_a_push[{beta}]"
        )


### BEGIN HIDDEN TESTS
@checks.claim
def pushes_end_where_they_end():
    """The answers are those of the runs."""
    deeper = [beta for beta, answer in after_a_push.items() if answer == "deeper valley"]
    leaves = [beta for beta, answer in after_a_push.items() if answer == "stopped at the border"]
    checks.holds(
        (sorted(deeper), sorted(leaves)) == ([0.6, 0.7], [0.8, 0.9]),
        "at least one answer is wrong (a last gradient that is not small means that the run was stopped at the border)",
    )
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_push_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (0.5 points).** A textbook says "momentum 0.6 escapes from this local minimum". In which of your runs of C5 and C6 is that true? Name three things that such a statement must say besides the factor and the function.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (0.5 points).**
#
# - 0.25 points: from rest it is false; with a start velocity of 1 it is true (undisturbed, the push alone moves the ball by beta / (1 - beta) = 1.5).
# - 0.25 points: it must name the start velocity (with its convention of sign and scale), the start and the learning rate, besides the factor; two of the three are enough.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_push", "locked": false, "points": 0.5, "schema_version": 3, "solution": true, "task": false}
# From rest it is false: 0.6 ends in the first valley. It is true for a start velocity of 1, when the push alone, $\beta + \beta^2 + \dots = \beta/(1-\beta) = 1.5$, carries the ball across. With 0.8 and more the same push throws it out of the interval. A statement about momentum
# must name the factor, the start velocity with its convention of sign and scale, the start and the learning rate.

# %% [markdown]
# ---
# ## On your own
#
# - Find the momentum, to three decimals, at which the ball first escapes from rest. Does the border depend on the learning rate?
# - Write Nesterov's version, which takes the gradient at $\theta + \beta v$, and compare the two in the picture of C5.
# - Let the learning rate fall while descending in minibatches (B1), and see whether the smallest batches settle lower.
