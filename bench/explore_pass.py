"""How fast is the explore pass of MADAug's policy update beside the same pass with Pillow?

    python bench/explore_pass.py build/bench/bin [--rounds 5]

128 views of 32x32 under all 17 ops, each normalized and with a hole of 16 pixels of its own, and their mixture by the
probabilities: explore_pass of that folder on one and two threads, and Pillow with numpy in one process, in turns. Prints
pictures under an op per second, medians over the rounds, and how many times Pillow's that is: Pillow's by its processor
time, ours by the clock.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import time

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from peers import MEAN, STDDEV, picture

VIEWS, SIDE, HOLE, LEVEL = 128, 32, 16, 0.75


def ops():
    """MADAug's, in its order: picture and sign in, picture out, at level 0.75."""

    def affine(*matrix):
        return lambda image, sign: image.transform(image.size, Image.Transform.AFFINE, matrix_of(matrix, sign))

    def matrix_of(matrix, sign):
        return tuple(value * sign if at not in (0, 4) else value for at, value in enumerate(matrix))

    def enhanced(kind):
        return lambda image, sign: kind(image).enhance(0.1 + 1.8 * LEVEL)

    def cutout(image, sign):
        covered, side = image.copy(), 0.2 * LEVEL * SIDE
        left = int(max(0, SIDE - (SIDE - 1) * random.random() - side / 2))
        top = int(max(0, SIDE - (SIDE - 1) * random.random() - side / 2))
        box = (left, top, min(SIDE, left + side), min(SIDE, top + side))
        ImageDraw.Draw(covered).rectangle(box, (125, 123, 114))
        return covered

    return [
        affine(1, 0.15, 0, 0, 1, 0),
        affine(1, 0, 0, 0.15, 1, 0),
        affine(1, 0, 0.225 * SIDE, 0, 1, 0),
        affine(1, 0, 0, 0, 1, 0.225 * SIDE),
        lambda image, sign: image.rotate(15 * sign),
        lambda image, sign: ImageOps.autocontrast(image),
        lambda image, sign: ImageOps.invert(image),
        lambda image, sign: ImageOps.equalize(image),
        lambda image, sign: ImageOps.solarize(image, 192),
        lambda image, sign: ImageOps.posterize(image, 7),
        enhanced(ImageEnhance.Contrast),
        enhanced(ImageEnhance.Color),
        enhanced(ImageEnhance.Brightness),
        enhanced(ImageEnhance.Sharpness),
        cutout,
        lambda image, sign: ImageOps.mirror(image),
        lambda image, sign: image.copy(),
    ]


def with_pillow(images, applied, probabilities):
    """The mixtures; of MADAug's own code only the conversions between tensors and pictures are left out."""
    mean, stddev = np.float32(MEAN), np.float32(STDDEV)
    pictures = np.empty((len(images), len(applied), SIDE, SIDE, 3), np.float32)
    for view, image in enumerate(images):
        for number, op in enumerate(applied):
            changed = np.asarray(op(image, random.choice((-1, 1))), np.float32)
            row = pictures[view, number]
            np.divide(changed / 255 - mean, stddev, out=row)
            top, left = random.randrange(SIDE) - HOLE // 2, random.randrange(SIDE) - HOLE // 2
            row[max(0, top) : top + HOLE, max(0, left) : left + HOLE] = 0
    mixed = probabilities[:, None] @ pictures.reshape(len(images), len(applied), -1)
    return pictures, mixed.reshape(len(images), SIDE, SIDE, 3)


def seconds_of_pillow():
    images = [Image.fromarray(picture(SIDE, SIDE, seed)) for seed in range(VIEWS)]
    applied = ops()
    probabilities = np.full((VIEWS, len(applied)), 1 / len(applied), np.float32)
    start = time.process_time()
    with_pillow(images, applied, probabilities)
    return time.process_time() - start


def rates_of(program):
    """Pictures under an op per second, by name of the variant."""
    command = [program, "--benchmark_format=json", "--benchmark_min_time=0.3"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return {
        result["name"].split("/")[0].removeprefix("explore | "): result["items_per_second"]
        for result in json.loads(run.stdout)["benchmarks"]
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="that explore_pass is in")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    rates = {}
    for _ in range(arguments.rounds):
        rates.setdefault("Pillow", []).append(VIEWS * len(ops()) / seconds_of_pillow())
        for variant, rate in rates_of(arguments.folder / "explore_pass").items():
            rates.setdefault(variant, []).append(rate)
    pillow = statistics.median(rates["Pillow"])
    for variant, all_rates in rates.items():
        rate = statistics.median(all_rates)
        print(f"{variant:40} {rate:12,.0f} a second {rate / pillow:8.1f}")


if __name__ == "__main__":
    main()
