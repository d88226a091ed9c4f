"""Writes what torchvision's ResNet computes: tests/golden/training/resnet.json.

Names and shapes of its parameters and buffers without the classifier, and features of two images with weights given by a
formula that is exact in single precision, so that nothing needs to be stored.
"""

import numpy as np
import torch
import torchvision

import pinned


def values(count, salt):
    """Numbers in [-0.5, 0.5), multiples of 2^-16."""
    mask = np.uint64(2**32 - 1)
    mixed = (np.arange(count, dtype=np.uint64) * np.uint64(2654435761) + np.uint64(salt) * np.uint64(40503)) & mask
    mixed ^= mixed >> np.uint64(15)
    mixed = (mixed * np.uint64(2246822519)) & mask
    mixed ^= mixed >> np.uint64(13)
    return torch.from_numpy((mixed >> np.uint64(16)).astype(np.float32) / np.float32(2**16) - np.float32(0.5))


def fill(name, tensor, position):
    """Convolutions small, norms near one, statistics that are no default."""
    drawn = values(tensor.numel(), position + 1).reshape(tensor.shape)
    if tensor.dim() == 4:
        return drawn * 2.0**-3
    if name.endswith(("weight", "running_var")):
        return drawn * 0.5 + 1.0
    return drawn * 0.5


def fill_model(model):
    """Fills the parameters and buffers of a model, makes it double, and returns them."""
    state = model.state_dict()
    for position, (name, tensor) in enumerate(state.items()):
        if tensor.dtype == torch.float32:
            state[name] = fill(name, tensor, position)
    model.load_state_dict(state)
    model.double()
    return state


def main():
    pinned.require_pinned()
    torch.set_num_threads(1)
    model = torchvision.models.resnet18()
    model.fc = torch.nn.Identity()
    model.eval()
    state = fill_model(model)
    images = values(2 * 3 * 64 * 64, 0).reshape(2, 3, 64, 64).double()
    with torch.no_grad():
        features = model(images)
    content = {
        "versions": pinned.versions("torch", "torchvision", "numpy"),
        "state": [{"name": name, "shape": list(tensor.shape)} for name, tensor in state.items()],
        "features": features.tolist(),
    }
    pinned.write_json(pinned.GOLDEN / "training" / "resnet.json", content)


if __name__ == "__main__":
    main()
