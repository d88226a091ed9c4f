"""Loads an exported encoder as somebody with plain PyTorch would, and compares the features.

usage: load_export.py DIRECTORY, which holds export/ and example.safetensors (images, and features of the C++ encoder)
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

# Largest difference allowed, relative to the largest feature: convolutions may add in another order.
TOLERANCE = 1e-5


class Block(torch.nn.Module):
    def __init__(self, inner, outer, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inner, outer, 3, stride, padding=1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(outer)
        self.conv2 = torch.nn.Conv2d(outer, outer, 3, padding=1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(outer)
        self.downsample = torch.nn.Identity()
        if stride != 1 or inner != outer:
            self.downsample = torch.nn.Sequential(
                torch.nn.Conv2d(inner, outer, 1, stride, bias=False), torch.nn.BatchNorm2d(outer)
            )

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.downsample(x))


class Resnet(torch.nn.Module):
    def __init__(self, manifest):
        super().__init__()
        architecture = manifest["architecture"]
        widths = architecture["widths"]
        if manifest["stem"] == "small":
            stem = torch.nn.Conv2d(manifest["channels"], widths[0], 3, architecture["stem_stride"], padding=1, bias=False)
            self.pool = torch.nn.Identity()
        else:
            stem = torch.nn.Conv2d(manifest["channels"], widths[0], 7, 2, padding=3, bias=False)
            self.pool = torch.nn.MaxPool2d(3, 2, padding=1)
        self.conv1 = stem
        self.bn1 = torch.nn.BatchNorm2d(widths[0])
        self.depth = len(widths)
        inner = widths[0]
        for number, (outer, blocks) in enumerate(zip(widths, architecture["blocks"]), start=1):
            strides = [1 if number == 1 else 2] + [1] * (blocks - 1)
            stage = [Block(inner if i == 0 else outer, outer, stride) for i, stride in enumerate(strides)]
            setattr(self, f"layer{number}", torch.nn.Sequential(*stage))
            inner = outer

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        for number in range(1, self.depth + 1):
            x = getattr(self, f"layer{number}")(x)
        return x.mean((2, 3))


def require(condition, what):
    if not condition:
        sys.exit(what)


def compare(found, expected, what):
    require(found.shape == expected.shape, f"{what}: shape is {tuple(found.shape)}, expected {tuple(expected.shape)}")
    difference = ((found - expected).abs().max() / expected.abs().max()).item()
    require(difference <= TOLERANCE, f"{what}: features differ by {difference}")


def main():
    directory = pathlib.Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    manifest = json.loads((directory / "export/manifest.json").read_text())
    weights = load_file(directory / "export/encoder.safetensors")
    example = load_file(directory / "example.safetensors")
    images, features = example["images"], example["features"]
    size = manifest["input_size"]
    require(list(images.shape[1:]) == [manifest["channels"], size, size], "manifest: images have another shape")
    require(features.shape[1] == manifest["features"], "manifest: features have another length")
    require(len(manifest["mean"]) == len(manifest["stddev"]) == manifest["channels"], "manifest: normalization")
    for name, about in manifest["files"].items():
        require((directory / "export" / name).stat().st_size == about["bytes"], f"manifest: size of {name}")

    plain = Resnet(manifest)
    plain.load_state_dict(weights, strict=True)
    plain.eval()
    compare(plain(images), features, "encoder.safetensors")

    script = torch.jit.load(directory / "export/encoder.pt")
    require(not script.training, "encoder.pt: is in training mode")
    state = script.state_dict()
    require(state.keys() == weights.keys(), "encoder.pt: names differ from those of encoder.safetensors")
    for name, tensor in state.items():
        require(torch.equal(tensor, weights[name]), f"encoder.pt: {name} differs from encoder.safetensors")
        require(tensor.is_contiguous(), f"encoder.pt: {name} is not in row-major order")
    parameters = {name for name, _ in script.named_parameters()}
    require(parameters == {name for name, _ in plain.named_parameters()}, "encoder.pt: parameters")
    for count in (1, 2, 5, len(images)):
        compare(script(images[:count]), features[:count], f"encoder.pt with {count} images")


if __name__ == "__main__":
    main()
