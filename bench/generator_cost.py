"""How fast are training and sampling of the diffusion model beside the same network in PyTorch's eager mode?

    python bench/generator_cost.py build/bench/bin [--rounds 5]

Both on two threads, in bfloat16 by autocast and with channels last: generator_cost of that folder, and the network of
tests/reference/unet.py with AdamW, clipping and a moving average of weights, in turns. Prints images a second (of sampling:
images times denoising steps), medians over the rounds, and the time that inflow takes over that of PyTorch.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).parents[1] / "tests/reference"))
from unet import Unet  # noqa: E402

TRAINED, DRAWN, STEPS, SECONDS = 64, 100, 10, 3


def rate_of(step, items):
    for _ in range(3):
        step()
    count, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < SECONDS:
        step()
        count += 1
    return count * items / passed


def network():
    return Unet(1, 32, [1, 2], unshuffle=2).to(memory_format=torch.channels_last)


def alpha_bars():
    place = (torch.arange(1001, dtype=torch.double) / 1000 + 0.008) / 1.008
    return torch.cos(place * torch.pi / 2) ** 2


def training():
    model, average = network(), network()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    kept = (alpha_bars()[1:] / alpha_bars()[0]).float()
    images = (torch.rand(TRAINED, 1, 28, 28) * 2 - 1).to(memory_format=torch.channels_last)
    weights, averages = list(model.parameters()), list(average.parameters())

    def step():
        levels = torch.randint(0, 1000, (TRAINED,))
        noise = torch.randn_like(images)
        share = kept[levels].view(-1, 1, 1, 1)
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            found = model(share.sqrt() * images + (1 - share).sqrt() * noise, levels.float())
        loss = functional.mse_loss(found.float(), noise)
        if not torch.isfinite(loss):
            raise ValueError("loss is not finite")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, weights, 1e-3)

    return rate_of(step, TRAINED)


def sampling():
    model = network().eval()
    kept = (alpha_bars()[1:] / alpha_bars()[0]).clamp_min(1e-8)
    steps = [round(at * 999 / (STEPS - 1)) for at in reversed(range(STEPS))]

    def draw():
        x = torch.randn(DRAWN, 1, 28, 28).to(memory_format=torch.channels_last)
        for now, after in zip(steps, steps[1:] + [None]):
            share, share_after = kept[now], kept[after] if after is not None else torch.tensor(1.0)
            found = model(x, torch.full((DRAWN,), float(now))).float()
            expected = ((x - (1 - share).sqrt() * found) / share.sqrt()).clamp(-1, 1)
            found = (x - share.sqrt() * expected) / (1 - share).sqrt()
            x = (share_after.sqrt() * expected + (1 - share_after).sqrt() * found).float()
        return x

    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        return rate_of(draw, DRAWN * STEPS)


def rates_of(program):
    command = [program, "--benchmark_format=json", f"--benchmark_min_time={SECONDS}"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return {
        result["name"].split("/")[0].removeprefix("generator | "): result["items_per_second"]
        for result in json.loads(run.stdout)["benchmarks"]
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="that generator_cost is in")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    ours, theirs = {}, {}
    for _ in range(arguments.rounds):
        for job in (training, sampling):
            theirs.setdefault(job.__name__, []).append(job())
        for job, rate in rates_of(arguments.folder / "generator_cost").items():
            ours.setdefault(job, []).append(rate)
    for job in theirs:
        inflow, peer = statistics.median(ours[job]), statistics.median(theirs[job])
        print(f"{job:10} inflow {inflow:9,.0f}/s  PyTorch {peer:9,.0f}/s  time over PyTorch's {peer / inflow:.2f}")


if __name__ == "__main__":
    main()
