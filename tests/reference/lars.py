"""Writes trajectories of LARS in double precision: tests/golden/training/lars.json.

The form is that of SimCLR: the norm of gradient plus decay, the learning rate inside the momentum. Tensors are flat lists.
Their gradients are given, not computed; each case says which of its tensors are decayed and adapted.
"""

import math

import numpy as np

import pinned

STEPS = 12
RATES = [0.1 * (step + 1) for step in range(4)] + [0.4 - 0.05 * step for step in range(STEPS - 4)]


def advance(weights, velocity, gradient, rate, options, excluded):
    """New weights and velocity of one tensor."""
    decayed = options["decay_biases"] or not excluded
    adapted = options["adapt_biases"] or not excluded
    decay = options["weight_decay"] if decayed else 0.0
    gradient = [g + decay * w for g, w in zip(gradient, weights)]
    ratio = 1.0
    if adapted:
        weight_norm = math.sqrt(math.fsum(w * w for w in weights))
        gradient_norm = math.sqrt(math.fsum(g * g for g in gradient))
        if weight_norm > 0 and gradient_norm > 0:
            ratio = options["trust"] * weight_norm / gradient_norm
    scaled = [rate * ratio * g for g in gradient]
    momentum = options["momentum"]
    velocity = [momentum * v + s for v, s in zip(velocity, scaled)]
    if options["nesterov"]:
        steps = [momentum * v + s for v, s in zip(velocity, scaled)]
    else:
        steps = velocity
    return [w - s for w, s in zip(weights, steps)], velocity


def case(rng, **changed):
    options = {
        "momentum": 0.9,
        "nesterov": False,
        "weight_decay": 1e-2,
        "trust": 1e-2,
        "decay_biases": False,
        "adapt_biases": False,
    } | changed
    # A matrix, a matrix of zeros (no norm to adapt by), a matrix whose gradient is zero in step 3, a bias.
    starts = [rng.normal(size=6), np.zeros(4), rng.normal(size=4), rng.normal(size=3)]
    gradients = [[rng.normal(size=len(start)).tolist() for start in starts] for _ in range(STEPS)]
    gradients[3][2] = [0.0] * 4
    weights = [start.tolist() for start in starts]
    velocities = [[0.0] * len(start) for start in starts]
    trajectory = []
    for step in range(STEPS):
        for tensor in range(4):
            weights[tensor], velocities[tensor] = advance(
                weights[tensor], velocities[tensor], gradients[step][tensor], RATES[step], options, excluded=tensor == 3
            )
        trajectory.append([list(values) for values in weights])
    return {
        "options": options,
        "start": [start.tolist() for start in starts],
        "gradients": gradients,
        "trajectory": trajectory,
    }


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(5)
    content = {
        "versions": pinned.versions("numpy"),
        "rates": RATES,
        "cases": [
            case(rng),
            case(rng, nesterov=True),
            case(rng, momentum=0.0, weight_decay=0.0),
            case(rng, decay_biases=True),
            case(rng, adapt_biases=True),
            case(rng, nesterov=True, decay_biases=True, adapt_biases=True),
        ],
    }
    pinned.write_json(pinned.GOLDEN / "training" / "lars.json", content)


if __name__ == "__main__":
    main()
