"""Writes what torchvision's automatic augmentations do: tests/golden/policies/.

spaces.json holds their ops and magnitudes bin by bin; pixels.json what _apply_op makes of pictures (PIL, nearest
neighbors), as CRC-32; auto_augment.json the sub-policies; aug_mix.json mixtures and the pixels that AugMix.forward
makes of them. AugMix runs its ops on tensors; here they run on PIL pictures, as in the other three, and the mixing is
its own.
"""

import contextlib
import re
import unittest.mock

import numpy as np
import torch
from torchvision.transforms import AugMix, AutoAugment, AutoAugmentPolicy, InterpolationMode, RandAugment
from torchvision.transforms import TrivialAugmentWide, autoaugment
from torchvision.transforms import functional as F

import pictures
import pinned

APPLY_OP = autoaugment._apply_op
PICTURES = ["photo_32x32", "noise_31x33", "ramp_224x224", "two_valued_3x3", "noise_1x9"]


def snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def spaces(bins, size):
    """The augmentation space of each policy that knows so many bins."""
    yield "rand_augment", RandAugment()._augmentation_space(bins, size)
    yield "trivial_augment_wide", TrivialAugmentWide()._augmentation_space(bins)
    if bins == 10:
        yield "auto_augment", AutoAugment()._augmentation_space(bins, size)
        yield "aug_mix", AugMix()._augmentation_space(bins, size)


def magnitudes_of(space):
    """By op: its magnitudes as plain numbers and whether a sign is drawn."""
    return {
        snake(op): {"either_sign": signed, "magnitudes": [float(m) for m in magnitudes.reshape(-1)]}
        for op, (magnitudes, signed) in space.items()
    }


def apply_op(image, op, magnitude):
    return APPLY_OP(image, op, magnitude, InterpolationMode.NEAREST, None)


def write_spaces():
    # torch.linspace gives other last bits where it works on vectors, and how long those are depends on the processor.
    if torch.backends.cpu.get_cpu_capability() != "AVX512":
        raise SystemExit("spaces.json must be made on a processor with AVX-512")
    cases = [
        {"policy": policy, "bins": bins, "height": size[0], "width": size[1], "ops": magnitudes_of(space)}
        for bins in (2, 7, 10, 31)
        for size in ((32, 32), (31, 33), (224, 224), (1, 9), (97, 100))
        for policy, space in spaces(bins, size)
    ]
    pinned.write_json(
        pinned.GOLDEN / "policies" / "spaces.json",
        {"made_with": pinned.versions("torch", "torchvision"), "cases": cases},
    )


def pixels_of(policy, space, name):
    image = pictures.load(name)
    cases = []
    for op, (magnitudes, signed) in space.items():
        for magnitude in magnitudes.reshape(-1):
            for sign in (1.0, -1.0) if signed else (1.0,):
                output = apply_op(image, op, float(magnitude) * sign)
                cases.append([snake(op), float(magnitude) * sign, pinned.crc32(np.asarray(output))])
    return {"policy": policy, "picture": name, "pixels": cases}


def write_pixels():
    cases = []
    for name in PICTURES:
        image = pictures.load(name)
        for policy, space in spaces(10, (image.height, image.width)):
            if policy in ("auto_augment", "aug_mix"):
                cases.append(pixels_of(policy, space, name))
        for policy, space in spaces(31, (image.height, image.width)):
            cases.append(pixels_of(policy, space, name))
    pinned.write_json(
        pinned.GOLDEN / "policies" / "pixels.json",
        {"made_with": pinned.versions("torchvision", "pillow"), "cases": cases},
    )


def write_auto_augment():
    tables = {
        policy.value: [
            [[snake(op), probability, bin or 0] for op, probability, bin in pair]
            for pair in AutoAugment(policy).policies
        ]
        for policy in AutoAugmentPolicy
    }
    pinned.write_json(
        pinned.GOLDEN / "policies" / "auto_augment.json", {"made_with": pinned.versions("torchvision")} | tables
    )


@contextlib.contextmanager
def on_pil(taken):
    """Ops run on PIL pictures, and each is noted."""

    def apply(tensor, op, magnitude, interpolation, fill):
        taken.append([snake(op), magnitude])
        image = F.to_pil_image(tensor.view(tensor.shape[-3:]))
        return F.pil_to_tensor(apply_op(image, op, magnitude)).view(tensor.shape)

    with unittest.mock.patch.object(autoaugment, "_apply_op", apply):
        yield


class RecordingAugMix(AugMix):
    """Notes the weights that are drawn."""

    def _sample_dirichlet(self, params):
        drawn = super()._sample_dirichlet(params)
        self.drawn.append(drawn)
        return drawn


def mixture(seed, name, **options):
    torch.manual_seed(seed)
    augment = RecordingAugMix(**options)
    augment.drawn = []
    steps = []
    with on_pil(steps):
        output = augment(pictures.load(name))
    blend, shares = augment.drawn
    # The float32 product of forward().
    weights = (shares * blend[:, 1].view(1, 1)).view(-1)
    return {
        "picture": name,
        "depth": options["chain_depth"],
        "untouched": float(blend[0, 0]),
        "weights": [float(weight) for weight in weights],
        "steps": steps,
        "crc32": pinned.crc32(np.asarray(output)),
    }


def write_aug_mix():
    shapes = [(3, 3), (1, 1), (4, 3), (2, 5), (3, 2)]
    cases = [
        mixture(
            seed,
            PICTURES[seed % len(PICTURES)],
            severity=1 + seed % 10,
            mixture_width=shapes[seed // 3 % len(shapes)][0],
            chain_depth=shapes[seed // 3 % len(shapes)][1],
            alpha=(1.0, 0.3, 4.0)[seed % 3],
        )
        for seed in range(60)
    ]
    pinned.write_json(
        pinned.GOLDEN / "policies" / "aug_mix.json",
        {"made_with": pinned.versions("torch", "torchvision", "pillow"), "cases": cases},
    )


def main():
    pinned.require_pinned()
    write_spaces()
    write_pixels()
    write_auto_augment()
    write_aug_mix()


if __name__ == "__main__":
    main()
