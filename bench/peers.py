"""How fast is inflow beside Pillow, torchvision and albumentations?

    python bench/peers.py build/bench/bin [--rounds 5] [--only shear_x]

Runs op_cost, view_cost and jpeg_cost of that folder and the same work of every peer that is installed, in turns and on one thread,
and prints a table of the medians over the rounds: what was done, each variant's time, and how many times as long as
ours each took. Pictures are 8-bit RGB; a peer is called as its documentation shows, in the type it is at home in.
"""

import argparse
import functools
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import timeit

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"  # it asks the network for a newer version

import numpy as np

MEAN, STDDEV = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def picture(height, width, seed=1):
    """Smooth shapes with a little noise, as picture.hpp."""
    y, x = np.mgrid[0:height, 0:width]
    right, down = x * 160 // width, y * 120 // height
    shapes = np.stack([40 + right, 90 + down // 2, 200 - right // 2 - down], axis=-1)
    return (shapes + np.random.default_rng(seed).integers(0, 24, shapes.shape)).astype(np.uint8)


# The magnitudes of op_cost: MADAug's level 0.75.
MAGNITUDES = {
    "shear_x": 0.15,
    "shear_y": 0.15,
    "translate_x": 0.225,
    "translate_y": 0.225,
    "rotate": 15,
    "solarize": 192,
    "posterize": 7,
    "contrast": 1.45,
    "color": 1.45,
    "brightness": 1.45,
    "sharpness": 1.45,
    "cutout": 0.15,
}
SIGMA = 1


def crop_of(side):
    return side // 8, side // 6, side * 5 // 6, side * 4 // 5


def kernel_of(side):
    return side // 20 * 2 + 1


def pillow(side):
    from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

    image = Image.fromarray(picture(side, side))
    m = MAGNITUDES
    top, left, height, width = crop_of(side)

    def affine(*matrix):
        return lambda: image.transform(image.size, Image.Transform.AFFINE, matrix)

    def enhanced(kind, op):
        return lambda: kind(image).enhance(m[op])

    def cutout():
        covered = image.copy()
        a, b = side // 3, side // 3 + int(m["cutout"] * side)
        ImageDraw.Draw(covered).rectangle((a, a, b, b), (125, 123, 114))
        return covered

    return {
        "shear_x": affine(1, m["shear_x"], 0, 0, 1, 0),
        "shear_y": affine(1, 0, 0, m["shear_y"], 1, 0),
        "translate_x": affine(1, 0, m["translate_x"] * side, 0, 1, 0),
        "translate_y": affine(1, 0, 0, 0, 1, m["translate_y"] * side),
        "rotate": lambda: image.rotate(m["rotate"]),
        "auto_contrast": lambda: ImageOps.autocontrast(image),
        "invert": lambda: ImageOps.invert(image),
        "equalize": lambda: ImageOps.equalize(image),
        "solarize": lambda: ImageOps.solarize(image, m["solarize"]),
        "posterize": lambda: ImageOps.posterize(image, m["posterize"]),
        "contrast": enhanced(ImageEnhance.Contrast, "contrast"),
        "color": enhanced(ImageEnhance.Color, "color"),
        "brightness": enhanced(ImageEnhance.Brightness, "brightness"),
        "sharpness": enhanced(ImageEnhance.Sharpness, "sharpness"),
        "cutout": cutout,
        "flip": lambda: ImageOps.mirror(image),
        "identity": image.copy,
        "resized_crop": lambda: image.resize(
            (side, side), Image.Resampling.BILINEAR, (left, top, left + width, top + height)
        ),
        "grayscale": lambda: image.convert("L").convert("RGB"),
        "box_blur": lambda: image.filter(ImageFilter.GaussianBlur(SIGMA)),
    }


def torchvision_on(side, tensors):
    """Of version 2 on tensors, of version 1 on PIL images, which is what most code runs."""
    import torch
    import torchvision.transforms.functional as v1
    import torchvision.transforms.v2.functional as v2
    from PIL import Image

    torch.set_num_threads(1)
    pixels = picture(side, side)
    image = torch.from_numpy(pixels).permute(2, 0, 1).contiguous() if tensors else Image.fromarray(pixels)
    F = v2 if tensors else v1
    m = MAGNITUDES
    call = functools.partial
    affine = call(F.affine, image, translate=[0, 0], scale=1.0, angle=0.0, center=[0, 0])

    def jittered():
        out = F.adjust_brightness(image, 1.2)
        out = F.adjust_contrast(out, 0.8)
        out = F.adjust_saturation(out, 1.3)
        return F.adjust_hue(out, 0.07)

    return {
        "shear_x": call(affine, shear=[math.degrees(math.atan(m["shear_x"])), 0.0]),
        "shear_y": call(affine, shear=[0.0, math.degrees(math.atan(m["shear_y"]))]),
        "translate_x": call(affine, translate=[int(m["translate_x"] * side), 0], shear=[0.0, 0.0]),
        "translate_y": call(affine, translate=[0, int(m["translate_y"] * side)], shear=[0.0, 0.0]),
        "rotate": call(F.rotate, image, m["rotate"]),
        "auto_contrast": call(F.autocontrast, image),
        "invert": call(F.invert, image),
        "equalize": call(F.equalize, image),
        "solarize": call(F.solarize, image, m["solarize"]),
        "posterize": call(F.posterize, image, m["posterize"]),
        "contrast": call(F.adjust_contrast, image, m["contrast"]),
        "color": call(F.adjust_saturation, image, m["color"]),
        "brightness": call(F.adjust_brightness, image, m["brightness"]),
        "sharpness": call(F.adjust_sharpness, image, m["sharpness"]),
        "flip": call(F.hflip, image),
        "resized_crop": call(F.resized_crop, image, *crop_of(side), [side, side], antialias=True),
        "jitter_hue": call(F.adjust_hue, image, 0.07),
        "color_jitter": jittered,
        "grayscale": call(F.rgb_to_grayscale, image, 3),
        "gaussian_blur": call(F.gaussian_blur, image, [kernel_of(side)] * 2, [SIGMA] * 2),
    }


def albumentations(side):
    import albumentations as A
    import cv2

    cv2.setNumThreads(1)
    image = picture(side, side)
    m = MAGNITUDES

    def degrees(slope):
        return (math.degrees(math.atan(slope)),) * 2

    def affine(**options):
        return A.Affine(interpolation=cv2.INTER_NEAREST, p=1, **options)

    def jitter(**factors):
        still = {"brightness": (1, 1), "contrast": (1, 1), "saturation": (1, 1), "hue": (0, 0)}
        return A.ColorJitter(**(still | factors), p=1)

    top, left, height, width = crop_of(side)
    crop = [A.Crop(left, top, left + width, top + height), A.Resize(side, side)]
    transforms = {
        "shear_x": affine(shear={"x": degrees(m["shear_x"]), "y": (0, 0)}),
        "shear_y": affine(shear={"x": (0, 0), "y": degrees(m["shear_y"])}),
        "translate_x": affine(translate_percent={"x": (m["translate_x"],) * 2, "y": (0, 0)}),
        "translate_y": affine(translate_percent={"x": (0, 0), "y": (m["translate_y"],) * 2}),
        "rotate": A.Rotate((m["rotate"],) * 2, interpolation=cv2.INTER_NEAREST, p=1),
        "auto_contrast": A.AutoContrast(p=1),
        "invert": A.InvertImg(p=1),
        "equalize": A.Equalize(mode="pil", p=1),
        "solarize": A.Solarize((m["solarize"] / 256,) * 2, p=1),
        "posterize": A.Posterize((m["posterize"],) * 2, p=1),
        "contrast": jitter(contrast=(m["contrast"],) * 2),
        "color": jitter(saturation=(m["color"],) * 2),
        "brightness": jitter(brightness=(m["brightness"],) * 2),
        "sharpness": A.Sharpen((0.45, 0.45), (1, 1), p=1),
        "cutout": A.CoarseDropout((1, 1), (m["cutout"],) * 2, (m["cutout"],) * 2, fill=(125, 123, 114), p=1),
        "flip": A.HorizontalFlip(p=1),
        "identity": A.NoOp(p=1),
        "resized_crop": A.Compose(crop),
        "jitter_hue": jitter(hue=(0.07, 0.07)),
        "color_jitter": jitter(brightness=(1.2,) * 2, contrast=(0.8,) * 2, saturation=(1.3,) * 2, hue=(0.07,) * 2),
        "grayscale": A.ToGray(p=1),
        "gaussian_blur": A.GaussianBlur((kernel_of(side),) * 2, (SIGMA, SIGMA), p=1),
    }
    return {step: (lambda transform=transform: transform(image=image)) for step, transform in transforms.items()}


def torchvision_views(preset, tensors):
    """Two SimCLR views, from a picture to two normalized tensors."""
    import torch
    import torchvision.transforms as v1
    import torchvision.transforms.v2 as v2
    from PIL import Image

    torch.set_num_threads(1)
    T = v2 if tensors else v1
    source, size, kernel = preset
    pixels = picture(*source)
    image = torch.from_numpy(pixels).permute(2, 0, 1).contiguous() if tensors else Image.fromarray(pixels)
    strength = 0.8 if kernel else 0.4
    steps = [
        T.RandomResizedCrop(size, (0.08 if kernel else 0.2, 1), antialias=True),
        T.RandomHorizontalFlip(),
        T.RandomApply([T.ColorJitter(strength, strength, strength, strength / 4)], p=0.8),
        T.RandomGrayscale(0.2),
    ]
    if kernel:
        steps.append(T.RandomApply([T.GaussianBlur(kernel, (0.1, 2.0))], p=0.5))
    steps += [v2.ToDtype(torch.float32, scale=True)] if tensors else [v1.ToTensor()]
    chain = T.Compose([*steps, T.Normalize(MEAN, STDDEV)])
    return lambda: (chain(image), chain(image))


def albumentations_views(preset):
    import albumentations as A
    import cv2
    from albumentations.pytorch import ToTensorV2

    cv2.setNumThreads(1)
    source, size, kernel = preset
    image = picture(*source)
    strength = 0.8 if kernel else 0.4
    factors = (max(0, 1 - strength), 1 + strength)
    steps = [
        A.RandomResizedCrop((size, size), (0.08 if kernel else 0.2, 1)),
        A.HorizontalFlip(),
        A.ColorJitter(factors, factors, factors, (-strength / 4, strength / 4), p=0.8),
        A.ToGray(p=0.2),
    ]
    if kernel:
        steps.append(A.GaussianBlur((kernel, kernel), (0.1, 2.0), p=0.5))
    chain = A.Compose([*steps, A.Normalize(MEAN, STDDEV), ToTensorV2()])
    return lambda: (chain(image=image), chain(image=image))


# Height and width of the source, side of a view, and taps of the blur.
VIEWS = {"32x32": ((32, 32), 32, 0), "500x375 to 224": ((375, 500), 224, 23)}


def peers():
    """Yields (what, step, variant, call) of what is installed."""

    def tried(make, *arguments):
        try:
            return make(*arguments)
        except ImportError as missing:
            print(f"left out: {missing}", file=sys.stderr)

    makers = {
        "Pillow": pillow,
        "torchvision on PIL": functools.partial(torchvision_on, tensors=False),
        "torchvision v2": functools.partial(torchvision_on, tensors=True),
        "albumentations": albumentations,
    }
    for variant, make in makers.items():
        for side in (32, 224):
            for step, call in (tried(make, side) or {}).items():
                yield f"{side}x{side}", step, variant, call
    makers = {
        "torchvision on PIL": functools.partial(torchvision_views, tensors=False),
        "torchvision v2": functools.partial(torchvision_views, tensors=True),
        "albumentations": albumentations_views,
    }
    for variant, make in makers.items():
        for what, preset in VIEWS.items():
            if call := tried(make, preset):
                yield what, "1 thread", variant, call


def seconds(call):
    """Of one call, from as many as take a while."""
    timer = timeit.Timer(call)
    timer.timeit(2)
    count = max(1, int(0.03 / max(timer.timeit(1), 1e-7)))
    return timer.timeit(count) / count


def measured_by(program, least, only):
    """Yields (what, step, variant, seconds) of one run of a program that takes `least` seconds for each."""
    command = [program, "--benchmark_format=json", f"--benchmark_min_time={least}", f"--benchmark_filter={only}"]
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    for result in json.loads(run.stdout)["benchmarks"] if run.stdout else []:
        what, step, variant = result["name"].split("/")[0].split(" | ")
        yield what, step, variant, result["real_time"] * units[result["time_unit"]]


def measure(folder, rounds, only):
    """A list of seconds for each (what, step) and variant."""
    times = {}

    def note(what, step, variant, taken):
        times.setdefault((what, step), {}).setdefault(variant, []).append(taken)

    programs = {folder / "op_cost": 0.03, folder / "view_cost": 0.2, folder / "jpeg_cost": 0.2}
    calls = [peer for peer in peers() if only in " | ".join(peer[:3])]
    for _ in range(rounds):
        for program, least in programs.items():
            for result in measured_by(program, least, only):
                note(*result)
        for what, step, variant, call in calls:
            note(what, step, variant, seconds(call))
    return {row: {variant: statistics.median(taken) for variant, taken in by.items()} for row, by in times.items()}


def table(times):
    """Markdown: microseconds, and for all others how many times ours they are: where there are several, those of
    profile fast, without antialiasing where that makes a difference."""
    variants = list(dict.fromkeys(variant for by in times.values() for variant in by))
    yield "| | | " + " | ".join(variants) + " |"
    yield "| --- " * (len(variants) + 2) + "|"
    for (what, step), by in times.items():
        ours = by.get("inflow") or by.get("fast plain") or by.get("fast")
        cells = []
        for variant in variants:
            taken = by.get(variant)
            text = "" if taken is None else f"{taken * 1e6:.3g}"
            if taken and ours and taken != ours and variant != "floor":
                text += f" ({taken / ours:.3g}x)"
            cells.append(text)
        yield f"| {what} | {step} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="that the benchmarks were built in")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of a row's name")
    options = parser.parse_args()
    for line in table(measure(options.folder, options.rounds, options.only)):
        print(line)


if __name__ == "__main__":
    main()
