"""Writes the colors that the files of jpegs.py store, as Pillow decodes them: tests/golden/jpegs/ycc.json.

Luma and the differences from it before they become RGB, the differences already upsampled, as libjpeg does.
"""

import numpy as np
from PIL import Image

import jpegs
import pinned


def stored(name):
    image = Image.open(jpegs.JPEGS / f"{name}.jpg")
    image.draft("YCbCr", None)
    assert image.mode == "YCbCr"
    return np.asarray(image)


def main():
    pinned.require_pinned()
    cases = [
        {"name": name, "crc32": pinned.crc32(stored(name))} for name in jpegs.FORMS if name not in ("grey", "print")
    ]
    pinned.write_json(jpegs.JPEGS / "ycc.json", {"made_with": pinned.versions("pillow", "numpy"), "cases": cases})


if __name__ == "__main__":
    main()
