"""Writes what torchvision makes of drawn views on PIL images: tests/golden/views/.

chains.json holds drawn views, in the form that replays them, whose numbers torchvision itself drew, and the CRC-32 of
the row of the batch that they end in. steps/ has the outputs of single steps in full, and blurs.json those of blurs,
which need not match to the bit. hues.json has digests of shifted hues over all colors, normalized.json what becomes of
each of the 256 values.
"""

import numpy as np
import torch
import torchvision.transforms as transforms
import torchvision.transforms.functional as F
from PIL import Image, ImageFilter, ImageOps

import ops
import pictures
import pinned

VIEWS = pinned.GOLDEN / "views"
MEAN = [0.4914, 0.4822, 0.4465]
STDDEV = [0.2470, 0.2435, 0.2616]
PARTS = ["brightness", "contrast", "saturation", "hue"]
NO_JITTER = {"order": PARTS, "count": 0, "brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "hue_shift": 0.0}
NO_BLUR = {"kernel": 0, "sigma": 0.0}
MODES = {"bilinear": transforms.InterpolationMode.BILINEAR, "bicubic": transforms.InterpolationMode.BICUBIC}


def box(top, left, height, width):
    return {"top": top, "left": left, "height": height, "width": width}


def base(crop, size, flip=False, jitter=NO_JITTER, grayscale=False, blur=NO_BLUR):
    return {
        "crop": crop,
        "size": {"height": size[0], "width": size[1]},
        "flip": flip,
        "jitter": jitter,
        "grayscale": grayscale,
        "blur": blur,
    }


def finish(channels=3, dtype="uint8", layout="nhwc"):
    mean = [pinned.single(value) for value in MEAN]
    stddev = [pinned.single(value) for value in STDDEV]
    return {"channels": channels, "dtype": dtype, "layout": layout, "mean": mean, "stddev": stddev}


def drawn(number, base, plan=(), finish=finish()):
    key = {"seed": 2**64 - 1 - number, "index": number, "epoch": 3, "view": number % 2}
    return {"key": key, "base": base, "plan": list(plan), "finish": finish}


def resized(image, base):
    """PIL images are always antialiased; without, the tensors of torchvision are what counts."""
    size = [base["size"]["height"], base["size"]["width"]]
    mode = MODES[base.get("filter", "bilinear")]
    if base.get("antialias", True):
        return F.resize(image, size, mode)
    return F.to_pil_image(F.resize(F.pil_to_tensor(image), size, mode, antialias=False))


def blurred(image, blur):
    if blur.get("form") == "boxes":
        return image.filter(ImageFilter.GaussianBlur(blur["sigma"]))
    return F.gaussian_blur(image, [blur["kernel"]] * 2, [blur["sigma"]] * 2)


def render_base(image, base):
    jitter, blur = base["jitter"], base["blur"]
    image = resized(F.crop(image, *base["crop"].values()), base)
    if base["flip"]:
        image = F.hflip(image)
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
    if blur["sigma"]:
        image = blurred(image, blur)
    if base.get("solarize") is not None:
        image = ImageOps.solarize(image, base["solarize"])
    if base.get("equalize"):
        image = ImageOps.equalize(image)
    return image


def cut_out(tensor, finish):
    """The window becomes zero after normalization, which is the mean color before."""
    window = finish["cutout"]
    rows = slice(window["top"], window["top"] + window["height"])
    columns = slice(window["left"], window["left"] + window["width"])
    for channel, mean in zip(tensor, finish["mean"]):
        is_bytes = finish["dtype"] == "uint8"
        channel[rows, columns] = round(255 * mean) if is_bytes else 0


def row(image, finish):
    if finish["channels"] == 1:
        image = image.convert("L")
    channels = finish["channels"]
    if finish["dtype"] == "uint8":
        tensor = F.pil_to_tensor(image)
    else:
        tensor = F.normalize(F.to_tensor(image), finish["mean"][:channels], finish["stddev"][:channels])
    if finish.get("cutout"):
        cut_out(tensor, finish)
    return (tensor if finish["layout"] == "nchw" else tensor.permute(1, 2, 0)).numpy()


def render(view, image):
    image = render_base(image, view["base"])
    for step in view["plan"]:
        image = ops.OPS[step["op"]](image, step["magnitude"], step["u"], step["v"])
    return row(image, view["finish"])


def draw_jitter(count):
    around = (0.2, 1.8)
    order, brightness, contrast, saturation, hue = transforms.ColorJitter.get_params(
        around, around, around, (-0.2, 0.2)
    )
    return {
        "order": [PARTS[part] for part in order.tolist()],
        "count": count,
        "brightness": pinned.single(brightness),
        "contrast": pinned.single(contrast),
        "saturation": pinned.single(saturation),
        "hue_shift": pinned.single(hue),
    }


def draw_step(chance):
    op = list(ops.OPS)[chance.integers(len(ops.OPS))]
    cases = ops.cases(op)
    magnitude, u, v = cases[chance.integers(min(len(cases), 5))]
    return {"op": op, "magnitude": magnitude, "u": u, "v": v}


def drawn_chains():
    """Views as SimCLR draws them, of pictures large and small."""
    torch.manual_seed(7)
    chance = np.random.default_rng(7)
    sources = ["photo_224x224", "photo_32x32", "photo_31x33", "noise_31x33", "two_valued_32x32", "ramp_224x224"]
    sizes = [(28, 28), (32, 32), (24, 40), (64, 64), (96, 48)]
    for number in range(120):
        name = sources[number % len(sources)]
        crop = transforms.RandomResizedCrop.get_params(pictures.load(name), [0.08, 1.0], [3 / 4, 4 / 3])
        jitter = draw_jitter(int(chance.choice([0, 1, 2, 3, 4, 4, 4, 4])))
        drawn_base = base(
            box(*crop),
            sizes[number % len(sizes)],
            flip=bool(chance.integers(2)),
            jitter=jitter,
            grayscale=bool(chance.random() < 0.2),
        )
        plan = [draw_step(chance) for _ in range(chance.choice([0, 0, 1, 2, 8]))]
        ending = finish(
            channels=int(chance.choice([1, 3, 3, 3])),
            dtype=str(chance.choice(["uint8", "float32"])),
            layout=str(chance.choice(["nchw", "nhwc"])),
        )
        yield name, drawn(number, drawn_base, plan, ending)


def special_chains():
    """Resizes that keep an axis, shrink a lot or come from next to nothing."""
    resizes = [
        ("photo_32x32", (0, 0, 32, 32), (32, 32)),
        ("photo_32x32", (3, 5, 20, 24), (20, 24)),
        ("photo_32x32", (3, 5, 20, 24), (20, 40)),
        ("photo_32x32", (3, 5, 20, 24), (9, 24)),
        ("photo_32x32", (31, 31, 1, 1), (7, 5)),
        ("photo_224x224", (0, 0, 224, 224), (1, 1)),
        ("photo_224x224", (1, 2, 223, 7), (3, 61)),
        ("photo_224x224", (100, 0, 8, 224), (61, 3)),
        ("noise_1x9", (0, 0, 1, 9), (4, 4)),
        ("noise_13x1", (2, 0, 11, 1), (5, 2)),
        ("noise_1x1", (0, 0, 1, 1), (1, 1)),
        ("two_valued_3x3", (0, 0, 3, 3), (2, 200)),
    ]
    for number, (name, crop, size) in enumerate(resizes):
        yield name, drawn(1000 + number, base(box(*crop), size))


def save_png(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)


def single_steps():
    """One picture through one step each, shown in full."""
    whole, size = box(0, 0, 32, 32), (32, 32)
    values = {"brightness": 1.4, "contrast": 0.6, "saturation": 1.7, "hue_shift": -0.13}
    jitter = NO_JITTER | {key: pinned.single(value) for key, value in values.items()}
    steps = {
        "resize": base(box(2, 4, 27, 22), (28, 28)),
        "flip": base(whole, size, flip=True),
        "grayscale": base(whole, size, grayscale=True),
    }
    for part in PARTS:
        order = [part] + [other for other in PARTS if other != part]
        steps[part] = base(whole, size, jitter=jitter | {"order": order, "count": 1})
    for number, (name, step) in enumerate(steps.items()):
        save_png(VIEWS / "steps" / f"{name}.png", render_base(pictures.load("photo_32x32"), step))
        yield {"name": name, "picture": "photo_32x32", "view": drawn(2000 + number, step)}


def blurs():
    whole_32, whole_224 = box(0, 0, 32, 32), box(0, 0, 224, 224)
    cases = [("photo_32x32", whole_32, (32, 32), 3, sigma) for sigma in (0.1, 0.5, 1.0, 2.0)]
    cases += [("noise_31x33", box(0, 0, 31, 33), (31, 33), kernel, 1.3) for kernel in (1, 5, 9)]
    cases += [("photo_224x224", whole_224, (96, 96), 9, sigma) for sigma in (0.3, 1.1)]
    cases += [("photo_224x224", whole_224, (224, 224), 23, 1.7), ("two_valued_32x32", whole_32, (32, 32), 23, 0.7)]
    for number, (name, crop, size, kernel, sigma) in enumerate(cases):
        view = drawn(3000 + number, base(crop, size, blur={"kernel": kernel, "sigma": pinned.single(sigma)}))
        save_png(VIEWS / "blurs" / f"{number}.png", render_base(pictures.load(name), view["base"]))
        yield {"name": str(number), "picture": name, "view": view}


def hues(step):
    """Every `step`-th red down, and every pair of green and blue to the right."""
    values = np.arange(0, 256, step, dtype=np.uint8)
    red, green, blue = np.meshgrid(values, values, values, indexing="ij")
    cube = np.stack([red, green, blue], axis=-1).reshape(len(values), -1, 3)
    for shift in (0, 0.1, -0.37, 0.5):
        shifted = F.adjust_hue(Image.fromarray(cube), pinned.single(shift))
        yield {"hue_shift": pinned.single(shift), "crc32": pinned.crc32(np.asarray(shifted))}


def normalized():
    """For each channel, the 256 values in the row of a picture that has them all."""
    every = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(3, axis=2)
    values = row(Image.fromarray(every), finish(dtype="float32", layout="nchw"))
    return values.reshape(3, 256).astype(np.float64).tolist()


def main():
    pinned.require_pinned()
    made_with = pinned.versions("torchvision", "torch", "pillow", "numpy")
    chains = []
    for name, view in [*drawn_chains(), *special_chains()]:
        chains.append({"picture": name, "view": view, "crc32": pinned.crc32(render(view, pictures.load(name)))})
    for file, cases in {"chains": chains, "steps": list(single_steps()), "blurs": list(blurs())}.items():
        pinned.write_json(VIEWS / f"{file}.json", {"made_with": made_with, "cases": cases})
    pinned.write_json(VIEWS / "hues.json", {"made_with": made_with, "step": 3, "cases": list(hues(3))})
    content = {"made_with": made_with, "finish": finish(dtype="float32", layout="nchw"), "values": normalized()}
    pinned.write_json(VIEWS / "normalized.json", content)


if __name__ == "__main__":
    main()
