"""Writes what a plain U-Net of the kind that finds noise computes: tests/golden/inflation/unet.json.

Written after Ho, Jain, Abbeel 2020 and Nichol, Dhariwal 2021 (scale and shift): one network in PyTorch's modules, which
bench/generator_cost.py times, too. For small networks of several options: names and shapes of parameters, and the noise
found in two images at two places of a schedule, with weights given by the formula of resnet.py. Numbers of parameters.
"""

import math

import torch
from torch import nn
from torch.nn import functional

GROUPS = 8


class ResidualBlock(nn.Module):
    def __init__(self, width_in, width_out, told):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, width_in)
        self.conv1 = nn.Conv2d(width_in, width_out, 3, padding=1)
        self.told = nn.Linear(told, 2 * width_out)
        self.norm2 = nn.GroupNorm(GROUPS, width_out)
        self.conv2 = nn.Conv2d(width_out, width_out, 3, padding=1)
        self.shortcut = nn.Conv2d(width_in, width_out, 1) if width_in != width_out else nn.Identity()

    def forward(self, x, told):
        middle = self.conv1(functional.silu(self.norm1(x)))
        scale, shift = self.told(told)[:, :, None, None].chunk(2, dim=1)
        middle = self.norm2(middle) * (1 + scale) + shift
        return self.conv2(functional.silu(middle)) + self.shortcut(x)


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, width)
        self.query_key_value = nn.Conv2d(width, 3 * width, 1)
        self.out = nn.Conv2d(width, width, 1)

    def forward(self, x):
        batch, width, height, breadth = x.shape
        query, key, value = self.query_key_value(self.norm(x)).reshape(batch, 3, width, height * breadth).unbind(1)
        shares = torch.softmax(query.transpose(1, 2) @ key / math.sqrt(width), dim=2)
        seen = (value @ shares.transpose(1, 2)).reshape(x.shape)
        return x + self.out(seen)


class Unet(nn.Module):
    def __init__(self, channels, width, multipliers, blocks=1, unshuffle=1, embedding=128, attention=True, classes=0):
        super().__init__()
        told = 4 * width
        pixels = channels * unshuffle**2
        widths = [width * multiplier for multiplier in multipliers]
        self.embedding, self.unshuffle, self.blocks, self.levels = embedding, unshuffle, blocks, len(widths)
        self.embed1 = nn.Linear(embedding, told)
        self.embed2 = nn.Linear(told, told)
        self.classes = nn.Embedding(classes + 1, told) if classes else None
        self.stem = nn.Conv2d(pixels, width, 3, padding=1)
        now = width
        for level, after in enumerate(widths):
            for block in range(blocks):
                setattr(self, f"down{level}_{block}", ResidualBlock(now, after, told))
                now = after
            if level + 1 < len(widths):
                setattr(self, f"down{level}_change", nn.Conv2d(now, now, 3, stride=2, padding=1))
        self.middle1 = ResidualBlock(now, now, told)
        self.attention = Attention(now) if attention else nn.Identity()
        self.middle2 = ResidualBlock(now, now, told)
        for level in reversed(range(len(widths))):
            for block in range(blocks):
                setattr(self, f"up{level}_{block}", ResidualBlock(now + widths[level], widths[level], told))
                now = widths[level]
            if level:
                setattr(self, f"up{level}_change", nn.Conv2d(now, widths[level - 1], 3, padding=1))
                now = widths[level - 1]
        self.norm = nn.GroupNorm(GROUPS, now)
        self.last = nn.Conv2d(now, pixels, 3, padding=1)

    def forward(self, x, places, labels=None):
        half = self.embedding // 2
        frequency = torch.exp(torch.arange(half, dtype=places.dtype) * (-math.log(10000) / half))
        angles = places[:, None] * frequency
        told = self.embed2(functional.silu(self.embed1(torch.cat([angles.cos(), angles.sin()], dim=1))))
        if self.classes is not None:
            told = told + self.classes(labels)
        told = functional.silu(told)
        if self.unshuffle > 1:
            x = functional.pixel_unshuffle(x, self.unshuffle)
        x = self.stem(x)
        kept = []
        for level in range(self.levels):
            for block in range(self.blocks):
                x = getattr(self, f"down{level}_{block}")(x, told)
                kept.append(x)
            if level + 1 < self.levels:
                x = getattr(self, f"down{level}_change")(x)
        x = self.middle2(self.attention(self.middle1(x, told)), told)
        for level in reversed(range(self.levels)):
            for block in range(self.blocks):
                x = getattr(self, f"up{level}_{block}")(torch.cat([x, kept.pop()], dim=1), told)
            if level:
                x = getattr(self, f"up{level}_change")(functional.interpolate(x, scale_factor=2, mode="nearest"))
        x = self.last(functional.silu(self.norm(x)))
        return functional.pixel_shuffle(x, self.unshuffle) if self.unshuffle > 1 else x


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


NETWORKS = (
    {"channels": 1, "size": 8, "width": 8, "multipliers": [1, 2]},
    {"channels": 1, "size": 12, "width": 16, "multipliers": [1, 2], "unshuffle": 2, "embedding": 32},
    {"channels": 3, "size": 8, "width": 8, "multipliers": [1, 2, 3], "blocks": 2, "classes": 4},
    {"channels": 3, "size": 4, "width": 8, "multipliers": [2], "attention": False},
)

SIZES = (
    {"channels": 1, "width": 32, "multipliers": [1, 2, 2]},
    {"channels": 1, "width": 32, "multipliers": [1, 2], "unshuffle": 2},
    {"channels": 3, "width": 48, "multipliers": [1, 2, 2]},
)


def small_network(options):
    from resnet import fill_model, values

    size, channels, classes = options["size"], options["channels"], options.get("classes", 0)
    model = Unet(**{key: value for key, value in options.items() if key != "size"}).eval()
    state = fill_model(model)
    images = values(2 * channels * size * size, 0).reshape(2, channels, size, size).double()
    places = torch.tensor([3.0, 871.0], dtype=torch.double)
    labels = torch.tensor([1, classes]) if classes else None
    with torch.no_grad():
        noise = model(images, places, labels)
    return {
        "options": options,
        "state": [{"name": name, "shape": list(tensor.shape)} for name, tensor in state.items()],
        "noise": noise.flatten(1).tolist(),
    }


def main():
    import pinned

    pinned.require_pinned()
    torch.set_num_threads(1)
    content = {
        "versions": pinned.versions("torch", "numpy"),
        "small": [small_network(options) for options in NETWORKS],
        "parameters": [{"options": options, "count": parameters(Unet(**options))} for options in SIZES],
    }
    pinned.write_json(pinned.GOLDEN / "inflation" / "unet.json", content)


if __name__ == "__main__":
    main()
