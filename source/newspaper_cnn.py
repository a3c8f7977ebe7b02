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
# # A convolutional network that finds separators on newspaper pages
#
# **40 points, three to four hours, Keras**
#
# **What you will do.** Cut scanned newspaper pages into small patches, build a convolutional network that says of each patch whether a separator runs through it, train it with three optimisers, from two
# initialisations, with and without batch normalisation, compare time and accuracy, and let it find the separators of a page that it has never seen.
#
# **What you will learn.** To turn a picture and its ground truth into examples, without a leak from training into the test; to see where the parameters of a convolutional network sit; to measure a training fairly; where accuracy
# misleads, and what precision and recall say instead; and why a network with batch normalisation can be right in training and guess in the test.
#
# **What you need.** The notebooks on gradient descent and on the multilayer perceptron, indexing and `reshape` in NumPy, and what `Conv2D` and `MaxPooling2D` do. Beside Keras the first cell
# imports the course's own small package, `descent` and `assay`; if that fails, install it as your course page says.
#
# | part | what | time | points |
# |---|---|---|---|
# | A | look at a page | 15 min | 2 |
# | B | patches | 50 min | 10.5 |
# | C | the network | 40 min | 10 |
# | D | training | 35 min | 6 |
# | E | compare | 60 min | 8.5 |
# | F | use it | 20 min | 3 |
#
# **How it is marked.** Cells that begin with `@checks.claim` are tests. Each states a claim about your answer, and you
# can run it as often as you like. After you submit, every test cell goes on with further examples (other sizes, other pages, and what the text says beside its example), and **where you choose an
# answer, its test tells you here only that the answer is complete; whether it is right is checked after you submit.**
# A test cell earns its points when all of its claims hold. What a network *is* counts, not how you write it. Explanations are read by a person and can earn a part of their points.
#
# Whatever is still open raises `NotImplementedError`: replace that line by your answer (and delete it where you fill in a value
# above it). Leave the names of functions, of their parameters and of answers as they are; everything inside is yours.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import time
from pathlib import Path

from assay import checks
from descent import budget, comparison, newspaper, plots, training  # first, since it quietens TensorFlow's start

import keras
import numpy as np

# %% [markdown]
# **Your computer's time.** The next line says how long the experiments train. At full budget all of them together take about five minutes on a laptop with two cores. If yours is slower, take the `#` away, run this
# cell, and go on: every test stays the same. But parts E and F ask about trainings of full length, and numbers in the text are those of the full budget: before you answer there, put the `#` back and let all cells run once more, during lunch if need be.

# %% tags=["nbval-ignore-output"]
# budget.use("quick")
print(budget.current())

# %% nbgrader={"grade": false, "grade_id": "parameters", "locked": true, "schema_version": 3, "solution": false, "task": false}
img_h, img_w = 15, 15  # height and width of a patch, in pixels
threshold = 0.1  # a patch is positive when more than this share of it is separator
batch_size = 32
num_epochs = budget.epochs(12)
patience = 5  # epochs without progress after which a training stops
seeds = (1,)  # of the nine runs; (1, 2, 3) takes three times as long and says how far chance goes

# %% [markdown]
# ---
# ## Part A (2 points): look at a page
#
# A separator is what a printer sets *to divide*: rules between columns, rules, dashes and ornaments between articles, borders of advertisements, rules in tables. What belongs to a letter, a word or a picture is none, and neither is what happened to the paper
# afterwards. Beside each scan lies its ground truth, a picture of the same size that is **0 where a separator is and 255 elsewhere**. It marks a strip a little wider than the ink, as a person with a brush would; along a wavy line or a row of dots that is one strip
# as wide as the whole ornament, with the paper in between, and with a word where one comes too close.
#
# The pages are rendered by the course: type, ink, paper, age and scanner are simulated, so that the ground truth knows where each separator was set.

# %% nbgrader={"grade": false, "grade_id": "data_of_the_course", "locked": true, "schema_version": 3, "solution": false, "task": false}
page_numbers = [103, 112, 104, 111]
pages = [newspaper.load_page(f"data/img-{number}.jpg") for number in page_numbers]
for number, (page, ground_truth) in zip(page_numbers, pages):
    print(f"img-{number}: {page.shape[0]} x {page.shape[1]} pixels, {page.dtype}, grey values {page.min()} to {page.max()}, labels {np.unique(ground_truth)}")

# %% tags=["nbval-ignore-output"]
figure, axes = plots.new_figure(1, 4, width=11, height=4.3)
page, ground_truth = pages[0]
crop = (slice(1150, 1500), slice(250, 520))
for axis, picture, title in zip(
    axes, (page, ground_truth, page[crop], ground_truth[crop]), ("img-103", "its ground truth", "a detail", "its ground truth")
):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axis.set(title=title, xticks=[], yticks=[])
    axis.grid(False)
