"""TensorFlow's extract_patches cuts; the results are tensors made arrays."""

# %% get_patches
import tensorflow as tf


def get_patches(page, ground_truth, height, width, threshold):
    def cut(picture):
        return tf.image.extract_patches(
            tf.constant(picture[None, :, :, None], tf.float32), [1, height, width, 1], [1, height, width, 1], [1, 1, 1, 1], "VALID"
        ).numpy().reshape(-1, height, width, 1)

    dark = np.mean(cut(ground_truth) == 0, axis=(1, 2, 3))
    return cut(page) / 255, (dark > threshold).astype("int32")
