"""Writes what torchvision's v2 makes of drawn views on float tensors in [0, 1]: tests/golden/fast/.

cases.json holds drawn views in the form that replays them, in groups: single steps, and whole views as SimCLR draws them.
<number>.png has the three channels of each one's outcome below each other, in units of 1/256 of a level.
"""

import numpy as np
import torch
import torchvision.transforms.v2.functional as F
from PIL import Image
from torchvision.transforms import InterpolationMode, RandomResizedCrop

import pictures
import pinned
import views

FAST = pinned.GOLDEN / "fast"
UNIT = 256
FILTERS = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}
FINISH = {"channels": 3, "dtype": "float32", "layout": "nchw", "mean": [0.0] * 3, "stddev": [1.0] * 3}


def render(name, base):
    image = torch.from_numpy(np.asarray(pictures.load(name)).copy()).permute(2, 0, 1).float() / 255
    crop, jitter, blur = base["crop"], base["jitter"], base["blur"]
    size = [base["size"]["height"], base["size"]["width"]]
    image = F.resized_crop(image, *crop.values(), size, FILTERS[base["filter"]], base["antialias"])
    # A cubic overshoots, and a picture does not.
    image = image.clamp(0, 1)
    if base["flip"]:
        image = F.horizontal_flip(image)
    adjust = {
        "brightness": lambda: F.adjust_brightness(image, jitter["brightness"]),
        "contrast": lambda: F.adjust_contrast(image, jitter["contrast"]),
        "saturation": lambda: F.adjust_saturation(image, jitter["saturation"]),
        "hue": lambda: F.adjust_hue(image, jitter["hue_shift"]),
    }
    for part in jitter["order"][: jitter["count"]]:
        image = adjust[part]()
    if base["grayscale"]:
        image = F.rgb_to_grayscale(image, num_output_channels=3)
    if blur["kernel"]:
        image = F.gaussian_blur(image, [blur["kernel"]] * 2, [blur["sigma"]] * 2)
    if "solarize" in base:
        image = F.solarize(image, base["solarize"] / 255)
    return image


def base(crop, size, **more):
    return {**views.base(views.box(*crop), size), "filter": "bilinear", "antialias": True, **more}


def single(part, value):
    order = [part] + [other for other in views.PARTS if other != part]
    key = "hue_shift" if part == "hue" else part
    return {"jitter": views.NO_JITTER | {"order": order, "count": 1, key: pinned.single(value)}}


def steps():
    """Pairs of a group and a base with one step, for a picture of the given size."""
    for filter in FILTERS:
        for antialias in (True, False):
            how = {"filter": filter, "antialias": antialias}
            kind = f"{filter}, {'antialiased' if antialias else 'not antialiased'}"
            yield f"enlarge, {kind}", lambda h, w, how=how: base((h // 5, w // 7, h // 2, w // 2 + 1), (h, w), **how)
            yield f"shrink, {kind}", lambda h, w, how=how: base((0, 0, h, w), (h * 2 // 5, w * 2 // 3), **how)
    yield "flip", lambda h, w: base((0, 0, h, w), (h, w), flip=True)
    for factor in (0.2, 0.7, 1.8):
        for part in ("brightness", "contrast", "saturation"):
            yield part, lambda h, w, part=part, factor=factor: base((0, 0, h, w), (h, w), **single(part, factor))
    for shift in (-0.5, -0.21, 0.04, 0.37):
        yield "hue", lambda h, w, shift=shift: base((0, 0, h, w), (h, w), **single("hue", shift))
    yield "grayscale", lambda h, w: base((0, 0, h, w), (h, w), grayscale=True)
    for kernel, sigma in ((3, 0.1), (3, 1.2), (23, 0.4), (23, 2.0)):
        blur = {"kernel": kernel, "sigma": pinned.single(sigma)}
        yield "blur", lambda h, w, blur=blur: base((0, 0, h, w), (h, w), blur=blur)
    for threshold in (0, 100, 128, 255):
        yield "solarize", lambda h, w, threshold=threshold: base((0, 0, h, w), (h, w), solarize=threshold)


def whole_views():
    """Views as SimCLR draws them at full strength, of photographs."""
    torch.manual_seed(11)
    chance = np.random.default_rng(11)
    for number in range(60):
        name, size, kernel = [("photo_224x224", (64, 64), 7), ("photo_32x32", (32, 32), 3)][number % 2]
        crop = RandomResizedCrop.get_params(pictures.load(name), [0.08, 1.0], [3 / 4, 4 / 3])
        jitter = views.draw_jitter(4 if chance.random() < 0.8 else 0)
        sigma = pinned.single(chance.uniform(0.1, 2.0)) if chance.random() < 0.5 else 0.0
        yield name, base(
            crop,
            size,
            flip=bool(chance.random() < 0.5),
            jitter=jitter,
            grayscale=bool(chance.random() < 0.2),
            blur={"kernel": kernel if sigma else 0, "sigma": sigma},
        )


def cases():
    for name in ("photo_32x32", "noise_31x33", "two_valued_32x32", "ramp_224x224"):
        width, height = pictures.load(name).size
        part = (min(height, 60), min(width, 50))
        for group, make in steps():
            yield group, name, make(*part)
    for name, drawn in whole_views():
        yield "whole view", name, drawn


def main():
    pinned.require_pinned()
    FAST.mkdir(parents=True, exist_ok=True)
    written = []
    for number, (group, name, drawn) in enumerate(cases()):
        values = np.rint(render(name, drawn).numpy() * 255 * UNIT).astype(np.uint16)
        Image.fromarray(values.reshape(-1, values.shape[2])).save(FAST / f"{number}.png", optimize=True)
        written.append({"group": group, "picture": name, "view": views.drawn(number, drawn, finish=FINISH)})
    content = {"made_with": pinned.versions("torchvision", "torch", "pillow", "numpy"), "cases": written}
    pinned.write_json(FAST / "cases.json", content)


if __name__ == "__main__":
    main()
