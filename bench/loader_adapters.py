"""The job of files in loader_peers.py for loaders of others: two SimCLR views of 224 pixels of every JPEG file, float32 and
normalized, planes first, by two threads of this process.

Each function gives a loader for files in batches of so many images, an epoch of so many batches, of distinct files; it
imports its package, and an ImportError or a RuntimeError says that this cannot be used here. There is none for FFCV: it reads files of a format of its own, and its
package did not build where these were tried.
"""

import random

MEAN, STDDEV = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet
SIZE = 224
THREADS = 2


class Loader:
    """Calling `epoch` begins an epoch."""

    def __init__(self, batch_size, epoch):
        self.batch_size, self.epoch = batch_size, epoch

    def __iter__(self):
        return self.epoch()


def spdl(files, transform, batch, batches):
    """SPDL decodes; its threads then run `transform`, that of torchvision's row."""
    import spdl.io
    import torch
    from PIL import Image
    from spdl.pipeline import PipelineBuilder

    spdl.io.load_image(files[0])  # a RuntimeError where there is no FFmpeg
    torch.set_num_threads(1)  # of each of the pipeline's threads, as in workers of a DataLoader

    def views_of(path):
        return transform(Image.fromarray(spdl.io.to_numpy(spdl.io.load_image(path))))

    def stacked(samples):
        return [torch.stack(views) for views in zip(*samples)]

    def epoch():
        paths = random.sample(files, batch * batches)
        pipeline = PipelineBuilder().add_source(paths).pipe(views_of, concurrency=THREADS)
        pipeline = pipeline.aggregate(batch).pipe(stacked).add_sink(2 * THREADS).build(num_threads=THREADS)
        with pipeline.auto_stop():
            yield from pipeline

    return Loader(batch, epoch)


def dali(files, transform, batch, batches):
    """DALI's operators for the CPU draw what `transform` does; jitter comes in a fixed order."""
    from nvidia.dali import fn, pipeline_def, types

    def drawn(low, high):
        return fn.random.uniform(range=(low, high))

    def happens(probability):
        return fn.random.coin_flip(probability=probability, dtype=types.BOOL)

    @pipeline_def(batch_size=batch, num_threads=THREADS, device_id=None, enable_conditionals=True)
    def two_views():
        encoded, _ = fn.readers.file(files=files, random_shuffle=True)
        decoded = fn.decoders.image(encoded, device="cpu")
        views = []
        for _ in range(2):
            view = fn.random_resized_crop(decoded, size=SIZE, random_area=(0.08, 1.0), random_aspect_ratio=(3 / 4, 4 / 3))
            if happens(0.8):
                view = fn.color_twist(view, brightness=drawn(0.2, 1.8), contrast=drawn(0.2, 1.8),
                                      saturation=drawn(0.2, 1.8), hue=drawn(-72.0, 72.0))
            if happens(0.2):
                view = fn.hsv(view, saturation=0.0)
            if happens(0.5):
                view = fn.gaussian_blur(view, window_size=23, sigma=drawn(0.1, 2.0))
            views.append(fn.crop_mirror_normalize(view, dtype=types.FLOAT, output_layout="CHW", mirror=fn.random.coin_flip(),
                                                  mean=[255 * m for m in MEAN], std=[255 * s for s in STDDEV]))
        return tuple(views)

    pipeline = two_views()
    pipeline.build()
    return Loader(batch, lambda: (pipeline.run() for _ in range(batches)))


def tf_data(files, transform, batch, batches):
    """Operations of TensorFlow draw what `transform` does; jitter comes in a fixed order."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)

    def drawn(low, high):
        return tf.random.uniform([], low, high)

    def perhaps(probability, change, image):
        return tf.cond(drawn(0, 1) < probability, lambda: change(image), lambda: image)

    def jittered(image):
        image = tf.clip_by_value(image * drawn(0.2, 1.8), 0, 1)
        image = tf.clip_by_value(tf.image.random_contrast(image, 0.2, 1.8), 0, 1)
        image = tf.image.random_saturation(image, 0.2, 1.8)
        return tf.clip_by_value(tf.image.random_hue(image, 0.2), 0, 1)

    def gray(image):
        return tf.image.grayscale_to_rgb(tf.image.rgb_to_grayscale(image))

    def blurred(image):
        taps = tf.exp(-tf.square(tf.range(-11.0, 12.0)) / (2 * tf.square(drawn(0.1, 2))))
        taps = tf.tile(tf.reshape(taps / tf.reduce_sum(taps), [23, 1, 1, 1]), [1, 1, 3, 1])
        image = tf.nn.depthwise_conv2d(image[tf.newaxis], taps, [1, 1, 1, 1], "SAME")
        return tf.nn.depthwise_conv2d(image, tf.transpose(taps, [1, 0, 2, 3]), [1, 1, 1, 1], "SAME")[0]

    def view_of(image):
        begin, size, _ = tf.image.sample_distorted_bounding_box(
            tf.shape(image), tf.zeros([0, 0, 4]), area_range=(0.08, 1.0), aspect_ratio_range=(3 / 4, 4 / 3),
            use_image_if_no_bounding_boxes=True)
        view = tf.image.resize(tf.slice(image, begin, size), (SIZE, SIZE), antialias=True) / 255
        view = tf.ensure_shape(tf.image.random_flip_left_right(view), (SIZE, SIZE, 3))
        view = perhaps(0.5, blurred, perhaps(0.2, gray, perhaps(0.8, jittered, view)))
        return tf.transpose((view - MEAN) / STDDEV, [2, 0, 1])

    def views_of(path):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3, dct_method="INTEGER_ACCURATE")
        return view_of(image), view_of(image)

    options = tf.data.Options()
    options.threading.private_threadpool_size = THREADS
    options.threading.max_intra_op_parallelism = 1
    data = tf.data.Dataset.from_tensor_slices(files).shuffle(len(files)).repeat()
    data = data.map(views_of, num_parallel_calls=THREADS, deterministic=False)
    data = data.batch(batch).prefetch(2).with_options(options)
    return Loader(batch, lambda: iter(data.take(batches)))


ADAPTERS = {"SPDL": spdl, "DALI": dali, "tf.data": tf_data}
