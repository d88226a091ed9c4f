"""Writes what Pillow makes of the pictures with each numbered op: tests/golden/<op>/.

digests.json holds, for each case (a magnitude and two draws), the CRC-32 of the pixels of each picture; the .png files
are a few of these outputs in full. The calls are those of AutoAugment's operators, in the order of MADAug's policy head.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

import pictures
import pinned


def affine(image, *matrix):
    return image.transform(image.size, Image.Transform.AFFINE, matrix)


def cutout(image, magnitude, u, v):
    """As MADAug draws it: numpy's uniform(width) is uniform between `width` and 1."""
    if magnitude <= 0:
        return image
    width, height = image.size
    side = magnitude * width
    center_x = width + (1 - width) * u
    center_y = height + (1 - height) * v
    left = int(max(0, center_x - side / 2.0))
    top = int(max(0, center_y - side / 2.0))
    box = (left, top, min(width, left + side), min(height, top + side))
    image = image.copy()
    ImageDraw.Draw(image).rectangle(box, (125, 123, 114))
    return image


def enhanced(kind):
    return lambda image, factor, u, v: kind(image).enhance(factor)


OPS = {
    "shear_x": lambda image, slope, u, v: affine(image, 1, slope, 0, 0, 1, 0),
    "shear_y": lambda image, slope, u, v: affine(image, 1, 0, 0, slope, 1, 0),
    "translate_x": lambda image, part, u, v: affine(image, 1, 0, part * image.width, 0, 1, 0),
    "translate_y": lambda image, part, u, v: affine(image, 1, 0, 0, 0, 1, part * image.height),
    "rotate": lambda image, degrees, u, v: image.rotate(degrees),
    "auto_contrast": lambda image, unused, u, v: ImageOps.autocontrast(image),
    "invert": lambda image, unused, u, v: ImageOps.invert(image),
    "equalize": lambda image, unused, u, v: ImageOps.equalize(image),
    "solarize": lambda image, threshold, u, v: ImageOps.solarize(image, threshold),
    "posterize": lambda image, bits, u, v: ImageOps.posterize(image, int(bits)),
    "contrast": enhanced(ImageEnhance.Contrast),
    "color": enhanced(ImageEnhance.Color),
    "brightness": enhanced(ImageEnhance.Brightness),
    "sharpness": enhanced(ImageEnhance.Sharpness),
    "cutout": cutout,
    "flip": lambda image, unused, u, v: ImageOps.mirror(image),
    "identity": lambda image, unused, u, v: image,
}


def levels(low, high):
    return [low + level * (high - low) for level in (0, 0.25, 0.5, 0.75, 1)]


# The levels of MADAug's range (which has both signs where signs matter), the ends of the domain, and what is special.
MAGNITUDES = {
    "shear_x": levels(-0.3, 0.3) + [-10, 10, 1, -1, 0.01],
    "shear_y": levels(-0.3, 0.3) + [-10, 10, 1, -1, 0.01],
    "translate_x": levels(-0.45, 0.45) + [-1, 1, 0.5, -0.5, 1 / 3],
    "translate_y": levels(-0.45, 0.45) + [-1, 1, 0.5, -0.5, 1 / 3],
    "rotate": levels(-30, 30) + [-360, 360, 45, 90, -90, 180, 270, 1e-20, -1e-20, 1e-13],
    "solarize": levels(0, 256) + [127.5, 255, 1],
    "posterize": levels(4, 8) + [1, 4.99, 7.99, 0],
    "contrast": levels(0.1, 1.9) + [0, 255, 1.5],
    "color": levels(0.1, 1.9) + [0, 255, 1.5],
    "brightness": levels(0.1, 1.9) + [0, 255, 1.5],
    "sharpness": levels(0.1, 1.9) + [0, 255, 1.5],
    "cutout": levels(0, 0.2) + [1, 0.5],
}
PLACES = [(0, 0), (0.5, 0.25), (1 - 2**-24, 1 - 2**-24), (0.3, 0.9)]
SHOWN = ["photo_32x32", "two_valued_3x3"]


def cases(op):
    magnitudes = [pinned.single(magnitude) for magnitude in MAGNITUDES.get(op, [0])]
    places = PLACES if op == "cutout" else [(0, 0)]
    return [(m, pinned.single(u), pinned.single(v)) for m in magnitudes for u, v in places]


def main():
    pinned.require_pinned()
    inputs = {name: pictures.load(name) for name in pictures.names()}
    for op, apply in OPS.items():
        written = []
        for number, case in enumerate(cases(op)):
            outputs = {name: apply(image, *case) for name, image in inputs.items()}
            digests = {name: pinned.crc32(np.asarray(image)) for name, image in outputs.items()}
            written.append(dict(zip(("magnitude", "u", "v"), case)) | {"crc32": digests})
            for name in SHOWN if number in (0, 3) else []:
                path = pinned.GOLDEN / op / f"{name}_case_{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                outputs[name].save(path, optimize=True)
        content = {"made_with": pinned.versions("pillow", "numpy"), "cases": written}
        pinned.write_json(pinned.GOLDEN / op / "digests.json", content)


if __name__ == "__main__":
    main()
