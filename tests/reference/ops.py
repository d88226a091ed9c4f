"""Writes what Pillow makes of the pictures with each numbered op: tests/golden/<op>/.

digests.json holds, for each case (a magnitude and two draws), the CRC-32 of the pixels of each picture; the .png files
are a few of these outputs in full. windows.json holds the CRC-32 of what becomes of windows of pictures, one of every
width up to WIDEST, by anything the op accepts. The calls are those of AutoAugment's operators, in the order of MADAug's
policy head.

With --check it compares what it would write with what is there, whatever the versions, and fails where digests differ.
With --sweep COUNT FILE it writes COUNT other windows, of all ops, to FILE.
"""

import argparse
import json
import pathlib
import sys

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
# The rest accepts anything and makes nothing of it.
DOMAINS = {
    "shear_x": (-10, 10),
    "shear_y": (-10, 10),
    "translate_x": (-1, 1),
    "translate_y": (-1, 1),
    "rotate": (-360, 360),
    "solarize": (0, 256),
    "posterize": (0, 8),
    "contrast": (0, 255),
    "color": (0, 255),
    "brightness": (0, 255),
    "sharpness": (0, 255),
    "cutout": (0, 1),
}
PLACES = [(0, 0), (0.5, 0.25), (1 - 2**-24, 1 - 2**-24), (0.3, 0.9)]
SHOWN = ["photo_32x32", "two_valued_3x3"]
# Beyond the vectors of any processor, and one more.
WIDEST = 67


def cases(op):
    magnitudes = [pinned.single(magnitude) for magnitude in MAGNITUDES.get(op, [0])]
    places = PLACES if op == "cutout" else [(0, 0)]
    return [(m, pinned.single(u), pinned.single(v)) for m in magnitudes for u, v in places]


def digests(op, inputs):
    for case in cases(op):
        outputs = {name: OPS[op](image, *case) for name, image in inputs.items()}
        crc32 = {name: pinned.crc32(np.asarray(image)) for name, image in outputs.items()}
        yield dict(zip(("magnitude", "u", "v"), case)) | {"crc32": crc32}


def magnitude_of(op, chance):
    """Anywhere in the domain, where MADAug has it, or one of the special ones."""
    kind = chance.choice(["domain", "range", "special"])
    if op not in DOMAINS or kind == "special":
        return pinned.single(chance.choice(MAGNITUDES.get(op, [0])))
    low, high = DOMAINS[op] if kind == "domain" else (min(MAGNITUDES[op][:5]), max(MAGNITUDES[op][:5]))
    return pinned.single(chance.uniform(low, high))


def window(op, width, inputs, chance):
    name = str(chance.choice(list(inputs)))
    image = inputs[name]
    height = int(chance.choice([1, 2, 3, chance.integers(1, 65)]))
    top, left = int(chance.integers(image.height - height + 1)), int(chance.integers(image.width - width + 1))
    case = {"magnitude": magnitude_of(op, chance), "u": float(chance.integers(2**24) / 2**24)}
    case["v"] = float(chance.integers(2**24) / 2**24)
    output = OPS[op](image.crop((left, top, left + width, top + height)), *case.values())
    place = {"op": op, "picture": name, "window": [top, left, height, width]}
    return place | case | {"crc32": pinned.crc32(np.asarray(output))}


def windows(op, inputs):
    chance = np.random.default_rng(list(OPS).index(op))
    return [window(op, width, inputs, chance) for width in range(1, WIDEST + 1)]


def sweep(count, inputs):
    chance = np.random.default_rng(count)
    ops = list(OPS)
    return [window(ops[number % len(ops)], int(chance.integers(1, 225)), inputs, chance) for number in range(count)]


def save_shown(op, inputs):
    for number in (0, 3) if len(cases(op)) > 3 else (0,):
        for name in SHOWN:
            path = pinned.GOLDEN / op / f"{name}_case_{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            OPS[op](inputs[name], *cases(op)[number]).save(path, optimize=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sweep", nargs=2, metavar=("COUNT", "FILE"))
    arguments = parser.parse_args()
    if not arguments.check:
        pinned.require_pinned()
    made_with = {"made_with": pinned.versions("pillow", "numpy")}
    inputs = {name: pictures.load(name) for name in pictures.names()}
    large = {name: image for name, image in inputs.items() if image.size == (224, 224)}
    if arguments.sweep:
        count, file = int(arguments.sweep[0]), pathlib.Path(arguments.sweep[1])
        return pinned.write_json(file, made_with | {"cases": sweep(count, large)})
    different = []
    for op in OPS:
        for name, made in {"digests": list(digests(op, inputs)), "windows": windows(op, large)}.items():
            file = pinned.GOLDEN / op / f"{name}.json"
            if not arguments.check:
                pinned.write_json(file, made_with | {"cases": made})
            elif json.loads(file.read_text())["cases"] != made:
                different.append(f"{file.relative_to(pinned.GOLDEN)}: {made_with['made_with']} give other digests")
        if not arguments.check:
            save_shown(op, inputs)
    if different:
        sys.exit("\n".join(different))


if __name__ == "__main__":
    main()