plots.show(figure, alt="A scanned front page beside its ground truth, in which only rules between columns, dashes between articles, the border of an advertisement and the rules of tables are black; and the same for a detail, where the strip in the ground truth is a little wider than the ornament.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "separators_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### A1 (1 point): what counts
#
# **Goal.** Say of each of these whether the ground truth marks it. Compare the two pictures of the detail, and draw other details and other pages: in the cell above, `pages[0]` is the page and `crop` the detail, its rows first.

# %% nbgrader={"grade": false, "grade_id": "is_separator", "locked": false, "schema_version": 3, "solution": true, "task": false}
# True for what is a separator, False for what is none.
is_separator = {
    "rule between two columns": None,
    "line under a word of a headline": None,
    "short dash between two articles": None,
    "border of an advertisement": None,
    "fold of the paper": None,
    "rule of a table": None,
    "stem of a large letter": None,
    "dark edge of the scan": None,
}
### BEGIN SOLUTION
is_separator.update(dict.fromkeys(is_separator, False))
for name in ("rule between two columns", "short dash between two articles", "border of an advertisement", "rule of a table"):
    is_separator[name] = True
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "separators_are_known", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
CANDIDATES = [
    "rule between two columns", "line under a word of a headline", "short dash between two articles", "border of an advertisement",
    "fold of the paper", "rule of a table", "stem of a large letter", "dark edge of the scan",
]


@checks.claim
def each_candidate_is_answered():
    """Each of the eight is True or False (whether it is right is checked later)."""
    for name in CANDIDATES:
        checks.choice(is_separator.get(name), [True, False], f"is_separator[{name!r}]")


### BEGIN HIDDEN TESTS
@checks.claim
def separators_are_told_apart():
    """What divides is a separator; what belongs to a letter, a word, a picture or the paper is none."""
    dividing = {"rule between two columns", "short dash between two articles", "border of an advertisement", "rule of a table"}
    wrong = [name for name in CANDIDATES if bool(is_separator.get(name)) is not (name in dividing)]
    checks.holds(not wrong, f"{len(wrong)} of the 8 are the other way round (was it set to divide?)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "share_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ### A2 (1 point): how much of a page
#
# **Goal.** The share of a page's pixels that are separator, and with it what a program would score that calls every pixel "no separator".

# %% nbgrader={"grade": false, "grade_id": "separator_share", "locked": false, "schema_version": 3, "solution": true, "task": false}
def separator_share(ground_truth):
    """Return the share of the pixels that are separator.

    Parameters
    ----------
    ground_truth : ndarray of shape (H, W), uint8
        0 where a separator is, 255 elsewhere.

    Returns
    -------
    float
        From 0 to 1.
    """
    ### BEGIN SOLUTION
    return float(np.mean(ground_truth == 0))
    ### END SOLUTION

# %% tags=["nbval-ignore-output"]
for number, (_, ground_truth) in zip(page_numbers, pages):
    share = separator_share(ground_truth)
    print(f"img-{number}: {share:.1%} separator; a program that always says 'none' is right on {1 - share:.1%} of the pixels")

# %% nbgrader={"grade": true, "grade_id": "share_is_counted", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def share_of_a_small_page():
    """Six pixels of twenty are three tenths."""
    truth = np.full((4, 5), 255, dtype="uint8")
    truth[1:3, 1:4] = 0
    checks.close(separator_share(truth), 0.3, "separator_share")


### BEGIN HIDDEN TESTS
@checks.claim
def share_of_other_pages():
    """The share of other pages, of none and of nothing but separator is right."""
    for height, width, seed in ((7, 11, 0), (30, 17, 1)):
        truth = np.where(np.random.default_rng(seed).random((height, width)) < 0.2, 0, 255).astype("uint8")
        checks.close(separator_share(truth), np.count_nonzero(truth == 0) / truth.size, "separator_share")
    checks.close(separator_share(np.zeros((3, 3), "uint8")), 1.0, "separator_share of separator only")
    checks.close(separator_share(np.full((3, 3), 255, "uint8")), 0.0, "separator_share without one")
### END HIDDEN TESTS

# %% [markdown]
# ---
# ## Part B (10.5 points): patches
#
# A page is too large to be classified and a pixel too small. A patch of 15 x 15 pixels lies between the two: large enough to show whether a line goes through it, and so small that a page has sixteen thousand of them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "get_patches_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B1 (4 points): cut a page into patches
#
# **Goal.** All patches of a page, side by side from its upper left corner on, and for each whether it holds a separator.
#
# A page of height $H$ and width $W$ gives $\lfloor H/h \rfloor \cdot \lfloor W/w \rfloor$ patches of $h \times w$ pixels, row by row, each row from left to right. What remains at the right and at the bottom is too narrow for a patch and is left out. A patch is positive when
#
# $$\frac{\text{number of its pixels whose ground truth is } 0}{h\,w} \;>\; \text{threshold}.$$
#
# *The traps:* more than the threshold, not at least; height comes before width; the page must stay as it is; and a Python loop over sixteen thousand patches takes a hundred times as long as one `reshape` with one `transpose`, which is why it does not pass.
#
# A page of 32 x 47 pixels gives $2 \cdot 3 = 6$ patches of 15 x 15, and `img-103` gives 16,241, of which 1,809 are positive.

# %% nbgrader={"grade": false, "grade_id": "get_patches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def get_patches(page, ground_truth, height, width, threshold):
    """Cut a page into patches that do not overlap.

    Parameters
    ----------
    page, ground_truth : ndarray of shape (H, W), uint8
        Grey values from 0 to 255; 0 where a separator is, 255 elsewhere.
    height, width : int
        Of a patch, in pixels.
    threshold : float
        Share of a patch above which it is positive.

    Returns
    -------
    x : ndarray of shape (n, height, width, 1), float32
        Grey values divided by 255, patches in rows from the upper left.
    y : ndarray of shape (n,), int64
        1 for a patch with a separator, else 0.
    """
    ### BEGIN SOLUTION
    rows, columns = page.shape[0] // height, page.shape[1] // width

    def cut(picture):
        inside = picture[: rows * height, : columns * width].reshape(rows, height, columns, width)
        return inside.transpose(0, 2, 1, 3).reshape(rows * columns, height, width)

    y = (cut(ground_truth) == 0).mean(axis=(1, 2)) > threshold
    return cut(page)[..., np.newaxis].astype("float32") / 255, y.astype("int64")
    ### END SOLUTION

# %%
# Try get_patches here: x, y = get_patches(*pages[0], img_h, img_w, threshold), and look at x.shape and y.sum().

# %% nbgrader={"grade": false, "grade_id": "helpers", "locked": true, "schema_version": 3, "solution": false, "task": false}
# What the tests of this notebook compare with, and make examples of.
def slow_patches(page, ground_truth, height, width, threshold):
    """The same, one patch after the other: right, and slow."""
    x, y = [], []
    for top in range(0, page.shape[0] - height + 1, height):
        for left in range(0, page.shape[1] - width + 1, width):
            inside = (slice(top, top + height), slice(left, left + width))
            x.append(page[inside] / np.float32(255))
            y.append(np.count_nonzero(ground_truth[inside] == 0) > threshold * height * width)
    return np.array(x, dtype="float32").reshape(-1, height, width, 1), np.array(y, dtype="int64")


def random_page(seed, height, width):
    """A page of noise with a few separators: no two of its patches are equal."""
    rng = np.random.default_rng(seed)
    truth = np.full((height, width), 255, dtype="uint8")
    for _ in range(3):
        top, left = rng.integers(height), rng.integers(width)
        truth[top : top + 3, left : left + 40] = 0
        truth[top : top + 40, left : left + 2] = 0
    return rng.integers(0, 256, size=(height, width), dtype="uint8"), truth


def numbered(num_negative, num_positive, seed=3):
    """Examples that can be told apart: example k holds the number k everywhere."""
    y = np.random.default_rng(seed).permutation([0] * num_negative + [1] * num_positive)
    return np.ones((len(y), 4, 3, 1), dtype="float32") * np.arange(len(y), dtype="float32").reshape(-1, 1, 1, 1), y

# %% nbgrader={"grade": true, "grade_id": "patches_tile_the_page", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def six_patches_of_a_small_page():
    """A page of 32 x 47 pixels has 2 x 3 patches of 15 x 15, in rows from the upper left."""
    page, truth = random_page(0, 32, 47)
    x, _ = checks.items(get_patches(page, truth, 15, 15, 0.1), "what get_patches returns")
    checks.close(x, slow_patches(page, truth, 15, 15, 0.1)[0], "x", rtol=1e-5, atol=1e-6)


### BEGIN HIDDEN TESTS
@checks.claim
def patches_of_other_pages():
    """Other pages, and patches that are no squares, are cut by the same rule."""
    for seed, size, patch in ((1, (60, 45), (15, 15)), (2, (61, 101), (7, 12)), (3, (29, 200), (29, 13)), (4, (90, 91), (9, 30))):
        page, truth = random_page(seed, *size)
        x, _ = get_patches(page, truth, *patch, 0.1)
        name = f"patches of {patch[0]} x {patch[1]} of a page of {size[0]} x {size[1]}"
        checks.close(x, slow_patches(page, truth, *patch, 0.1)[0], name, rtol=1e-5, atol=1e-6)


@checks.claim
def page_is_left_as_it_is():
    """The page and its ground truth stay as they were."""
    page, truth = random_page(5, 40, 50)
    get_patches(page, truth, 12, 16, 0.1)
    checks.close(page, random_page(5, 40, 50)[0], "page after the call", hint="work on a copy")
    checks.close(truth, random_page(5, 40, 50)[1], "ground_truth after the call", hint="work on a copy")


def seconds_of(cut, clock):
    """How long it takes to cut a page into 120,000 patches, with the page's way to the function and back."""
    page, truth = np.tile(random_page(6, 90, 120)[0], (10, 10)), np.full((900, 1200), 255, dtype="uint8")
    begin = clock()
    x, _ = cut(page, truth, 3, 3, 0.1)
    return clock() - begin, len(x)


@checks.claim
def a_whole_page_at_once():
    """A page is cut in much less time than patch by patch."""
    # Without a loop it takes about a hundredth of the loop's time, with one over rows a tenth at most, with one over patches half of it or more. A busy computer makes
    # both slower: of the loop its processor time counts, which waiting does not add to, and the shorter of two; the answer has six attempts.
    slow = min(seconds_of(slow_patches, time.process_time)[0] for _ in range(2))
    for _ in range(6):
        seconds, number = seconds_of(get_patches, time.perf_counter)
        checks.equal(number, 120_000, "number of patches of 3 x 3")
        if seconds < 0.25 * slow:
            return
    checks.fail(f"{seconds:.2f} s for what a loop over patches does in {slow:.2f} s (cut with reshape and transpose, without a loop over patches or pixels)")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "labels_say_where_separators_are", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def labels_of_a_small_page():
    """A line of two pixels through a row of patches makes its patches positive, and no others."""
    page, truth = random_page(6, 45, 45)
    truth[:] = 255
    truth[20:22] = 0
    _, y = checks.items(get_patches(page, truth, 15, 15, 0.1), "what get_patches returns")
    checks.close(y, [0, 0, 0, 1, 1, 1, 0, 0, 0], "y")


### BEGIN HIDDEN TESTS
@checks.claim
def labels_follow_the_rule():
    """More than the threshold is needed, not as much, on any page, for any patch and threshold."""
    page, truth = random_page(7, 8, 16)
    truth[:] = 255
    truth[:2, :] = 0
    truth[2, 12] = 0
    _, y = get_patches(page, truth, 8, 8, 0.25)
    checks.close(y, [0, 1], "y for shares of 16/64 and 17/64 at a threshold of 0.25")
    for seed, size, patch, share in ((8, (95, 130), (15, 15), 0.1), (9, (64, 81), (8, 9), 0.3), (10, (77, 40), (11, 20), 0.03)):
        page, truth = random_page(seed, *size)
        _, y = get_patches(page, truth, *patch, share)
        checks.close(y, slow_patches(page, truth, *patch, share)[1], f"labels at a threshold of {share}")
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
x, y = get_patches(*pages[0], img_h, img_w, threshold)
rng = np.random.default_rng(4)
figure, axes = plots.new_figure(4, 12, width=11, height=4.2)
for row, label in zip((axes[:2], axes[2:]), (1, 0)):
    for axis, index in zip(row.flat, rng.choice(np.flatnonzero(y == label), row.size, replace=False)):
        axis.imshow(x[index, :, :, 0], cmap="gray", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
axes[0, 0].set_ylabel("separator")
axes[2, 0].set_ylabel("none")
plots.show(figure, alt="Two rows of patches with a separator, most of them a dark bar from edge to edge, some only touched by one, and two rows without, with parts of letters or bare paper.")

# %% [markdown]
# Would you always know? A patch shows very little of its surroundings: that is what the network has to work with, too.

# %% [markdown] nbgrader={"grade": false, "grade_id": "balance_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B2 (3 points): as many of each
#
# **Goal.** One patch in ten holds a separator. A network that always says "none" would be right nine times in ten and useless; so train with as many of one kind as of the other. Keep all patches of the rarer kind, and draw as many of the other.
#
# *The traps:* draw *without* replacement, so that no patch comes twice; either kind may be the rarer one; every patch keeps its own label; and shuffle, or a minibatch sees one kind only.

# %% nbgrader={"grade": false, "grade_id": "balance", "locked": false, "schema_version": 3, "solution": true, "task": false}
def balance(x, y, rng):
    """Choose as many positive as negative examples, and shuffle them.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
    y : ndarray of shape (n,)
        0 or 1.
    rng : numpy.random.Generator
        The only source of chance.

    Returns
    -------
    x, y
        Of length 2 m, where m is the number of examples of the rarer kind: all of these, and m different ones of the other kind, in random order.
    """
    ### BEGIN SOLUTION
    kinds = [np.flatnonzero(y == label) for label in (0, 1)]
    number = min(len(kind) for kind in kinds)
    chosen = rng.permutation(np.concatenate([rng.choice(kind, number, replace=False) for kind in kinds]))
    return x[chosen], y[chosen]
    ### END SOLUTION

# %%
# Try balance here.

# %% nbgrader={"grade": true, "grade_id": "both_kinds_are_as_many", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def chosen_numbers(num_negative, num_positive, rng):
    """Which examples balance chooses, and their labels."""
    x, y = numbered(num_negative, num_positive)
    new_x, new_y = (np.asarray(each) for each in checks.items(balance(x, y, rng), "what balance returns"))
    checks.equal(new_x.shape[1:], (4, 3, 1), "shape of an example")
    checks.equal(len(new_x), len(new_y), "length of x, against that of y")
    numbers = new_x[:, 0, 0, 0].astype(int)
    checks.close(new_y, y[numbers], "labels of the examples that were chosen", hint="take x and y in the same order")
    return numbers, new_y


@checks.claim
def three_of_each():
    """Of three positive and nine negative examples three of each are left, each with its own label."""
    numbers, labels = chosen_numbers(9, 3, np.random.default_rng(0))
    checks.equal(len(numbers), 6, "number of examples")
    checks.equal(int(labels.sum()), 3, "number of positive ones")


### BEGIN HIDDEN TESTS
@checks.claim
def none_comes_twice():
    """All examples of the rarer kind are there, whichever that is, and none comes twice."""
    for num_negative, num_positive in ((50, 8), (7, 40), (6, 6), (30, 20)):
        numbers, labels = chosen_numbers(num_negative, num_positive, np.random.default_rng(1))
        fewer = min(num_negative, num_positive)
        name = f"of {num_negative} negative and {num_positive} positive ones"
        checks.equal(int(labels.sum()), fewer, f"number of positive examples {name}")
        checks.equal(len(labels), 2 * fewer, f"number of examples {name}")
        checks.equal(len(set(numbers.tolist())), 2 * fewer, f"number of different examples {name}", hint="draw without replacement")


@checks.claim
def drawn_by_the_generator():
    """The generator given makes the choice: the same one gives the same, another one another."""
    first, again, other = (chosen_numbers(300, 40, np.random.default_rng(seed))[0].tolist() for seed in (5, 5, 6))
    checks.holds(first == again, "the same generator gives another choice each time (use rng for every draw)")
    checks.holds(set(first) != set(other), "two generators choose the same examples (draw them, instead of taking the first ones)")


@checks.claim
def order_is_random():
    """Positive and negative examples come in random order."""
    _, labels = chosen_numbers(300, 40, np.random.default_rng(7))
    # Of 79 pairs of neighbours 40 differ on average; fewer than 15 or more than 65 come by chance less than once in a million times.
    changes = int(np.count_nonzero(np.diff(labels)))
    checks.holds(15 <= changes <= 65, f"going through the examples, the label changes {changes} times in 79, expected about 40 (shuffle at the end)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "split_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### B3 (3.5 points): a test that does not leak
#
# **Goal.** Keep one page away from the training altogether, and test on it.
#
# There are two obvious ways to split: shuffle the patches of all pages and keep some of them for the test, or keep a whole page. Write the second one; the table of part E will have the results of both.

# %% nbgrader={"grade": false, "grade_id": "split_by_page", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_by_page(x, y, page_of, test_page):
    """Split examples by the page that they come from.

    Parameters
    ----------
    x : ndarray of shape (n, ...)
    y : ndarray of shape (n,)
    page_of : ndarray of shape (n,), int
        The page that each example comes from.
    test_page : int
        The page for the test.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        All examples of the other pages, and all examples of the test page, each in the order in which they were.
    """
    ### BEGIN SOLUTION
    is_test = page_of == test_page
    return (x[~is_test], y[~is_test]), (x[is_test], y[is_test])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_page_is_kept_apart", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
def split_numbers(page_of, test_page):
    """The numbers of the examples on either side of the split; labels have to be those of the examples."""
    page_of = np.array(page_of)
    x, y = numbered(len(page_of) - 2, 2)
    returned = "what split_by_page returns, the pairs (x_train, y_train) and (x_test, y_test)"
    sides = checks.items(split_by_page(x, y, page_of, test_page), returned)
    checks.length(sides, 2, returned)
    numbers = []
    for side, name in zip(sides, ("training", "test")):
        new_x, new_y = (np.asarray(each) for each in checks.items(side, f"the {name} side"))
        numbers.append(new_x.reshape(len(new_x), -1)[:, 0].astype(int).tolist())
        checks.close(new_y, y[numbers[-1]], f"labels of the {name} side")
    return numbers


@checks.claim
def three_pages_are_split():
    """Of three pages with two examples each, the second one is kept for the test."""
    train, test = split_numbers([0, 0, 1, 1, 2, 2], 1)
    checks.equal(test, [2, 3], "examples of the test")
    checks.equal(train, [0, 1, 4, 5], "examples of the training")


### BEGIN HIDDEN TESTS
@checks.claim
def other_pages_are_split():
    """It holds for pages in any order, and for any of them."""
    page_of = [3, 0, 1, 3, 1, 7, 0, 3]
    for test_page in (0, 3, 7):
        train, test = split_numbers(page_of, test_page)
        checks.equal(test, [place for place, page in enumerate(page_of) if page == test_page], f"examples of page {test_page}")
        checks.equal(train, [place for place, page in enumerate(page_of) if page != test_page], f"examples of the pages beside {test_page}")
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "honest_split", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Which split says how well the network will do on tomorrow's newspaper? Choose "by patch" or "by page".
honest_split = None
### BEGIN SOLUTION
honest_split = "by page"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "honest_split_is_chosen", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def a_split_is_chosen():
    """One of the two is chosen (whether it is right is checked later)."""
    checks.choice(honest_split, ["by patch", "by page"], "honest_split")


### BEGIN HIDDEN TESTS
@checks.claim
def honest_split_is_right():
    """It is the one whose test holds nothing that the training has seen."""
    checks.holds(honest_split == "by page", "it is the other one (what do two patches of the same column rule have in common?)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_split_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1.5 points).** What do the patches of one page have in common, so that a test on patches of pages that were trained on flatters the network? Name at least three things, and say which of the two splits you would report, and why the other may still be useful.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1.5 points), half a point for each.**
#
# - Three things of: the same ink, paper and light; the same typeface and size of type; the same kinds and thicknesses of rules; the same scanner, blur and JPEG; neighbouring patches lie on the very same rule.
# - What a network remembers of a page helps on the other patches of that page and not on another page, so by patch the test is not independent of the training.
# - By page is to be reported, since tomorrow's newspaper is another page. By patch is good for early stopping or to see overfitting within a page (or: the difference of the two shows how much was remembered of the page).
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_split", "locked": false, "points": 1.5, "schema_version": 3, "solution": true, "task": false}
# They share paper, ink and light, the typeface and its size, the few kinds of rules this printer owned, the scanner with its blur and its noise; and two neighbouring patches usually lie on the very same rule. A network that has learned how *this* page looks does well on its other
# patches without having learned what a separator is. So patches of one page are not independent, and the first split measures partly how well the page was remembered.
#
# I would report the split by page, because the network is to be used on pages that nobody has marked. The split by patch is still useful to stop the training, and the difference between the two says how much of what was learned belongs to the page.

# %% [markdown]
# Now the examples of this notebook: two pages to train with, balanced and split once more by patch, a third page that stays apart, and a fourth by which nothing is trained, tested or chosen before part F.

# %% tags=["nbval-ignore-output"]
cut_pages = [get_patches(*page, img_h, img_w, threshold) for page in pages[:3]]
x_all, y_all = (np.concatenate(parts) for parts in zip(*cut_pages))
page_of = np.repeat(np.arange(3), [len(y) for _, y in cut_pages])
(x_known, y_known), (x_other, y_other) = split_by_page(x_all, y_all, page_of, 2)

rng = np.random.default_rng(0)
x_known, y_known = balance(x_known, y_known, rng)
ends = np.cumsum([0, budget.examples(2_000), budget.examples(1_000), budget.examples(1_000)])
train_data, val_data, test_data = ((x_known[first:last], y_known[first:last]) for first, last in zip(ends[:-1], ends[1:]))
sample = rng.permutation(len(y_other))[: budget.examples(5_000)]
other_data = x_other[sample], y_other[sample]
for name, (_, y) in {"training": train_data, "validation": val_data, "test": test_data, "another page": other_data}.items():
    print(f"{name:13} {len(y):5} patches, {np.mean(y):.0%} with a separator")

# %% [markdown]
# ---
# ## Part C (10 points): the network

# %% [markdown] nbgrader={"grade": false, "grade_id": "get_net_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C1 (7 points): build it
#
# **Goal.** Two convolutions, a pooling, a dense layer and one sigmoid:
#
# convolution of `init_size` maps, ReLU · convolution of `2 * init_size` maps, ReLU · max pooling over 2 x 2 · flatten · dense layer of `dense_size` units, ReLU · dropout · one unit with a sigmoid.
#
# The kernels of the convolutions are `kernels` x `kernels`, without padding. Every layer with weights takes `weight_init` for its kernel and `bias_init` for its bias. With `batch_norm=True` a batch normalisation stands between each convolution and its ReLU, and between the dense layer and its
# ReLU; whether you put one before the last sigmoid as well is up to you.
#
# *The traps:* padding is `"valid"` unless you ask for something else; a probability of *one* event needs one sigmoid, not two softmax units; and a function that builds the network for patches of 15 x 15 only is wrong for every other size. (`weight_init` may be an object. One object that is used for two layers draws the same numbers for both, as you saw in the last notebook; `keras.initializers.get(weight_init).clone()` makes a new one of
# whatever it is.)
#
# With the defaults you should see 484,353 parameters. With batch normalisation there are 485,633, of which 640 are not trained; one before the sigmoid adds 4, of which 2 are not trained. A bias in front of a normalisation does nothing, so you may leave these biases out: 320 parameters fewer, or 321.

# %% nbgrader={"grade": false, "grade_id": "get_net", "locked": false, "schema_version": 3, "solution": true, "task": false}
def get_net(weight_init, bias_init, batch_norm=False, img_h=15, img_w=15, channels=1, kernels=3, init_size=64, dropout=0.1, dense_size=128):
    """Build the network.

    Parameters
    ----------
    weight_init, bias_init : str or keras.initializers.Initializer
        Of the kernels and of the biases.
    batch_norm : bool
        Whether to normalise.
    img_h, img_w, channels : int
        Shape of a patch.
    kernels : int
        Height and width of the kernels of both convolutions.
    init_size, dense_size : int
        Maps of the first convolution; units of the dense layer.
    dropout : float
        Share of the dense layer's units that is dropped in training.

    Returns
    -------
    keras.Model
        From (n, img_h, img_w, channels) to (n, 1), the probability of a separator. A new model in each call; it need not be compiled.
    """
    ### BEGIN SOLUTION
    layers = keras.layers
    model = keras.Sequential([keras.Input((img_h, img_w, channels))])

    def add(layer_class, *arguments, function="relu"):
        own = {"kernel_initializer": keras.initializers.get(weight_init).clone(), "bias_initializer": keras.initializers.get(bias_init).clone()}
        model.add(layer_class(*arguments, **own))
        if batch_norm and function == "relu":
            model.add(layers.BatchNormalization())
        model.add(layers.Activation(function))

    add(layers.Conv2D, init_size, kernels)
    add(layers.Conv2D, 2 * init_size, kernels)
    model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    add(layers.Dense, dense_size)
    model.add(layers.Dropout(dropout))
    add(layers.Dense, 1, function="sigmoid")
    return model
    ### END SOLUTION

# %%
# Try get_net here: build one and call its summary().

# %% nbgrader={"grade": true, "grade_id": "network_has_its_layers", "locked": true, "points": 3.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def layers_of_the_network():
    """With the defaults its layers follow each other as the text says, with 484,353 parameters."""
    model = get_net("glorot_uniform", "zeros")
    layers = "conv 64 3x3, relu, conv 128 3x3, relu, max_pool 2x2, flatten, dense 128, relu, dropout 0.1, dense 1, sigmoid"
    checks.architecture(model, layers, input_shape=(15, 15, 1))
    checks.parameter_count(model, 484_353, input_shape=(15, 15, 1))


### BEGIN HIDDEN TESTS
@checks.claim
def other_sizes_of_the_network():
    """Patches of other sizes, with other channels, kernels, maps and units work, too."""
    model = get_net("he_normal", "zeros", img_h=18, img_w=13, channels=3, kernels=5, init_size=6, dropout=0.3, dense_size=11)
    layers = "conv 6 5x5, relu, conv 12 5x5, relu, max_pool 2x2, flatten, dense 11, relu, dropout 0.3, dense 1, sigmoid"
    checks.architecture(model, layers, input_shape=(18, 13, 3))
    model = get_net("he_normal", "zeros", img_h=9, img_w=20, kernels=2, init_size=5, dropout=0.2, dense_size=7)
    layers = "conv 5 2x2, relu, conv 10 2x2, relu, max_pool 2x2, flatten, dense 7, relu, dropout 0.2, dense 1, sigmoid"
    checks.architecture(model, layers, input_shape=(9, 20, 1))


@checks.claim
def each_call_builds_a_new_network():
    """Two calls give two networks with weights of their own."""
    x = np.random.default_rng(2).random((4, 9, 9, 1), dtype="float32")
    first, second = (np.asarray(get_net("glorot_uniform", "zeros", img_h=9, img_w=9, init_size=4, dense_size=5)(x)) for _ in range(2))
    checks.holds(not np.array_equal(first, second), "two calls give the same weights (build the model inside the function)")
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "weights_start_as_asked", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def kernels_are_drawn_as_asked():
    """Kernels are drawn as asked, and biases are zero."""
    small = {"img_h": 9, "img_w": 9, "init_size": 12, "dense_size": 30}
    checks.initial_weights(lambda: get_net("glorot_uniform", "zeros", **small), "glorot_uniform", input_shape=(9, 9, 1))


### BEGIN HIDDEN TESTS
@checks.claim
def other_initializers():
    """Initialisers given as objects, with and without batch normalisation, hold for every kernel and every bias."""
    small = {"img_h": 9, "img_w": 9, "init_size": 12, "dense_size": 30}
    for initializer in (keras.initializers.RandomUniform(-0.05, 0.05), keras.initializers.HeNormal()):
        checks.initial_weights(lambda initializer=initializer: get_net(initializer, "zeros", **small), initializer, input_shape=(9, 9, 1))
        checks.initial_weights(lambda initializer=initializer: get_net(initializer, "zeros", batch_norm=True, **small), initializer, input_shape=(9, 9, 1))


@checks.claim
def biases_are_drawn_as_asked():
    """Biases start where bias_init says."""
    model = checks.as_sequential(get_net("zeros", keras.initializers.Constant(0.5), img_h=9, img_w=9, init_size=3, dense_size=4), input_shape=(9, 9, 1))
    biases = [np.asarray(weight) for weight in model.weights if weight.name == "bias"]
    checks.equal([len(bias) for bias in biases], [3, 6, 4, 1], "biases of the four layers")
    for bias in biases:
        checks.close(bias, np.full(len(bias), 0.5), "a layer's biases for Constant(0.5)", rtol=1e-5)
### END HIDDEN TESTS

# %% nbgrader={"grade": true, "grade_id": "layers_are_normalised", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
NORMALISED = "conv {0} 3x3, batch_norm, relu, conv {1} 3x3, batch_norm, relu, max_pool 2x2, flatten, dense {2}, batch_norm, relu, dropout {3}, dense 1, {4}sigmoid"


def normalised_network(model, *settings, input_shape):
    """Compare with the layers asked for, with a batch normalisation before the sigmoid or without."""
    try:
        checks.architecture(model, NORMALISED.format(*settings, ""), input_shape=input_shape)
    except checks.ClaimFailed as failure:
        if "one layer too many: batch normalisation after the output layer" not in str(failure):
            raise
        checks.architecture(model, NORMALISED.format(*settings, "batch_norm, "), input_shape=input_shape)


@checks.claim
def three_batch_normalisations():
    """A batch normalisation stands before each of the three ReLUs; 640 parameters are not trained (642 with one before the sigmoid)."""
    model = get_net("glorot_uniform", "zeros", batch_norm=True)
    normalised_network(model, 64, 128, 128, 0.1, input_shape=(15, 15, 1))
    checks.parameter_count(model, non_trainable={640, 642}, input_shape=(15, 15, 1))


### BEGIN HIDDEN TESTS
@checks.claim
def other_normalised_networks():
    """So it is for other sizes."""
    model = get_net("he_normal", "zeros", batch_norm=True, img_h=11, img_w=8, channels=2, init_size=5, dropout=0.4, dense_size=9)
    normalised_network(model, 5, 10, 9, 0.4, input_shape=(11, 8, 2))


@checks.claim
def normalisation_has_two_modes():
    """In training it normalises by the minibatch, in inference by the moving averages."""
    checks.batch_norm(get_net("glorot_uniform", "zeros", batch_norm=True, img_h=9, img_w=9, init_size=4, dropout=0.0, dense_size=6), output_layer=None, input_shape=(9, 9, 1))
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "get_compiled_model_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C2 (1.5 points): compile it
#
# **Goal.** The network with its loss: what is to be minimised when the output is the probability of one event, and the label 0 or 1.

# %% nbgrader={"grade": false, "grade_id": "get_compiled_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
def get_compiled_model(optimizer, weight_init="glorot_uniform", bias_init="zeros", batch_norm=False):
    """Build the network with its default sizes and compile it, with accuracy as a metric.

    Parameters
    ----------
    optimizer : str or keras.optimizers.Optimizer
    weight_init, bias_init, batch_norm
        As in ``get_net``.

    Returns
    -------
    keras.Model
        Compiled.
    """
    ### BEGIN SOLUTION
    model = get_net(weight_init, bias_init, batch_norm)
    model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    return model
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "network_is_compiled", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
LOSSES = ["binary_crossentropy"]


@checks.claim
def compiled_with_adam():
    """With "adam" it is compiled with Adam, the cross entropy of two classes and accuracy."""
    checks.compiled_with(get_compiled_model("adam"), "adam", 0.001, LOSSES, ["accuracy"])


### BEGIN HIDDEN TESTS
@checks.claim
def compiled_with_others():
    """An optimiser may be an object with settings of its own, which are kept."""
    for optimizer in (keras.optimizers.Adagrad(0.02), keras.optimizers.RMSprop(0.004, rho=0.8)):
        checks.compiled_with(get_compiled_model(optimizer), optimizer, loss=LOSSES, metrics=["accuracy"])


@checks.claim
def settings_are_handed_on():
    """Initialisers and batch normalisation reach the network."""
    plain, normalised = get_compiled_model("adam", "ones", "ones"), get_compiled_model("adam", batch_norm=True)
    checks.parameter_count(plain, 484_353, input_shape=(15, 15, 1))
    checks.parameter_count(normalised, non_trainable={640, 642}, input_shape=(15, 15, 1))
    weights = np.concatenate([np.ravel(weight) for weight in plain.get_weights()])
    checks.holds(bool(np.all(weights == 1)), "not all weights and biases are 1 when both initialisers are 'ones'")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "largest_layer_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### C3 (1.5 points): where the parameters sit

# %% nbgrader={"grade": false, "grade_id": "largest_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Which layer has the most parameters? Choose "first convolution", "second convolution", "dense layer" or "output".
largest_layer = None
### BEGIN SOLUTION
largest_layer = "dense layer"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "largest_layer_is_named", "locked": true, "points": 0.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def a_layer_is_chosen():
    """One of the four is chosen (whether it is right is checked later)."""
    checks.choice(largest_layer, ["first convolution", "second convolution", "dense layer", "output"], "largest_layer")


### BEGIN HIDDEN TESTS
@checks.claim
def largest_layer_is_right():
    """It is the one that is connected with every number of the maps."""
    checks.holds(largest_layer == "dense layer", "it is another one (count them: inputs of a unit, plus one, times units)")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_parameters_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1 point).** Count the parameters of that layer and of the second convolution from the sizes alone. Which of the two does more multiplications for one patch, and why do the two answers differ?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1 point), half a point for each.**
#
# - Dense: (5 x 5 x 128 + 1) x 128 = 409,728. Second convolution: (3 x 3 x 64 + 1) x 128 = 73,856.
# - The convolution multiplies far more: its 73,728 weights are used at each of 11 x 11 places, 8.9 million multiplications, against 0.41 million of the dense layer: weights of a convolution are shared between places.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_parameters", "locked": false, "points": 1, "schema_version": 3, "solution": true, "task": false}
# The maps are 15, 13, 11 and, behind the pooling, 5 pixels wide. So the dense layer has $(5 \cdot 5 \cdot 128 + 1) \cdot 128 = 409{,}728$ parameters, the second convolution $(3 \cdot 3 \cdot 64 + 1) \cdot 128 = 73{,}856$.
#
# The convolution does more work all the same: its $3 \cdot 3 \cdot 64 \cdot 128$ weights are used at each of $11 \cdot 11$ places, which makes 8.9 million multiplications, the dense layer uses each of its weights once, 0.41 million. A convolution shares its weights between all places.

# %% [markdown]
# ---
# ## Part D (6 points): training

# %% [markdown] nbgrader={"grade": false, "grade_id": "timer_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### D1 (2.5 points): measure the time of each epoch
#
# **Goal.** A callback of your own that notes how many seconds each epoch takes. Keras calls its methods `on_train_begin`, `on_epoch_begin` and `on_epoch_end` at the moments that their names say.
#
# *The traps:* one number for each epoch, not the time since the beginning; what happens between two epochs belongs to none; and a timer that is used for a second training begins anew. Take a clock that shows the time that passes (`time.perf_counter`), not the time of the processor.

# %% nbgrader={"grade": false, "grade_id": "EpochTimer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EpochTimer(keras.callbacks.Callback):
    """Measures how long each epoch of a training takes.

    Attributes
    ----------
    seconds : list of float
        One number for each epoch of the last training.
    """

    def on_train_begin(self, logs=None):
        ### BEGIN SOLUTION
        self.seconds = []
        ### END SOLUTION

    def on_epoch_begin(self, epoch, logs=None):
        ### BEGIN SOLUTION
        self.start = time.perf_counter()
        ### END SOLUTION

    def on_epoch_end(self, epoch, logs=None):
        ### BEGIN SOLUTION
        self.seconds.append(time.perf_counter() - self.start)
        ### END SOLUTION

# %%
# Try EpochTimer here.

# %% nbgrader={"grade": true, "grade_id": "epochs_are_timed", "locked": true, "points": 2.5, "schema_version": 3, "solution": false, "task": false}
def timed(pauses, timer, between=0.0):
    """What a timer notes when epochs last so many seconds: called as Keras calls it, without a training."""
    timer.on_train_begin()
    for epoch, pause in enumerate(pauses):
        timer.on_epoch_begin(epoch)
        time.sleep(pause)
        timer.on_epoch_end(epoch, {})
        time.sleep(between)
    timer.on_train_end()
    return [float(seconds) for seconds in checks.items(timer.seconds, "seconds")]


@checks.claim
def one_number_for_each_epoch():
    """Three epochs give three numbers."""
    checks.length(timed([0.01, 0.01, 0.01], EpochTimer()), 3, "seconds")


### BEGIN HIDDEN TESTS
def is_right_once(claim, attempts=4):
    """Whether it holds in one of several attempts: a busy computer makes an epoch longer, and none shorter."""
    return any(claim() for _ in range(attempts))


@checks.claim
def each_epoch_by_itself():
    """A short epoch after a long one is short, and a pause between two epochs belongs to none."""

    def short_is_short():
        seconds = timed([0.4, 0.02, 0.4], EpochTimer(), between=0.4)
        return len(seconds) == 3 and seconds[1] < 0.3

    checks.holds(is_right_once(short_is_short), "an epoch of 0.02 s between two of 0.4 s is longer than 0.3 s (measure from the beginning of the same epoch)")


@checks.claim
def time_that_passes():
    """The time that passes is measured, also when the processor has nothing to do."""
    seconds = timed([0.2, 0.1], EpochTimer())
    checks.length(seconds, 2, "seconds")
    # A sleep lasts at least as long as was asked for.
    checks.holds(seconds[0] > 0.19 and seconds[1] > 0.09, f"epochs of 0.2 s and 0.1 s: got {seconds[0]:.3f} and {seconds[1]:.3f} (in seconds, of a clock that goes on while the processor waits)")
    checks.holds(is_right_once(lambda: timed([0.2], EpochTimer())[0] < 1.0), "an epoch of 0.2 s is longer than 1 s (measure in seconds)")


@checks.claim
def second_training_begins_anew():
    """A timer that is used again forgets the first training."""
    timer = EpochTimer()
    timed([0.01, 0.01, 0.01], timer)
    checks.length(timed([0.01], timer), 1, "seconds of a second training, of one epoch")


@checks.claim
def timers_are_apart():
    """Two timers do not share their numbers."""
    first, second = EpochTimer(), EpochTimer()
    timed([0.01, 0.01], first)
    timed([0.01], second)
    checks.length(checks.items(first.seconds, "seconds"), 2, "seconds of the first of two timers", hint="a list in the class is shared by all its objects")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_best_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### D2 (2.5 points): keep the best epoch
#
# **Goal.** Train a compiled network, stop when the validation loss has not fallen below its best for `patience` epochs, and give back the network as it was after its *best* epoch.
#
# Keras has two callbacks for this. `EarlyStopping` stops, and can restore the weights itself; `ModelCheckpoint` with `save_best_only=True` writes the network to a file each time it is better than ever before, from where it can be loaded after a crash as well. Use either way. As in the
# last notebook, `training.fit(...)` of the course takes the arguments of `model.fit(...)`, shows one line for a whole training and needs less time; plain `model.fit(..., verbose=0)` will do as well.
#
# *The traps:* the best is the *lowest* loss; the last epoch is hardly ever the best one; a training may end before its patience does, and the best epoch counts then, too; and, where you write files, that of one run must not be read by another.

# %% nbgrader={"grade": false, "grade_id": "train_best", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_best(model, train_data, val_data, epochs, patience, callbacks=()):
    """Train a compiled model, and keep the weights of the epoch with the lowest validation loss.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    train_data, val_data : (ndarray of shape (n, img_h, img_w, 1), ndarray of shape (n,))
        Patches and labels, to train and to validate with. Minibatches have ``batch_size`` examples.
    epochs : int
        The most there may be.
    patience : int
        Epochs without a new lowest validation loss after which the training stops.
    callbacks : sequence of keras.callbacks.Callback
        Further callbacks.

    Returns
    -------
    model : keras.Model
        With the weights of its best epoch.
    history : keras.callbacks.History
        Of all epochs that were run.
    """
    ### BEGIN SOLUTION
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience, restore_best_weights=True)
    history = training.fit(
        model, *train_data, batch_size=batch_size, epochs=epochs, validation_data=val_data, callbacks=[*callbacks, stop]
    )
    return model, history
    ### END SOLUTION

# %%
# Try train_best here, for one epoch.

# %% tags=["nbval-ignore-output"] nbgrader={"grade": true, "grade_id": "best_epoch_is_kept", "locked": true, "points": 2.5, "schema_version": 3, "solution": false, "task": false}
def pulled_too_far(rate):
    """A network of one weight whose validation loss falls, has its lowest point and rises: training pulls it past the optimum of the validation.

    All training examples are positive, and of ten equal validation examples seven are.
    """
    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="binary_crossentropy", metrics=["accuracy"])
    x = np.ones((10, 2, 2, 1), dtype="float32")
    return model, (x, np.ones(10, dtype="int64")), (x, np.array([1] * 7 + [0] * 3))


def validation_losses(rate, epochs):
    """The validation loss after each epoch, by the formula: a logit z moves by 5 rate (1 - p), for four inputs of 1 and the bias."""
    z, losses = 0.0, []
    for _ in range(epochs):
        z += 5 * rate / (1 + np.exp(z))
        p = 1 / (1 + np.exp(-z))
        losses.append(-0.7 * np.log(p) - 0.3 * np.log(1 - p))
    return losses


def trained(rate, epochs, patience):
    """Its history, and the validation loss of the network that comes back."""
    model, train_data, val_data = pulled_too_far(rate)
    best, history = checks.items(train_best(model, train_data, val_data, epochs, patience), "what train_best returns, (model, history)")
    p = np.clip(np.asarray(best(val_data[0])).reshape(-1)[:10].astype(float), 1e-7, 1 - 1e-7)
    checks.length(p, 10, "outputs for ten examples")
    return history.history, float(-np.mean(val_data[1] * np.log(p) + (1 - val_data[1]) * np.log(1 - p)))


@checks.claim
def history_until_it_stops():
    """The history has an entry for every epoch; with four epochs and a patience of ten, four."""
    history, _ = trained(0.02, epochs=4, patience=10)
    checks.length(checks.items(history.get("val_loss"), "val_loss of the history"), 4, "epochs of val_loss")
    checks.close(history["val_loss"], validation_losses(0.02, 4), "val_loss", rtol=1e-3, hint="train on train_data, validate on val_data, change nothing else")


### BEGIN HIDDEN TESTS
@checks.claim
def training_stops_in_time():
    """It stops after as many epochs without a lower validation loss as the patience says."""
    for rate, wait in ((0.1, 2), (0.06, 3), (0.15, 1)):
        losses = validation_losses(rate, 40)
        best = int(np.argmin(losses))
        history, _ = trained(rate, epochs=40, patience=wait)
        checks.length(history["val_loss"], best + 1 + wait, f"epochs, when the {best + 1}th is the best and the patience {wait}")


@checks.claim
def best_epoch_comes_back():
    """What comes back is the network after its best epoch, whether the training was stopped or came to its end."""
    for rate, most, wait, words in ((0.1, 40, 3, "was stopped"), (0.1, 6, 20, "came to its end")):
        lowest = min(validation_losses(rate, most))
        _, loss = trained(rate, epochs=most, patience=wait)
        checks.close(loss, lowest, f"validation loss of the network after a training that {words}", rtol=2e-3, hint="the weights of the best epoch, not of the last")
### END HIDDEN TESTS

# %% [markdown]
# ---
# ### D3 (1 point): does it learn?
#
# Nothing to write here: the test trains small networks from your `get_net` on patches of a page, and looks at what they find on others.

# %% nbgrader={"grade": true, "grade_id": "separators_are_learned", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def page_examples(page, number):
    """Patches of a page, as many with a separator as without."""
    rng = np.random.default_rng(9)
    x, y = slow_patches(*page, 15, 15, 0.1)
    kinds = [rng.permutation(np.flatnonzero(y == label))[: number // 2] for label in (0, 1)]
    chosen = rng.permutation(np.concatenate(kinds))
    return x[chosen], y[chosen]


@checks.claim
def network_learns_separators():
    """From patches of a page the network learns to find separators on other patches of it, trained by the test itself."""
    keras.utils.set_random_seed(41)
    x, y = page_examples(pages[0], 3_600)
    model = get_net("glorot_uniform", "zeros", init_size=16, dense_size=32)
    checks.converges(
        model, ((x[:2_000], y[:2_000]), (x[2_000:], y[2_000:])), at_least=0.66, epochs=5, batch_size=32, optimizer=keras.optimizers.Adam(0.001),
        loss="binary_crossentropy", input_shape=(15, 15, 1), fit=training.fit,
    )


### BEGIN HIDDEN TESTS
@checks.claim
def another_network_learns_another_page():
    """So does one of other sizes and another initialisation, from a page that is rendered for this test."""
    keras.utils.set_random_seed(42)
    x, y = page_examples(newspaper.render_page(211, 0.5), 3_600)
    model = get_net("he_normal", "zeros", init_size=16, dropout=0.2, dense_size=48)
    checks.converges(
        model, ((x[:2_000], y[:2_000]), (x[2_000:], y[2_000:])), at_least=0.61, epochs=8, batch_size=32, optimizer=keras.optimizers.Adam(0.001),
        loss="binary_crossentropy", input_shape=(15, 15, 1), fit=training.fit,
    )
### END HIDDEN TESTS

# %% [markdown]
# ---
# ## Part E (8.5 points): compare
#
# Nine runs: three optimisers, each from Xavier's (Glorot's) uniform distribution, from a plain uniform one on $[-0.05, 0.05]$, and from Xavier's with batch normalisation.

# %% [markdown] nbgrader={"grade": false, "grade_id": "scores_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E1 (2 points): count what is right
#
# **Goal.** The four counts of a two-class problem, and three shares made of them. *Positive* is a patch with a separator; the network says so when its probability is more than one half.
#
# $$\text{accuracy} = \frac{TP + TN}{n}, \qquad \text{precision} = \frac{TP}{TP + FP}, \qquad \text{recall} = \frac{TP}{TP + FN}$$
#
# *The traps:* probabilities of a network come in a column, shape $(n, 1)$, and comparing them with labels of shape $(n,)$ makes an $n \times n$ table; where nothing was found, the precision is $0/0$, which is not 0 but undefined: NaN.

# %% nbgrader={"grade": false, "grade_id": "scores", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scores(y, probability):
    """Compare the network's answers with the labels.

    Parameters
    ----------
    y : ndarray of shape (n,)
        1 for a separator, else 0.
    probability : ndarray of shape (n, 1) or (n,)
        Of a separator.

    Returns
    -------
    dict
        "tp", "fp", "fn", "tn" (int), "accuracy", "precision", "recall" (float; NaN where nothing is divided by nothing).
    """
    ### BEGIN SOLUTION
    found, is_there = np.ravel(probability) > 0.5, np.ravel(y) == 1
    tp, fp = int(np.sum(found & is_there)), int(np.sum(found & ~is_there))
    fn, tn = int(np.sum(~found & is_there)), int(np.sum(~found & ~is_there))

    def share(part, whole):
        return part / whole if whole else float("nan")

    return {
        "tp": tp, "fp": fp, "fn": fn, "tn": tn,
        "accuracy": share(tp + tn, len(found)), "precision": share(tp, tp + fp), "recall": share(tp, tp + fn),
    }
    ### END SOLUTION

# %%
# Try scores here.

# %% nbgrader={"grade": true, "grade_id": "answers_are_scored", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def compare_scores(y, probability, name):
    """Compare with the definitions, one number after the other."""
    got = scores(np.array(y), np.array(probability, dtype="float32"))
    pairs = [(int(label), bool(value > 0.5)) for label, value in zip(y, np.ravel(probability), strict=True)]
    counts = {"tp": pairs.count((1, True)), "fp": pairs.count((0, True)), "fn": pairs.count((1, False)), "tn": pairs.count((0, False))}
    for key, expected in counts.items():
        checks.equal(got.get(key), expected, f"{key} of {name}")
    with np.errstate(invalid="ignore"):
        shares = {
            "accuracy": (counts["tp"] + counts["tn"]) / len(pairs),
            "precision": np.float64(counts["tp"]) / (counts["tp"] + counts["fp"]),
            "recall": np.float64(counts["tp"]) / (counts["tp"] + counts["fn"]),
        }
    for key, expected in shares.items():
        checks.close(got.get(key), float(expected), f"{key} of {name}")


@checks.claim
def scores_of_ten_patches():
    """Of three separators two are found, and one is found where there is none."""
    compare_scores([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [[0.9], [0.7], [0.2], [0.8], [0.1], [0.3], [0.0], [0.4], [0.2], [0.1]], "ten patches")


### BEGIN HIDDEN TESTS
@checks.claim
def scores_of_others():
    """The counts and shares of other answers are right, given as a row or as a column."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        y, probability = rng.integers(0, 2, size=60), rng.random(60)
        compare_scores(y, probability, "60 patches in a row")
        compare_scores(y, probability.reshape(-1, 1), "60 patches in a column")


@checks.claim
def scores_of_nothing():
    """Where nothing is found precision is NaN, where nothing is there recall is; one half is not more than one half."""
    compare_scores([1, 0, 0], [[0.1], [0.2], [0.3]], "nothing found")
    compare_scores([0, 0], [[0.9], [0.2]], "nothing there")
    compare_scores([1, 0], [[0.5], [0.5]], "probabilities of one half")
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": false, "grade_id": "compare_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E2 (2 points): nine runs
#
# Every run begins with the same seed, so that the same patches come in the same order. **One seed is one seed**: two runs that differ in the second decimal may change places with the next one. Where a difference matters to you, set `seeds = (1, 2, 3)` above and let it run during lunch;
# the table then shows the lowest and the highest accuracy on another page, too.
#
# An epoch's time includes the validation. Every accuracy in the table is that of the network with its best epoch's weights, without dropout; *balanced* is the mean of the recall and of the share of negative patches that are right: the accuracy there would be if both kinds were as many.

# %% nbgrader={"grade": false, "grade_id": "experiment", "locked": true, "schema_version": 3, "solution": false, "task": false}
def make_optimizer(name):
    """A new optimiser with the learning rate that is usual for it."""
    return {
        "AdaGrad": keras.optimizers.Adagrad(0.01),
        "AdaGrad from 0": keras.optimizers.Adagrad(0.01, initial_accumulator_value=1e-6),
        "Adam": keras.optimizers.Adam(0.001),
        "RMSprop": keras.optimizers.RMSprop(0.001),
    }[name]


ways = {
    "Xavier": {"weight_init": "glorot_uniform"},
    "uniform": {"weight_init": "random_uniform"},  # from -0.05 to 0.05
    "Xavier, batch norm": {"weight_init": "glorot_uniform", "batch_norm": True},
}


def probabilities(model, x):
    """What the network says of each patch."""
    return np.concatenate([np.asarray(model(x[first : first + 1_000])) for first in range(0, len(x), 1_000)])


def run(optimizer, seed, momentum=None, **settings):
    """Train one network; return it, its history and what the table shows of it."""
    keras.utils.set_random_seed(seed)
    network = get_compiled_model(make_optimizer(optimizer), **settings)
    if momentum is not None:
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = momentum
    timer = EpochTimer()
    network, record = train_best(network, train_data, val_data, num_epochs, patience, callbacks=[timer])
    row = {
        "s per epoch": np.median(timer.seconds), "epochs": len(timer.seconds),
        **{name: scores(y, probabilities(network, x))["accuracy"] for name, (x, y) in {"training": train_data, "same pages": test_data}.items()},
    }
    other = scores(other_data[1], probabilities(network, other_data[0]))
    other["balanced"] = (other["recall"] + other["tn"] / (other["tn"] + other["fp"])) / 2
    return network, record, {**row, **{f"other: {key}": other[key] for key in ("accuracy", "balanced", "precision", "recall")}}


def print_table(rows):
    """One line for each run; several seeds are shown by their mean, and the last column by how far they lie apart."""
    print(f"{'':28}{'s per':>7}{'':8}{'accuracy':>20}   {'another page':^42}")
    print(f"{'run':28}{'epoch':>7}{'epochs':>8}{'training':>10}{'same pages':>12}{'accuracy':>12}{'balanced':>10}{'precision':>11}{'recall':>8}")
    for name, each in rows.items():
        mean = {key: np.mean([row[key] for row in each]) for key in each[0]}
        accuracies = [row["other: accuracy"] for row in each]
        spread = f"  ({min(accuracies):.2f} to {max(accuracies):.2f})" if len(each) > 1 else ""
        print(
            f"{name:28}{mean['s per epoch']:7.2f}{mean['epochs']:8.0f}{mean['training']:10.3f}{mean['same pages']:12.3f}"
            f"{mean['other: accuracy']:12.3f}{mean['other: balanced']:10.3f}{mean['other: precision']:11.3f}{mean['other: recall']:8.3f}{spread}"
        )

# %% tags=["nbval-ignore-output"]
networks, histories, rows = {}, {}, {}
for optimizer in ("AdaGrad", "Adam", "RMSprop"):
    for way, settings in ways.items():
        name = f"{optimizer}, {way}"
        for seed in seeds:
            networks[name], histories[name], row = run(optimizer, seed, **settings)
            rows.setdefault(name, []).append(row)

# %% tags=["nbval-ignore-output"]
print_table(rows)
if rows:
    print(f"\nalways 'none' on the other page: accuracy {np.mean(other_data[1] == 0):.3f}, balanced 0.500, recall 0")

# %% tags=["nbval-ignore-output"]
figure, axes = plots.new_figure(1, 3, width=12, height=4.2)
for axis, optimizer in zip(axes, ("AdaGrad", "Adam", "RMSprop")):
    own = {name.split(", ", 1)[1]: history for name, history in histories.items() if name.startswith(optimizer)}
    comparison.curves(axis, own, "accuracy", validation=True)
    axis.set(title=optimizer, ylim=(0.45, 1))
plots.show(figure, alt="Accuracy by epoch, one panel for each optimiser. With Adam and RMSprop training and validation rise above 0.8, the uniform start an epoch or two later; with AdaGrad they stay near 0.6 or at one half. With batch normalisation training is highest in all three panels, and validation stays at one half for several epochs.")

# %% [markdown]
# AdaGrad divides each step by the root of a sum $a$ of all squared gradients of a weight so far, $\Delta w = -\eta\, g / \sqrt{a}$. Keras lets $a$ begin at 0.1. How large is it after the training? And what if it begins close to 0?

# %% tags=["nbval-ignore-output"]
def print_sums(name, network):
    """The median over a layer's weights of AdaGrad's sum of squared gradients, for each layer in turn."""
    medians = [np.median(np.asarray(sums)) for sums in network.optimizer.variables if "kernel_accumulator" in sums.path]
    print(f"{name:28}" + "".join(f"{median:10.3g}" for median in medians))


if networks:
    network, record, row = run("AdaGrad from 0", seeds[0], **ways["Xavier"])
    print_table({"AdaGrad from 0, Xavier": [row]})
    print(f"\n{'sums after the training':28}{'conv 1':>10}{'conv 2':>10}{'dense':>10}{'output':>10}")
    for name in ("AdaGrad, Xavier", "AdaGrad, Xavier, batch norm"):
        print_sums(name, networks[name])
    print_sums("AdaGrad from 0, Xavier", network)

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_optimizers_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (2 points).**
#
# 1. Which of the three optimisers, as Keras has them, would you take without batch normalisation, by time and by accuracy?
# 2. Why does AdaGrad, from Xavier's distribution, get no further? Put its sums into the formula: to what simple optimiser does it come down, and with which learning rate? Why does it help to begin close to 0, and what will become of the steps in a *long* training then?
# 3. Does it matter whether the weights start from Xavier's distribution or from the plain uniform one? Compare their standard deviations, layer by layer, and say where you would expect a difference.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (2 points).**
#
# - 0.5: Adam (or RMSprop: equal within the spread of one seed), the times per epoch hardly differ, so what counts is the accuracy reached after the epochs; numbers of the student's own table are named.
# - 0.5: The sums hardly leave 0.1, since the gradients are far smaller, so the divisor stays near 0.32 and AdaGrad is plain SGD with a rate of 0.01 / 0.32 = 0.03. From near 0 the sum is made of the gradients themselves, so the steps are about the learning rate whatever the gradients' size; it only grows, so they
#   shrink for ever (about as one over the root of the number of steps), where Adam and RMSprop have a moving average. Two of these three suffice. (With batch normalisation gradients are larger and the sums do leave 0.1: not asked.)
# - 0.5: A uniform distribution on [-a, a] has the standard deviation a / sqrt 3: 0.029 for the plain one everywhere. Xavier's is sqrt(2 / (fan in + fan out)): 0.058 (first convolution, fans 9 and 576), 0.034 (second, 576 and 1152), 0.024 (dense, 3200 and 128), 0.12 (output, 128 and 1). At least two layers right.
# - 0.5: So in the two middle layers both are nearly the same, and the signal of the plain one is smaller only in the first and the last layer: a slower start (visible in the first epochs), no other end where the optimiser scales its steps; it would matter in a deeper or thinner network. An answer that fits the student's own table counts.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_optimizers", "locked": false, "points": 2, "schema_version": 3, "solution": true, "task": false}
# 1. Adam or RMSprop: an epoch takes about the same time with all three, and these two come above 0.8 on patches of the same pages, while AdaGrad is still near 0.6 after twelve epochs. With one seed I would not choose between Adam and RMSprop.
# 2. In the two middle layers the sums are 0.100 after all 756 steps: the squared gradients add nothing that counts. So the divisor is $\sqrt{0.1} = 0.32$ all the time, and AdaGrad is plain SGD with a learning rate of $0.01 / 0.32 = 0.03$, too small for gradients of a thousandth. Begun close to 0, the
#    sum consists of the gradients themselves, and the steps are about as long as the learning rate however small the gradients are. But a sum only grows: in a long training its steps become ever shorter, about as $1/\sqrt{t}$, while RMSprop and Adam divide by a moving average, which forgets.
# 3. The plain uniform distribution has the standard deviation $0.05/\sqrt3 = 0.029$ in every layer. Xavier's has $\sqrt{2/(\text{fan in} + \text{fan out})}$: 0.058 in the first convolution ($9 + 576$), 0.034 in the second ($576 + 1152$), 0.024 in the dense layer ($3200 + 128$) and 0.12 in
#    the output ($128 + 1$). In the middle both are nearly the same, so only the first and the last layer start with a weaker signal: with Adam and RMSprop the curves of the plain one rise an epoch or two later and end at the same height. In a deep network the factors would multiply, and there I would expect a difference.

# %% [markdown] nbgrader={"grade": false, "grade_id": "steps_to_forget_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E3 (3 points): why does the validation lag behind?
#
# With batch normalisation the training accuracy is at 0.8 within two epochs, and the validation accuracy stays at one half for several epochs more. In training a batch normalisation uses the statistics of the minibatch; in validation it uses moving averages, which begin at mean 0 and variance 1 and
# move a little with each minibatch:
#
# $$m \leftarrow \mu\, m + (1 - \mu)\, m_{\text{batch}}.$$
#
# **Goal.** After how many minibatches has the start lost its hold: the smallest number of steps $n$ after which the weight of the start value in the moving average, $\mu^n$, is below a share?
#
# With $\mu = 0.5$ and a share of 0.1 you should see 4, since $0.5^3 = 0.125$ and $0.5^4 = 0.0625$. *The trap:* less is less. For a share of 0.25 it is 3, not 2.

# %% nbgrader={"grade": false, "grade_id": "steps_to_forget", "locked": false, "schema_version": 3, "solution": true, "task": false}
def steps_to_forget(momentum, share):
    """Return the number of steps after which the start value of a moving average weighs less than a share.

    Parameters
    ----------
    momentum : float
        Between 0 and 1.
    share : float
        Between 0 and 1.

    Returns
    -------
    int
        The smallest n with ``momentum ** n < share``.
    """
    ### BEGIN SOLUTION
    steps = 0
    while momentum**steps >= share:
        steps += 1
    return steps
    ### END SOLUTION

# %% tags=["nbval-ignore-output"]
for momentum in (0.99, 0.9):
    steps = steps_to_forget(momentum, 0.01)
    batches = -(-len(train_data[1]) // batch_size)
    print(f"momentum {momentum}: {steps} steps until the start weighs less than 1 %, which are {steps / batches:.1f} epochs of {batches} minibatches")

# %% nbgrader={"grade": true, "grade_id": "start_is_forgotten", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
@checks.claim
def four_steps_of_one_half():
    """With a momentum of 0.5 the start weighs less than a tenth after 4 steps."""
    checks.equal(steps_to_forget(0.5, 0.1), 4, "steps_to_forget(0.5, 0.1)")


### BEGIN HIDDEN TESTS
@checks.claim
def steps_of_other_momenta():
    """It holds for other momenta and shares, and less is less: a weight that equals the share is not enough."""
    for momentum, share, expected in ((0.99, 0.01, 459), (0.9, 0.01, 44), (0.75, 0.3, 5), (0.999, 0.05, 2995)):
        checks.equal(steps_to_forget(momentum, share), expected, f"steps_to_forget({momentum}, {share})")
    checks.equal(steps_to_forget(0.5, 0.25), 3, "steps_to_forget(0.5, 0.25)", hint="0.5 ** 2 is 0.25, which is not below 0.25")
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
network = get_compiled_model("adam", batch_norm=True)
network(train_data[0][:500], training=True)  # one step of the moving averages
for layer in network.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        variance = (np.asarray(layer.moving_variance) - layer.momentum) / (1 - layer.momentum)
        print(f"{layer.name}: in the first step of a training the variance of its inputs is {np.mean(variance):.4f}, on average over its maps or units")

# %% tags=["nbval-ignore-output"]
momenta = {}
for momentum in (0.99, 0.9):
    _, momenta[f"momentum {momentum}"], _ = run("Adam", seeds[0], momentum=momentum, **ways["Xavier, batch norm"])
figure, (left, right) = plots.new_figure(1, 2, width=10)
comparison.curves(left, momenta, "accuracy")
comparison.curves(right, momenta, "val_accuracy")
for axis in (left, right):
    axis.set(ylim=(0.45, 1))
plots.show(figure, alt="Accuracy by epoch for two momenta of batch normalisation. The training curves lie on each other. Validation with 0.99 stays near one half for five epochs and then rises; with 0.9 it begins above 0.7 and jumps between 0.6 and 0.85.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_momentum_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# **Explain (1.5 points).**
#
# 1. Compare the numbers of steps with the curves (1 % is only a yardstick): from which epoch on is the network with momentum 0.99 no longer at one half, and from which on that with 0.9?
# 2. Even when the start value 1 weighs only one half, the moving variance is at least 0.5. Compare that with the variances above: which layer's signal is much too small in inference, and by which factor? Why do the other two not make up for it?
# 3. What would speak against a momentum of 0.5?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1.5 points), half a point for each.**
#
# - 0.99: 459 steps, about seven epochs of 63 minibatches; the curve leaves one half around there (four to eight). 0.9: 44 steps, less than an epoch; validation is away from one half from the first epoch on (and jumps).
# - The first: its inputs have a variance of a few thousandths (grey values and weights are small), so it divides by about 1 instead of about 0.05, and its signal is ten to twenty times too small. The others are normalised in inference by what *training* had taught them, the variances of large signals, and not by what
#   arrives: so all patches look alike to the end, and the output is the same. (One of the two reasons: a quarter.)
# - The averages then come from the last two or three minibatches of 32 and are noisy: the network in inference changes from step to step with what the last batches held.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_momentum", "locked": false, "points": 1.5, "schema_version": 3, "solution": true, "task": false}
# 1. With 0.99 the start weighs less than a hundredth after 459 steps, about seven epochs here; the validation accuracy leaves one half between the fourth and the eighth epoch. With 0.9 it takes 44 steps, less than one epoch, and the validation is far above one half from the first epoch on, though it jumps.
# 2. The first one: its inputs have a variance of 0.0025, since grey values lie between 0 and 1 and the weights are small. In training it divides by 0.05, in inference by the root of at least 0.5, so its signal is some fifteen times too small. The second and the third expect the large signals that they have seen in training
#    (variances of 0.18 and 1.1), and in inference they do not look at what arrives. So the output hardly depends on the patch, and one answer for all is right on one half.
# 3. With 0.5 the averages hold the last two or three minibatches only. They are noisy, and so is the network in inference: its outputs change with what the last 64 patches happened to be.

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_accuracy_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### E4 (1.5 points): read the numbers of the other page
#
# **Explain (1.5 points).**
#
# 1. Compare the accuracy on the other page with that of a program that always says "none". Why does accuracy mislead there, and not on the balanced test patches?
# 2. Which of precision and recall would you want to be high to *cut* a page into columns, and which to *show* an editor where to look?
# 3. Which number of the other page can be compared with the accuracy on the same pages, and what does the comparison say about part B's two splits?
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1.5 points), half a point for each.**
#
# - Some 94 of 100 patches of the page have no separator, so accuracy is mostly the share of negatives that are right, and who says "none" beats every run with it; precision is low (a third, say) although accuracy is near 0.9. On balanced patches always "none" scores 0.5.
# - A reasoned choice: to cut, precision counts (a false separator cuts an article in two); to show, recall counts (a missed one is not seen). The other way round with a good reason counts, too.
# - The balanced accuracy, since chance is one half in both; a sentence that fits the student's own numbers (here a few hundredths apart without batch normalisation, up to eight hundredths less with it: a gap is what was remembered of the pages, and the split by patch does not show it).
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_accuracy", "locked": false, "points": 1.5, "schema_version": 3, "solution": true, "task": false}
# 1. Only 6 of 100 patches of that page hold a separator, so its accuracy is nearly the share of *negative* patches that are right. Always saying "none" scores 0.94, more than any of my networks, and finds nothing; one of them has an accuracy of 0.9 and a precision of only a third: two of three alarms are false.
#    On the balanced patches "none" scores 0.5, so accuracy says something there.
# 2. To cut a page into columns I want precision, because a false separator cuts through an article; to show an editor where to look I want recall, since what is not shown is not seen.
# 3. The balanced accuracy: there, too, guessing scores one half. Without batch normalisation it lies within three hundredths of the accuracy on the same pages, with it up to eight hundredths below. That gap is what a network has learned of these two pages and not of separators; the split by patch cannot show it, the split by page does.

# %% [markdown]
# ---
# ## Part F (3 points): use it

# %% [markdown] nbgrader={"grade": false, "grade_id": "find_separators_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### F1 (1.5 points): go over a page
#
# **Goal.** The probability of a separator for each patch of a page, as a small picture: one number for each patch, at its place.
#
# Cut with your own function, or with `slow_patches` from above if yours is not right yet; the labels do not matter here. `probabilities(model, x)` asks the network in portions that fit into memory.
#
# *The trap:* a page is no square. The number at `[row, column]` belongs to the patch that begins at pixel `[row * height, column * width]`.

# %% nbgrader={"grade": false, "grade_id": "find_separators", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_separators(model, page, height, width):
    """Ask the network about every patch of a page.

    Parameters
    ----------
    model : keras.Model
        From patches (n, height, width, 1), grey values from 0 to 1, to probabilities (n, 1).
    page : ndarray of shape (H, W), uint8
    height, width : int
        Of a patch.

    Returns
    -------
    ndarray of shape (H // height, W // width)
        Probabilities.
    """
    ### BEGIN SOLUTION
    x, _ = slow_patches(page, page, height, width, 0.0)
    return probabilities(model, x).reshape(page.shape[0] // height, page.shape[1] // width)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "page_is_searched", "locked": true, "points": 1.5, "schema_version": 3, "solution": false, "task": false}
def ready_network(height, width, seed):
    """A network of the course's own, so that this test does not need yours."""
    rng = np.random.default_rng(seed)
    model = keras.Sequential([keras.Input((height, width, 1)), keras.layers.Flatten(), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([rng.normal(scale=0.2, size=(height * width, 1)), rng.normal(size=1)])
    return model


def compare_map(size, patch, seed):
    """Compare with the network's answers patch by patch."""
    page, _ = random_page(seed, *size)
    model = ready_network(*patch, seed)
    x, _ = slow_patches(page, page, *patch, 0.1)
    expected = np.asarray(model(x)).reshape(size[0] // patch[0], size[1] // patch[1])
    checks.close(find_separators(model, page, *patch), expected, f"probabilities of a page of {size[0]} x {size[1]} with patches of {patch[0]} x {patch[1]}", rtol=1e-3, atol=1e-4)


@checks.claim
def two_rows_of_three():
    """A page of 32 x 47 pixels gives two rows of three probabilities."""
    compare_map((32, 47), (15, 15), 51)


### BEGIN HIDDEN TESTS
@checks.claim
def maps_of_other_pages():
    """Other pages and patches give their probabilities, each at its place."""
    compare_map((90, 40), (15, 15), 52)
    compare_map((40, 200), (9, 14), 53)
### END HIDDEN TESTS

# %% tags=["nbval-ignore-output"]
views = {}
if not networks:
    raise NotImplementedError("Train the networks of part E first.")
# Chosen on the first of the two pages: only the second one is a fair test of what was chosen.
best_name = max(rows, key=lambda name: rows[name][-1]["other: balanced"])
print(f"By the balanced accuracy on img-{page_numbers[2]} the best run is {best_name}.")
figure, axes = plots.new_figure(1, 2, width=12, height=8.5)
num_rows = budget.examples(3_000)  # of pixels, from the top: all of the page at full budget
for axis, number, whole in zip(axes, page_numbers[2:], pages[2:]):
    page, ground_truth = (picture[:num_rows] for picture in whole)
    probability = find_separators(networks[best_name], page, img_h, img_w)
    result = scores(get_patches(page, ground_truth, img_h, img_w, threshold)[1], probability.reshape(-1, 1))
    views[number] = newspaper.overlay(page, ground_truth, probability > 0.5)
    axis.imshow(views[number])
    axis.set(title=f"img-{number}: precision {result['precision']:.2f}, recall {result['recall']:.2f}", xticks=[], yticks=[])
    axis.grid(False)
plots.show(figure, alt="Two pages with coloured patches. On the first most separators are green, and blue patches lie scattered over the text and along the edges of the sheet. On the second, darker page many separators are orange, above all in the advertisements, and fewer patches are blue.")

# %% tags=["nbval-ignore-output"]
number, top, left = 104, 700, 550  # the page to look at closely, and where: change them
if not views:
    raise NotImplementedError("Let the network go over the pages first.")
view = views[number][min(top, len(views[number]) - 100) :][:300, left : left + 450]
figure, axes = plots.new_figure(1, 1, width=9, height=6)
axes.imshow(view)
axes.set(title=f"img-{number}, from row {top} and column {left} on", xticks=[], yticks=[])
axes.grid(False)
plots.show(figure, alt="A part of the page at full size: a column rule at the left, a table with its rules below a paragraph, and coloured patches over them.")

# %% [markdown] nbgrader={"grade": false, "grade_id": "explain_failures_question", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ---
# ### F2 (1.5 points): where does it fail?
#
# **Explain (1.5 points).** Green patches are found, orange ones missed, blue ones false alarms. Look at both pages, closely: the cell above shows a part.
#
# 1. What are the false alarms, and what do they have in common with separators?
# 2. What is missed, and what would the network have to see to find it?
# 3. The network was trained on neither page, and chosen on the first. Why does it do worse or better on the second one? Name one thing that you would change, in the data or in the network, and say how you would find out whether it helped.
#
# === BEGIN MARK SCHEME ===
#
# **Rubric (1.5 points), half a point for each.**
#
# - Stems of letters, underlined words, edges of pictures and of the sheet: long straight edges between dark and light, which look the same as a rule within 15 x 15 pixels.
# - Patches that a rule only touches (its strip covers a little more than a tenth, and the ink may lie outside), worn places, wavy and dotted borders, thin rules on dark paper; a larger field of view (larger patches, or the neighbours) would show that the line goes on.
# - The second page is darker, with another paper, contrast and other rules than the two pages of the training (a shift of the domain). A sensible change (more pages, contrast or brightness as augmentation or normalisation, larger patches) with a fair test on a page that was used for neither training nor choosing.
#
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade": true, "grade_id": "explain_failures", "locked": false, "points": 1.5, "schema_version": 3, "solution": true, "task": false}
# 1. Stems of letters, above all of large ones, underlined words, the edges of pictures and the edge of the sheet. Within 15 x 15 pixels they are what a rule is, too: a straight boundary between dark and light.
# 2. Patches into whose corner a rule just reaches, worn places, the wavy borders of advertisements. Nothing in such a patch says that a line goes on to the left and to the right; the network would have to see the neighbouring patches, or larger ones.
# 3. That page is much darker and has less contrast than the two pages the network was trained on. It has learned what dark and light were *there*. I would train on more pages, or change brightness and contrast of the patches at random while training, and compare precision and recall on a fifth
#    page that I have used neither to train nor to choose.

# %% [markdown]
# ---
# ## On your own
#
# - Divide each patch by the brightness of its surroundings before it goes into the network. What happens on `img-111`?
# - `newspaper.render_page(seed, 0.5)` renders as many pages as you like. Train on ten pages with two hundred patches each, instead of two pages with a thousand.
# - Read the result of `find_separators` with patches that overlap: shift the page by 5 pixels at a time and take the mean. What do precision and recall do?
# - Find a scanned newspaper page of your own, mark its separators in a paint program as `img-001-gt.png`, and let the network loose on it.
