"""Writes the pictures that ops and views are tried on: tests/golden/pictures/<kind>_<height>x<width>.png.

Photographs are crops of those that come with scikit-image, which are in the public domain.
"""

import numpy as np
import skimage.data
from PIL import Image

import pinned

SIZES = [(1, 1), (2, 2), (3, 3), (1, 9), (13, 1), (31, 33), (32, 32), (224, 224)]
PICTURES = pinned.GOLDEN / "pictures"


def constant(height, width):
    return np.full((height, width, 3), (200, 30, 90), np.uint8)


def ramp(height, width):
    """Each channel runs over another part of the values, in another direction."""
    down = np.linspace(0, 1, height)[:, None]
    right = np.linspace(0, 1, width)[None, :]
    channels = [255 * right + 0 * down, 40 + 180 * down + 0 * right, 255 - 127.5 * (down + right)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def noise(height, width):
    return np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), np.uint8)


def two_valued(height, width):
    return np.random.default_rng(height * 1000 + width + 1).choice(np.array([10, 241], np.uint8), (height, width, 3))


def photo(height, width):
    """A crop of a portrait; the small ones show an eye."""
    top, left = (40, 120) if height > 100 else (105, 196)
    return skimage.data.astronaut()[top : top + height, left : left + width]


KINDS = {"constant": constant, "ramp": ramp, "noise": noise, "two_valued": two_valued, "photo": photo}


def name_of(kind, size):
    return f"{kind}_{size[0]}x{size[1]}"


def names():
    return [name_of(kind, size) for kind in KINDS for size in SIZES]


def load(name):
    return Image.open(PICTURES / f"{name}.png")


def main():
    pinned.require_pinned()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in names():
        kind, size = name.rsplit("_", 1)
        height, width = map(int, size.split("x"))
        Image.fromarray(KINDS[kind](height, width)).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
