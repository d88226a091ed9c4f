"""Writes what Pillow and torchvision make of views with every kind of draw: tests/golden/views/.

all_draws.json holds drawn views with either filter, crops that hang over the edge, blurs by boxes, solarized, equalized
and cut out ones, and the CRC-32 of the row of the batch that each ends in. interpolated.json has resizes without
antialiasing, which need not match to the bit, with their outputs in interpolated/. boxes.json has digests of pictures
blurred by boxes.

With --sweep COUNT FILE it writes COUNT other drawn views to FILE instead.
"""

import argparse
import pathlib

import numpy as np
import torch
import torchvision.transforms as transforms
from PIL import ImageFilter

import pictures
import pinned
import views

SOURCES = ["photo_224x224", "photo_32x32", "photo_31x33", "noise_31x33", "two_valued_32x32", "ramp_224x224", "noise_1x9"]
SIZES = [(28, 28), (32, 32), (24, 40), (64, 64), (96, 48), (1, 7)]


def crop_of(picture, chance):
    """A crop as RandomResizedCrop takes it, one of a padded picture, or the whole."""
    width, height = picture.size
    kind = chance.choice(["resized", "resized", "padded", "beside", "whole"])
    if kind == "resized":
        return transforms.RandomResizedCrop.get_params(picture, [0.08, 1.0], [3 / 4, 4 / 3])
    if kind == "padded":
        return int(chance.integers(-4, 5)), int(chance.integers(-4, 5)), height, width
    if kind == "beside":
        return int(chance.integers(height - 2, height + 2)), int(chance.integers(-width, width)), 9, 11
    return 0, 0, height, width


def blur_of(chance):
    if chance.random() < 0.3:
        return views.NO_BLUR | {"form": str(chance.choice(["kernel", "boxes"]))}
    sigma = chance.choice([chance.uniform(0.1, 2), chance.uniform(0.01, 0.2), chance.uniform(2, 40)])
    return {"kernel": 0, "sigma": pinned.single(sigma), "form": "boxes"}


def cutout_of(size, chance):
    """A square around a pixel of the view, cut off at its edges."""
    if chance.random() < 0.5:
        return None
    first = [max(int(chance.integers(extent)) - 8, 0) for extent in size]
    last = [min(begin + 16, extent) for begin, extent in zip(first, size)]
    return views.box(*first, last[0] - first[0], last[1] - first[1])


def draw(number, chance):
    name = SOURCES[number % len(SOURCES)]
    size = SIZES[number % len(SIZES)]
    base = views.base(
        views.box(*crop_of(pictures.load(name), chance)),
        size,
        flip=bool(chance.integers(2)),
        jitter=views.draw_jitter(int(chance.choice([0, 0, 4]))),
        grayscale=bool(chance.random() < 0.1),
        blur=blur_of(chance),
    )
    base["filter"] = str(chance.choice(["bilinear", "bicubic", "bicubic"]))
    base["solarize"] = int(chance.choice([128, chance.integers(0, 257)])) if chance.random() < 0.4 else None
    base["equalize"] = bool(chance.random() < 0.3)
    finish = views.finish(
        channels=int(chance.choice([1, 3, 3])),
        dtype=str(chance.choice(["uint8", "float32"])),
        layout=str(chance.choice(["nchw", "nhwc"])),
    )
    finish["cutout"] = cutout_of(size, chance)
    return name, views.drawn(4000 + number, base, finish=finish)


def cases(count, seed):
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    for number in range(count):
        name, view = draw(number, chance)
        yield {"picture": name, "view": view, "crc32": pinned.crc32(views.render(view, pictures.load(name)))}


def interpolated():
    """Resizes without antialiasing: up, down, by little and by a lot, and of single pixels."""
    resizes = [
        ("photo_32x32", (2, 4, 27, 22), (28, 28)),
        ("photo_32x32", (0, 0, 32, 32), (96, 61)),
        ("photo_224x224", (0, 0, 224, 224), (64, 64)),
        ("photo_224x224", (10, 20, 200, 151), (32, 31)),
        ("noise_31x33", (-4, 3, 31, 33), (28, 40)),
        ("two_valued_32x32", (0, 0, 32, 32), (47, 13)),
        ("noise_1x9", (0, 0, 1, 9), (4, 4)),
        ("noise_1x1", (0, 0, 1, 1), (3, 2)),
    ]
    for number, (name, crop, size) in enumerate(resizes):
        for filter in ("bilinear", "bicubic"):
            base = views.base(views.box(*crop), size) | {"filter": filter, "antialias": False}
            label = f"{filter}_{number}"
            views.save_png(
                views.VIEWS / "interpolated" / f"{label}.png", views.render_base(pictures.load(name), base)
            )
            yield {"name": label, "picture": name, "view": views.drawn(5000 + number, base)}


def boxes():
    for name in ("noise_1x1", "noise_1x9", "noise_13x1", "noise_31x33", "two_valued_32x32", "photo_224x224"):
        for sigma in (0.01, 0.3, 0.577, 0.578, 1, 2.7, 9, 31, 150, 1000):
            output = pictures.load(name).filter(ImageFilter.GaussianBlur(pinned.single(sigma)))
            yield {"picture": name, "sigma": pinned.single(sigma), "crc32": pinned.crc32(np.asarray(output))}


def main():
    pinned.require_pinned()
    parser = argparse.ArgumentParser()
    parser.add_argument("--sweep", nargs=2, metavar=("COUNT", "FILE"))
    sweep = parser.parse_args().sweep
    made_with = pinned.versions("torchvision", "torch", "pillow", "numpy")
    if sweep:
        count = int(sweep[0])
        swept = list(cases(count, seed=count))
        return pinned.write_json(pathlib.Path(sweep[1]), {"made_with": made_with, "cases": swept})
    pinned.write_json(views.VIEWS / "all_draws.json", {"made_with": made_with, "cases": list(cases(150, seed=11))})
    pinned.write_json(views.VIEWS / "interpolated.json", {"made_with": made_with, "cases": list(interpolated())})
    made_with = pinned.versions("pillow", "numpy")
    pinned.write_json(views.VIEWS / "boxes.json", {"made_with": made_with, "cases": list(boxes())})


if __name__ == "__main__":
    main()
