"""Writes what a plain Wide-ResNet computes: tests/golden/training/wide_resnet.json.

Written after Zagoruyko and Komodakis 2016 (`original`) and after the description of MADAug's network (`madaug`: biases, the
stride in the second convolution, shortcuts that begin before norm and ReLU). For a small network of each kind: names and
shapes of parameters and buffers without the classifier, and features of two images, with weights given by the formula of
resnet.py. Numbers of parameters of the published sizes.
"""

import torch
from torch import nn
from torch.nn import functional

import pinned
from resnet import fill_model, values


class Block(nn.Module):
    def __init__(self, kind, width_in, width_out, stride):
        super().__init__()
        original = kind == "original"
        first, second = (stride, 1) if original else (1, stride)
        self.original = original
        self.bn1 = nn.BatchNorm2d(width_in)
        self.conv1 = nn.Conv2d(width_in, width_out, 3, first, 1, bias=not original)
        self.bn2 = nn.BatchNorm2d(width_out)
        self.conv2 = nn.Conv2d(width_out, width_out, 3, second, 1, bias=not original)
        self.shortcut = None
        if stride != 1 or width_in != width_out:
            self.shortcut = nn.Sequential(nn.Conv2d(width_in, width_out, 1, stride, bias=not original))

    def forward(self, x):
        active = functional.relu(self.bn1(x))
        out = self.conv2(functional.relu(self.bn2(self.conv1(active))))
        if self.shortcut is None:
            return out + x
        return out + self.shortcut(active if self.original else x)


class WideResnet(nn.Module):
    def __init__(self, kind, depth, width):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=kind != "original")
        before = 16
        for stage in range(3):
            blocks = []
            for block in range((depth - 4) // 6):
                after = 16 * 2**stage * width
                blocks.append(Block(kind, before, after, 2 if stage and not block else 1))
                before = after
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.bn1 = nn.BatchNorm2d(before)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return functional.relu(self.bn1(x)).mean((2, 3))


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def small_network(kind):
    model = WideResnet(kind, depth=16, width=2).eval()
    state = fill_model(model)
    images = values(2 * 3 * 32 * 32, 0).reshape(2, 3, 32, 32).double()
    with torch.no_grad():
        features = model(images)
    return {
        "kind": kind,
        "state": [{"name": name, "shape": list(tensor.shape)} for name, tensor in state.items()],
        "features": features.tolist(),
    }


def main():
    pinned.require_pinned()
    torch.set_num_threads(1)
    content = {
        "versions": pinned.versions("torch", "numpy"),
        "small": [small_network(kind) for kind in ("original", "madaug")],
        "parameters": [
            {"kind": kind, "depth": depth, "width": width, "count": parameters(WideResnet(kind, depth, width))}
            for kind in ("original", "madaug")
            for depth, width in ((40, 2), (28, 10))
        ],
    }
    pinned.write_json(pinned.GOLDEN / "training" / "wide_resnet.json", content)


if __name__ == "__main__":
    main()
