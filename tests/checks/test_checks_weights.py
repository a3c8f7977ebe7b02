"""What `checks.initial_weights` and `checks.weight_penalty` say of networks."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from assay import checks  # noqa: E402
from assay.checks import weights  # noqa: E402

pytestmark = pytest.mark.xdist_group("tensorflow")
L = keras.layers
I = keras.initializers  # noqa: E741
SIZES = (30, 20, 20, 10)


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


def builder(make, first=None, last=None, **settings):
    """Builds networks whose layers get the initialiser that ``make`` gives, but for the first and the last one."""

    def build():
        made = [make() for _ in SIZES]
        made[0] = first or made[0]
        made[-1] = last or made[-1]
        layers = [
            L.Dense(units, "relu", kernel_initializer=each, **settings)
            for units, each in zip(SIZES, made, strict=True)
        ]
        return keras.Sequential([keras.Input((40,)), *layers])

    return build


NAMED = [
    "glorot_uniform",
    "glorot_normal",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "random_normal",
    "zeros",
    "ones",
]


@pytest.mark.parametrize("name", NAMED)
def test_an_initialiser_by_name_is_right(name):
    checks.initial_weights(builder(lambda: name), name, builds=3)


@pytest.mark.parametrize(
    "initializer",
    [
        I.RandomNormal(0.0, 1.0),
        I.RandomNormal(2.0, 0.5),
        I.RandomUniform(-0.1, 0.3),
        I.TruncatedNormal(0.0, 0.2),
        I.Constant(0.25),
        I.VarianceScaling(3.0, "fan_out", "untruncated_normal"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_initialiser_object_is_right(initializer):
    checks.initial_weights(
        builder(lambda: type(initializer).from_config(initializer.get_config())), initializer, builds=3
    )


def test_the_expected_initialiser_may_be_a_class():
    checks.initial_weights(builder(lambda: "he_normal"), I.HeNormal, builds=2)


@pytest.mark.parametrize("got", NAMED)
@pytest.mark.parametrize(
    "expected",
    ["glorot_normal", "he_normal", pytest.param(I.RandomNormal(0.0, 1.0), id="unit_normal"), "zeros"],
)
def test_initialisers_are_told_apart(got, expected):
    if got == expected:
        return
    kernels = [np.asarray(I.get(got)((40, 50)), dtype=float) for _ in range(4)]
    sample = np.concatenate([kernel.ravel() for kernel in kernels])
    assert weights.disagreement(sample, weights.distribution_of(I.get(expected), (40, 50)), 1e-8)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "random_normal"])
def test_a_right_sample_is_hardly_ever_refused(name):
    # Bounds that hold once in 10^8 cases never come near a level of 1 in 1000, be the sample small or large.
    for shape in ((8, 5), (40, 50)):
        expected = weights.distribution_of(I.get(name), shape)
        for seed in range(60):
            sample = np.asarray(
                I.get({"class_name": type(I.get(name)).__name__, "config": {"seed": seed}})(shape),
                dtype=float,
            )
            assert not weights.disagreement(sample.ravel(), expected, 1e-5)


def test_a_few_hundred_weights_show_a_spread_that_is_a_third_too_large():
    sample = np.random.default_rng(0).normal(0.0, 1.3, size=400)
    assert weights.disagreement(sample, weights.distribution_of(I.RandomNormal(0.0, 1.0), (20, 20)), 1e-8)


def test_three_thousand_weights_show_that_a_distribution_has_no_tails():
    sample = np.asarray(I.GlorotUniform(seed=2)((50, 60)), dtype=float).ravel()
    assert weights.disagreement(sample, weights.distribution_of(I.GlorotNormal(), (50, 60)), 1e-8)


def test_a_few_hundred_weights_show_a_weight_that_is_not_possible():
    sample = np.asarray(I.RandomUniform(-0.1, 0.1, seed=2)((20, 20)), dtype=float).ravel()
    expected = weights.distribution_of(I.RandomUniform(-0.1, 0.1), (20, 20))
    assert not weights.disagreement(sample, expected, 1e-8)
    sample[7] = 0.101
    assert weights.disagreement(sample, expected, 1e-8)


def test_the_cut_off_normal_distribution_is_that_of_keras():
    sample = np.asarray(I.HeNormal(seed=1)((200, 500)), dtype=float)
    expected = weights.distribution_of(I.HeNormal(), (200, 500))
    assert expected.std == pytest.approx(0.1, rel=1e-6)
    assert sample.std() == pytest.approx(expected.std, rel=0.01)
    assert np.abs(sample).max() == pytest.approx(expected.high, rel=1e-3)
    assert np.mean((sample / sample.std()) ** 4) == pytest.approx(expected.fourth, rel=0.02)


def test_the_name_random_normal_is_not_the_standard_normal_distribution():
    message = fails(checks.initial_weights, builder(lambda: "random_normal"), I.RandomNormal(0.0, 1.0))
    assert message == (
        "model: kernel of hidden layer 1 looks like N(0, 0.05), expected N(0, 1) "
        '(the string "random_normal" means a standard deviation of 0.05)'
    )


def test_an_initialiser_that_is_ignored_is_recognised():
    message = fails(checks.initial_weights, builder(lambda: "glorot_uniform"), I.RandomNormal(0.0, 1.0))
    assert message.startswith(
        "model: kernel of hidden layer 1 looks like Glorot uniform (std 0.169), expected N(0, 1)"
    )
    assert "does the initialiser reach this layer?" in message


def test_the_first_hidden_layer_without_the_initialiser_is_named():
    message = fails(checks.initial_weights, builder(lambda: "he_normal", first="glorot_uniform"), "he_normal")
    assert message.startswith("model: kernel of hidden layer 1 looks like Glorot uniform")


def test_the_output_layer_may_be_left_out():
    build = builder(lambda: "he_normal", last="glorot_uniform")
    checks.initial_weights(build, "he_normal", layers="hidden", builds=2)
    assert "kernel of the output layer" in fails(checks.initial_weights, build, "he_normal", builds=2)


def test_layers_may_be_chosen_by_number():
    build = builder(lambda: "he_normal", first="zeros")
    checks.initial_weights(build, "zeros", layers=[1], builds=1)
    checks.initial_weights(build, "he_normal", layers=[2, 3, 4], builds=1)


def test_biases_that_do_not_start_at_zero_are_named():
    build = builder(lambda: "he_normal", bias_initializer="ones")
    assert (
        fails(checks.initial_weights, build, "he_normal")
        == "model: the biases of hidden layer 1 do not start at zero"
    )
    checks.initial_weights(build, "he_normal", biases=False, builds=1)


def test_one_object_for_several_layers_is_right_unless_refused():
    def build():
        shared = I.HeNormal()
        return keras.Sequential(
            [keras.Input((20,)), *(L.Dense(20, kernel_initializer=shared) for _ in range(2))]
        )

    checks.initial_weights(build, "he_normal")
    message = fails(checks.initial_weights, build, "he_normal", equal_kernels=False)
    assert message.startswith("model: hidden layer 1 and the output layer start from identical kernels")


def test_a_fixed_seed_counts_each_kernel_once():
    # Four times the same 4,000 weights are no 16,000 weights.
    checks.initial_weights(builder(lambda: I.HeNormal(seed=11)), "he_normal", builds=4)


def test_unbuilt_networks_are_built_as_copies():
    checks.initial_weights(
        lambda: keras.Sequential([L.Dense(30, kernel_initializer="he_normal") for _ in range(2)]),
        "he_normal",
        input_shape=(40,),
    )


def test_a_build_that_returns_nothing_is_named():
    assert fails(checks.initial_weights, lambda: None, "zeros") == "model: got None (is there a return?)"


def test_a_distribution_that_is_not_known_is_a_mistake_of_the_test():
    with pytest.raises(TypeError, match="Orthogonal"):
        checks.initial_weights(builder(lambda: "zeros"), "orthogonal", builds=1)


# weight_penalty


def penalised(hidden=None, output=None, **settings):
    return keras.Sequential(
        [
            keras.Input((6,)),
            L.Dense(5, "relu", kernel_regularizer=hidden, **settings),
            L.Dense(4, "relu", kernel_regularizer=hidden),
            L.Dense(3, "softmax", kernel_regularizer=output),
        ]
    )


R = keras.regularizers


@pytest.mark.parametrize(
    ("regularizer", "l1", "l2"),
    [
        (R.L1(0.01), 0.01, 0),
        (R.L2(0.02), 0, 0.02),
        (R.L1L2(0.01, 0.02), 0.01, 0.02),
        ("l2", 0, 0.01),
        (None, 0, 0),
    ],
    ids=["L1", "L2", "both", "name", "none"],
)
def test_a_penalty_is_right(regularizer, l1, l2):
    checks.weight_penalty(penalised(regularizer, regularizer), l1, l2)


def test_a_penalty_of_zero_kernels_is_told_from_none():
    model = penalised(R.L2(0.1), R.L2(0.1), kernel_initializer="zeros")
    checks.weight_penalty(model, 0, 0.1)
    assert "expected 0" in fails(checks.weight_penalty, model)


def test_the_output_layer_may_be_penalised_or_not():
    for output in (None, R.L2(0.1)):
        checks.weight_penalty(penalised(R.L2(0.1), output), 0, 0.1, layers="either")
    checks.weight_penalty(penalised(R.L2(0.1)), 0, 0.1, layers="hidden")


@pytest.mark.parametrize(
    ("model", "slip"),
    [
        (lambda: penalised(), "no layer has a kernel_regularizer"),
        (lambda: penalised(R.L1L2(0.02, 0.01), R.L1L2(0.02, 0.01)), "the two factors are exchanged"),
        (
            lambda: penalised(R.L1L2(0.01, 0.01), R.L1L2(0.01, 0.01)),
            "the factor of L2 is half of what it should be",
        ),
        (lambda: penalised(R.L1(0.01), R.L1(0.01)), "only L1 is there"),
        (lambda: penalised(R.L1L2(0.01, 0.02)), "the output layer's kernel is left out"),
    ],
)
def test_a_usual_slip_is_named(model, slip):
    assert f"({slip}" in fails(checks.weight_penalty, model(), 0.01, 0.02)


def test_penalised_biases_are_named():
    model = keras.Sequential([keras.Input((6,)), L.Dense(5, kernel_regularizer="l2", bias_regularizer="l2")])
    assert "the biases are penalised too" in fails(checks.weight_penalty, model, 0, 0.01)


def test_a_penalty_on_activations_is_another_one():
    model = keras.Sequential(
        [keras.Input((6,)), L.Dense(5, kernel_regularizer="l2", activity_regularizer="l2"), L.Dense(2)]
    )
    fails(checks.weight_penalty, model, 0, 0.01, layers="hidden")


def test_an_unbuilt_network_is_penalised_as_a_copy():
    model = keras.Sequential([L.Dense(5, kernel_regularizer="l2")])
    checks.weight_penalty(model, 0, 0.01, input_shape=(6,))
    assert not model.built


def test_a_penalty_of_the_students_own_function_is_measured_like_any_other():
    def squares(kernel):
        return 0.01 * keras.ops.sum(kernel**2)

    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3, "relu", kernel_regularizer=squares),
            keras.layers.Dense(2, "softmax", kernel_regularizer=squares),
        ]
    )
    checks.weight_penalty(model, l2=0.01, input_shape=(4,))
    with pytest.raises(checks.ClaimFailed, match="losses sum to"):
        checks.weight_penalty(model, l1=0.01, input_shape=(4,))
