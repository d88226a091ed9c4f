"""Writes an npz of the images of a pool, the pixels of each in a random order: images with the right brightness that show
nothing.

    python adainf_shuffled.py POOL SHUFFLED.npz
"""

import pathlib
import sys

import numpy as np


def main():
    pool, shuffled = map(pathlib.Path, sys.argv[1:])
    if shuffled.exists():
        return
    images = np.concatenate([np.load(shard)["arr_0"] for shard in sorted(pool.glob("samples-*.npz"))])
    count, height, width, channels = images.shape
    order = np.random.default_rng(1).random((count, height * width)).argsort(axis=1)
    pixels = np.take_along_axis(images.reshape(count, -1, channels), order[:, :, None], axis=1)
    part = shuffled.with_suffix(".part.npz")
    np.savez(part, arr_0=pixels.reshape(images.shape))
    part.rename(shuffled)


if __name__ == "__main__":
    main()
