"""Writes JPEG files and what Pillow decodes them to: tests/golden/jpegs/.

Each file is the same photograph in another form of JPEG. digests.json holds the size and the CRC-32 of the RGB pixels of
each.
"""

import io

import numpy as np
from PIL import Image

import pictures
import pinned

JPEGS = pinned.GOLDEN / "jpegs"

# Pillow's options; "mode" is that of the picture before it is written.
FORMS = {
    "halved": {"subsampling": "4:2:0"},
    "halved_across": {"subsampling": "4:2:2"},
    "full": {"subsampling": "4:4:4"},
    "progressive": {"subsampling": "4:2:0", "progressive": True},
    "restarts": {"subsampling": "4:2:0", "restart_marker_rows": 1},
    "grey": {"mode": "L"},
    "print": {"mode": "CMYK"},
}
SIZE = (151, 113)  # whole blocks along neither axis


def encoded(mode="RGB", **options):
    file = io.BytesIO()
    photo = pictures.load("photo_224x224").resize(SIZE)
    photo.convert(mode).save(file, "JPEG", quality=85, **options)
    return file.getvalue()


def main():
    pinned.require_pinned()
    JPEGS.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, options in FORMS.items():
        content = encoded(**options)
        (JPEGS / f"{name}.jpg").write_bytes(content)
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
        cases.append({"name": name, "crc32": pinned.crc32(pixels)})
    pinned.write_json(JPEGS / "digests.json", {"made_with": pinned.versions("pillow", "numpy"), "cases": cases})


if __name__ == "__main__":
    main()
