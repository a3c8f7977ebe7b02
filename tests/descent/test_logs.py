"""TensorBoard's logs, written by Keras's callback and read back."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from descent import logs, training

pytestmark = pytest.mark.xdist_group("tensorflow")

EPOCHS = 3


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of logs, the history, and the kernel of the hidden layer after each epoch."""
    folder = tmp_path_factory.mktemp("logs") / "baseline"
    keras.utils.set_random_seed(3)
    x, y = np.random.default_rng(3).normal(size=(60, 5)).astype("float32"), np.arange(60) % 3
    hidden = keras.layers.Dense(4, name="hidden")
    model = keras.Sequential(
        [keras.Input((5,)), hidden, keras.layers.Dense(3, activation="softmax", name="out")], name="net"
    )
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    kernels = []
    callbacks = [
        keras.callbacks.TensorBoard(folder, histogram_freq=1),
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: kernels.append(hidden.get_weights()[0])
        ),
    ]
    history = training.fit(
        model, x, y, epochs=EPOCHS, validation_data=(x, y), callbacks=callbacks, batch_size=10, verbose=0
    )
    return folder, history.history, kernels


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("train/epoch_loss", "loss"),
        ("train/epoch_accuracy", "accuracy"),
        ("validation/epoch_loss", "val_loss"),
        ("validation/epoch_accuracy", "val_accuracy"),
    ],
)
def test_the_curves_are_those_of_the_history(trained, tag, name):
    folder, history, _ = trained
    steps, values = logs.scalars(folder)[tag]
    np.testing.assert_array_equal(steps, np.arange(EPOCHS))
    np.testing.assert_allclose(values, history[name], rtol=1e-6)


def test_a_folder_above_names_the_run(trained):
    assert "baseline/train/epoch_loss" in logs.scalars(trained[0].parent)


def test_a_tag_chooses_by_a_part_of_the_name(trained):
    assert set(logs.scalars(trained[0], "epoch_loss")) == {"train/epoch_loss", "validation/epoch_loss"}


def test_every_weight_has_its_histograms(trained):
    assert set(logs.histograms(trained[0])) == {
        f"train/net/{layer}/{weight}/histogram"
        for layer in ("hidden", "out")
        for weight in ("kernel", "bias")
    }


def test_histograms_hold_every_weight_at_every_epoch(trained):
    folder, _, kernels = trained
    (histograms,) = logs.histograms(folder, "hidden/kernel").values()
    np.testing.assert_array_equal(histograms.steps, np.arange(EPOCHS))
    np.testing.assert_allclose(histograms.edges[:, 0], [kernel.min() for kernel in kernels], rtol=1e-6)
    np.testing.assert_allclose(histograms.edges[:, -1], [kernel.max() for kernel in kernels], rtol=1e-6)
    for row, kernel in enumerate(kernels):
        expected = np.histogram(kernel, bins=histograms.edges[row])[0]
        # A weight that lies on a border may be counted on either side of it.
        assert np.abs(histograms.counts[row] - expected).sum() <= 2
        assert histograms.counts[row].sum() == kernel.size


def test_common_edges_keep_the_counts_and_their_place():
    histograms = logs.Histograms(
        np.array([0, 1]), np.array([[0.0, 1.0, 2.0], [0.0, 2.0, 4.0]]), np.array([[4.0, 2.0], [4.0, 8.0]])
    )
    edges, counts = histograms.on_common_edges(4)
    np.testing.assert_allclose(edges, [0, 1, 2, 3, 4])
    np.testing.assert_allclose(counts, [[4, 2, 0, 0], [2, 2, 4, 4]])


def test_weights_that_are_all_equal_fill_one_bin():
    histograms = logs.Histograms(np.array([0]), np.zeros((1, 3)), np.array([[0.0, 7.0]]))
    _, counts = histograms.on_common_edges(5)
    np.testing.assert_allclose(counts, [[0, 0, 7, 0, 0]])


def test_the_largest_value_is_not_lost_when_all_weights_of_a_step_are_equal_to_it():
    histograms = logs.Histograms(
        np.array([0, 1]), np.array([[0.0, 1.0, 2.0], [2.0, 2.0, 2.0]]), np.array([[4.0, 2.0], [0.0, 6.0]])
    )
    np.testing.assert_allclose(histograms.on_common_edges(2)[1], [[4, 2], [0, 6]])


def test_a_second_training_into_the_same_folder_replaces_the_first(tmp_path):
    for values in ([1.0, 2.0, 3.0], [5.0, 6.0]):
        writer = tf.summary.create_file_writer(str(tmp_path))
        with writer.as_default():
            for step, value in enumerate(values):
                tf.summary.scalar("loss", value, step=step)
        writer.close()
    steps, values = logs.scalars(tmp_path)["loss"]
    assert (steps.tolist(), values.tolist()) == ([0, 1], [5.0, 6.0])


def test_a_folder_without_logs_is_told_with_what_to_do(tmp_path):
    with pytest.raises(
        logs.LogsError, match=r"no TensorBoard logs in .*callbacks=\[keras.callbacks.TensorBoard"
    ):
        logs.scalars(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(logs.LogsError, match="no TensorBoard logs"):
        logs.histograms(tmp_path / "missing")


def test_an_unknown_tag_is_told_with_the_known_ones(trained):
    with pytest.raises(logs.LogsError, match=r"'accurracy'.*train/epoch_accuracy, .*validation/epoch_loss"):
        logs.scalars(trained[0], "accurracy")


def test_no_histograms_are_told_when_none_were_asked_for(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        tf.summary.scalar("loss", 1.0, step=0)
    writer.close()
    with pytest.raises(logs.LogsError, match=r"no histograms .*there are: none"):
        logs.histograms(tmp_path)


def test_values_outside_the_limits_are_left_out_of_common_bins():
    histograms = logs.Histograms(
        np.array([0, 1]), np.array([[-1.0, 0.0, 1.0], [-1e9, 0.0, 1.0]]), np.array([[4.0, 4.0], [4.0, 4.0]])
    )
    edges, counts = histograms.on_common_edges(4, limits=(-1.0, 1.0))
    assert edges.tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert counts == pytest.approx(np.array([[2, 2, 2, 2], [0, 0, 2, 2]]), abs=1e-6)
