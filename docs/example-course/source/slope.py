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
# # The slope of a line, by gradient descent
#
# **6 points, about twenty minutes, NumPy only.**
#
# Measurements lie on a line through the origin, $y = w\,x$, and scatter about it. You will find $w$ by stepping downhill on the loss
#
# $$L(w) = \frac{1}{n} \sum_{i=1}^{n} (w\,x_i - y_i)^2.$$
#
# Cells that begin with `@checks.claim` are tests; run them as often as you like. After you submit, they go on with further examples.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import numpy as np

from assay import checks


def measurements(w, number, rng):
    """That many points (x, y) about the line with slope w."""
    x = rng.uniform(-1, 1, number)
    return x, w * x + rng.normal(0, 0.2, number)


# %% [markdown]
# ---
# ## Part A (2 points): the gradient
#
# **Goal.** The derivative of $L$ with respect to $w$. *The trap:* the square brings a factor down.

# %% nbgrader={"grade": false, "grade_id": "gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient(w, x, y):
    """Return dL/dw at w, a number, for arrays x and y of shape (n,)."""
    ### BEGIN SOLUTION
    return float(np.mean(2 * (w * x - y) * x))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "gradient_is_that_of_the_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def gradient_is_zero_at_the_bottom():
    """Where every point lies on the line, the gradient is zero."""
    x = np.array([1.0, 2.0, -3.0])
    checks.close(gradient(0.5, x, 0.5 * x), 0.0, "gradient(0.5, x, 0.5 x)")


### BEGIN HIDDEN TESTS
@checks.claim
def gradient_agrees_with_the_loss():
    """The gradient agrees with the difference quotient of the loss."""
    x, y = measurements(-1.5, 20, np.random.default_rng(1))
    for w in (-2.0, 0.0, 0.7):
        expected = (np.mean(((w + 1e-4) * x - y) ** 2) - np.mean(((w - 1e-4) * x - y) ** 2)) / 2e-4
        checks.close(gradient(w, x, y), expected, f"gradient({w}, x, y)", hint="mind the factor 2 and the mean")
### END HIDDEN TESTS


# %% [markdown]
# ---
# ## Part B (3 points): descend, one example at a time
#
# **Goal.** Start at $w = 0$. In each step draw one example and move $w$ against the gradient of its loss, $w \leftarrow w - \eta\, g$.
# The gradient function is given to yours, so that a slip in part A costs nothing here. *The trap:* all randomness comes from `rng`.

# %% nbgrader={"grade": false, "grade_id": "descend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend(gradient, x, y, learning_rate, num_steps, rng):
    """Return the slope after num_steps steps; gradient(w, x, y) takes arrays, here of one example each."""
    ### BEGIN SOLUTION
    w = 0.0
    for _ in range(num_steps):
        i = rng.integers(len(x))
        w -= learning_rate * gradient(w, x[i : i + 1], y[i : i + 1])
    return w
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "descent_arrives", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def true_gradient(w, x, y):
    return 2 * np.mean((w * x - y) * x)


@checks.claim
def one_step_is_right():
    """From 0, one step with learning rate 0.25 on the only example (1, 1) leads to 0.5."""
    one = np.ones(1)
    checks.close(descend(true_gradient, one, one, 0.25, 1, np.random.default_rng(0)), 0.5, "w after one step")


### BEGIN HIDDEN TESTS
@checks.claim
def descent_finds_the_slope():
    """After 300 steps the slope is found, but for the noise of the examples."""
    rng = np.random.default_rng(2)
    x, y = measurements(2.0, 200, rng)
    found = descend(true_gradient, x, y, 0.05, 300, rng)
    error = 100 * abs(found / 2.0 - 1)
    checks.at_most(error, 20, "error of the slope in per cent", hint="are all steps taken, on examples drawn anew?")


@checks.claim
def chance_comes_from_rng():
    """Another state of rng draws other examples."""
    x, y = measurements(2.0, 200, np.random.default_rng(3))
    slopes = [descend(true_gradient, x, y, 0.05, 40, np.random.default_rng(seed)) for seed in (4, 5)]
    checks.holds(slopes[0] != slopes[1], "the result is the same for two states of rng (is another generator used?)")
### END HIDDEN TESTS


# %% [markdown] nbgrader={"grade": false, "grade_id": "why_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ## Part C (1 point): why it does not come to rest
#
# Why does $w$ go on moving when it has arrived, and what makes it move less?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point).**
#
# - 0.5 points: the gradient of one example is not zero at the best $w$, only their mean is.
# - 0.5 points: a smaller (or falling) learning rate, or more examples in a step.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# At the best $w$ the mean of the examples' gradients is zero, but each of them is not: every step goes towards the slope of one example. A smaller
# learning rate, one that falls, or a mean over several examples makes the steps smaller.
