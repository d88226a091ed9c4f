"""How many images a second does inflow's whole loader deliver beside torchvision's?

    python bench/loader_peers.py build/bench/bin [--rounds 5]

Two SimCLR views of every image, float32 and normalized, by two threads of inflow (`inflow bench`, profile fast) and by
a DataLoader with two worker processes whose transforms draw what inflow's preset does, in turns:

    32x32            pictures in memory, batches of 256, preset simclr_cifar
    500x375 to 224   JPEG files of quality 85 in folders of classes, batches of 32, preset simclr_imagenet

Where SPDL, DALI or TensorFlow can be imported, the job of files is also done by it (bench/loader_adapters.py), in the same
turns.

Prints the medians of the rounds and how many times torchvision's rate inflow's is. Targets: 150 times at 32x32, 12
times of JPEG files. Beside it stands the bare loop of `inflow bench`: threads that do the same and wait for nobody.

inflow does not antialias here, torchvision does: Pillow's resize always averages what it shrinks. torchvision blurs
with Pillow's ImageFilter, as PyTorch's versions of SimCLR and MoCo do, and inflow with the preset's 23 taps.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
    import torch.utils.data
    import torchvision.transforms as T
    from PIL import Image, ImageFilter
    from torchvision.datasets import ImageFolder
except ImportError as missing:
    sys.exit(f"this compares with torchvision: expected the packages of tests/reference/requirements.txt: {missing}")

from loader_adapters import ADAPTERS
from peers import MEAN, STDDEV, picture

WORKERS = 2
WARMING = 2 * WORKERS  # batches that the workers begin at once


class Pictures(torch.utils.data.Dataset):
    """An array in memory, as torchvision's CIFAR10 has it."""

    def __init__(self, pixels, transform):
        self.pixels, self.transform = pixels, transform

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.pixels[index])), 0


class TwoViews:
    def __init__(self, size, strength, mean, stddev, blur=()):
        jitter = T.ColorJitter(0.8 * strength, 0.8 * strength, 0.8 * strength, 0.2 * strength)
        steps = [T.RandomResizedCrop(size), T.RandomHorizontalFlip(), T.RandomApply([jitter], 0.8)]
        steps += [T.RandomGrayscale(0.2), *blur, T.ToTensor(), T.Normalize(mean, stddev)]
        self.chain = T.Compose(steps)

    def __call__(self, image):
        return self.chain(image), self.chain(image)


def blurred(image):
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


def settings_of(source, preset, batch):
    views = {"preset": preset, "profile": "fast", "antialias": False}
    return {"source": source, "views": views, "batch": {"size": batch}, "limits": {"threads": WORKERS}}


def torchvision_loader(dataset, batch, batches):
    """An epoch of it is a round."""
    order = torch.utils.data.RandomSampler(dataset, num_samples=batch * batches)
    return torch.utils.data.DataLoader(dataset, batch, sampler=order, num_workers=WORKERS, persistent_workers=True)


def pictures_in_memory(folder):
    """Settings of inflow, and the loaders of others, by name, of the same pictures."""
    pixels = np.stack([picture(32, 32, seed) for seed in range(50_000)])
    records = np.zeros((len(pixels), 1 + 3 * 32 * 32), np.uint8)  # of a label and three planes
    records[:, 1:] = pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1)
    records.tofile(folder / "pictures.bin")
    settings = settings_of({"type": "cifar", "files": [str(folder / "pictures.bin")]}, "simclr_cifar", 256)
    return settings, {"torchvision": torchvision_loader(Pictures(pixels, TwoViews(32, 0.5, MEAN, STDDEV)), 256, 32)}


def jpeg_files(folder):
    """The same of files."""
    root = folder / "jpeg"
    for number in range(512):
        path = root / f"class{number % 4}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture(375, 500, number)).save(path, quality=85)
    blur = [T.RandomApply([blurred], 0.5)]
    views = TwoViews(224, 1, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), blur)
    settings = settings_of({"type": "image_folder", "path": str(root)}, "simclr_imagenet", 32)
    folders = ImageFolder(root, views)
    loaders = {"torchvision": torchvision_loader(folders, 32, 16)}
    for name, adapter in ADAPTERS.items():
        try:
            loaders[name] = adapter([path for path, _ in folders.samples], views, 32, 16)
        except ImportError as missing:
            print(f"{name}: not installed: {missing}", file=sys.stderr)
        except RuntimeError as missing:
            print(f"{name}: cannot be used: {missing}", file=sys.stderr)
    return settings, loaders


def rate_of(loader):
    """Images a second of an epoch, without the batches in which its workers get going."""
    for number, _ in enumerate(loader, 1):
        if number == WARMING:
            start = time.perf_counter()
    return (number - WARMING) * loader.batch_size / (time.perf_counter() - start)


def rates_of_inflow(program, settings, config):
    """Images a second by what was measured."""
    config.write_text(json.dumps(settings))
    command = [program, "bench", config, "--json", "--quiet", "--rounds", "1"]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {row["what"]: row["images_per_second"] for row in json.loads(run.stdout)["rates"]}


def measure(program, rounds, folder):
    """A list of images a second for each workload and variant."""
    works = {"32x32": pictures_in_memory(folder), "500x375 to 224": jpeg_files(folder)}
    rates = {what: {"inflow": [], "bare loop": [], **{name: [] for name in works[what][1]}} for what in works}
    for _ in range(rounds):
        for what, (settings, loaders) in works.items():
            ours = rates_of_inflow(program, settings, folder / "config.json")
            rates[what]["inflow"].append(ours["loader"])
            rates[what]["bare loop"].append(ours["bare loop"])
            for name, loader in loaders.items():
                rates[what][name].append(rate_of(loader))
    return rates


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="that the program inflow was built in")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rates = measure(options.folder / "inflow", options.rounds, pathlib.Path(folder))
    variants = list(dict.fromkeys(variant for by in rates.values() for variant in by))
    print(f"| images/s | {' | '.join(variants)} | ratio |\n|{' --- |' * (len(variants) + 2)}")
    for what, by in rates.items():
        medians = {variant: statistics.median(all_rates) for variant, all_rates in by.items()}
        cells = " | ".join(f"{medians[variant]:,.0f}" if variant in medians else "-" for variant in variants)
        print(f"| {what} | {cells} | {medians['inflow'] / medians['torchvision']:.1f} |")


if __name__ == "__main__":
    main()
