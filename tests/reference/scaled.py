"""Writes what Pillow makes of the files of jpegs.py at a half, a quarter and an eighth of their size: tests/golden/jpegs/scaled.json.

`wholes` are the pixels after Image.draft. `views` are crops, counted in pixels of the whole picture, resized from the pixels
of the smaller one that show them, with the parts of pixels at the edges that Image.resize's box leaves out.
"""

import numpy as np
from PIL import Image

import jpegs
import pinned

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def scaled(name, times):
    image = Image.open(jpegs.JPEGS / f"{name}.jpg")
    image.draft(image.mode, (image.width // times, image.height // times))
    assert image.size == tuple(-(-side // times) for side in jpegs.SIZE)
    return image.convert("RGB")


def crop(random, whole, view, times):
    """A window of one side of the picture that has at least as many smaller pixels as the view."""
    length = int(random.integers(times * view, whole + 1))
    return int(random.integers(0, whole - length + 1)), length


def shown(image, left, top, width, height, view, times, form):
    first = left // times, top // times
    end = -(-(left + width) // times), -(-(top + height) // times)
    offset = left / times - first[0], top / times - first[1]
    box = (*offset, offset[0] + width / times, offset[1] + height / times)
    return image.crop((*first, *end)).resize(view, FILTERS[form], box=box)


def main():
    pinned.require_pinned()
    random = np.random.default_rng(5)
    wholes = []
    views = []
    for name in jpegs.FORMS:
        if name == "print":
            continue
        for times in (2, 4, 8):
            image = scaled(name, times)
            wholes.append({"name": name, "shrunk": times, "crc32": pinned.crc32(np.asarray(image))})
            for form in FILTERS:
                view = int(random.integers(1, 120 // times - 4)), int(random.integers(1, 100 // times - 4))
                left, width = crop(random, jpegs.SIZE[0], view[0], times)
                top, height = crop(random, jpegs.SIZE[1], view[1], times)
                pixels = np.asarray(shown(image, left, top, width, height, view, times, form))
                views.append(
                    {
                        "name": name,
                        "shrunk": times,
                        "filter": form,
                        "crop": [top, left, height, width],
                        "size": [view[1], view[0]],
                        "crc32": pinned.crc32(pixels),
                    }
                )
    content = {"made_with": pinned.versions("pillow", "numpy"), "wholes": wholes, "views": views}
    pinned.write_json(jpegs.JPEGS / "scaled.json", content)


if __name__ == "__main__":
    main()
