"""Writes what torchvision's MixUp and CutMix do to a pair of rows: tests/golden/mix/.

mixup.json holds float32 rows before and after; cutmix.json the box and the weight for a drawn share and center.
"""

import unittest.mock

import numpy as np
import torch
from torchvision.transforms import v2

import pinned


def mixup_case(number):
    generator = np.random.default_rng(number)
    rows = torch.from_numpy(generator.normal(size=(2, 1, 2, 3)).astype(np.float32))
    weight = pinned.single(generator.random())
    mixed = v2.MixUp(num_classes=2).transform(rows.clone(), {"lam": weight, "labels": None, "batch_size": 2})
    # Row i is mixed with the row before it, so of two rows each with the other.
    return {"weight": weight, "rows": rows.view(2, -1).tolist(), "mixed": mixed.view(2, -1).tolist()}


def cutmix_case(number):
    generator = np.random.default_rng(number)
    height, width = [int(side) for side in generator.integers(1, 70, 2)]
    if number % 4 == 0:
        height, width = 32, 32
    weight = pinned.single(generator.random())
    x, y = int(generator.integers(width)), int(generator.integers(height))
    cut = v2.CutMix(num_classes=2)
    drawn = iter((torch.tensor([x]), torch.tensor([y])))
    with (
        unittest.mock.patch.object(torch, "randint", lambda *_, **__: next(drawn)),
        unittest.mock.patch.object(cut._dist, "sample", lambda _: torch.tensor([weight])),
    ):
        params = cut.make_params([torch.zeros(2, 1, height, width)])
    left, top, right, bottom = params["box"]
    return {
        "height": height,
        "width": width,
        "weight": weight,
        "x": x,
        "y": y,
        "box": [top, left, max(bottom - top, 0), max(right - left, 0)],
        "kept": pinned.single(params["lam_adjusted"]),
    }


def main():
    pinned.require_pinned()
    made_with = pinned.versions("torch", "torchvision")
    mixup = {"made_with": made_with, "cases": [mixup_case(number) for number in range(20)]}
    cutmix = {"made_with": made_with, "cases": [cutmix_case(number) for number in range(200)]}
    pinned.write_json(pinned.GOLDEN / "mix" / "mixup.json", mixup)
    pinned.write_json(pinned.GOLDEN / "mix" / "cutmix.json", cutmix)


if __name__ == "__main__":
    main()
