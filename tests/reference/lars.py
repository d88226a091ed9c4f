"""Writes trajectories of LARS in double precision: tests/golden/training/lars.json.

The form is that of SimCLR: the norm of gradient plus decay, the learning rate inside the momentum; each case says where it is
otherwise, which in the last ones makes the form of solo-learn. Tensors are flat lists.
Their gradients are given, not computed; each case says which of its tensors are decayed and adapted.
"""

import math

import numpy as np

import pinned

STEPS = 12
RATES = [0.1 * (step + 1) for step in range(4)] + [0.4 - 0.05 * step for step in range(STEPS - 4)]


def norm(values):
    return math.sqrt(math.fsum(value * value for value in values))


def advance(weights, velocity, gradient, rate, options, excluded):
    """New weights and velocity of one tensor."""
    adapted = options["adapt_biases"] or not excluded
    decay = options["weight_decay"] if options["decay_biases"] or not excluded else 0.0
    decayed = [g + decay * w for g, w in zip(gradient, weights)]
    ratio = 1.0
    weight_norm = norm(weights)
    if adapted and weight_norm > 0:
        if options["sum_norms"]:
            # Without a gradient there is no step at all: the published form skips decay and adaptation together.
            bottom = norm(gradient) + decay * weight_norm + 1e-8 if norm(gradient) > 0 else math.inf
        else:
            bottom = norm(decayed) or math.inf
        ratio = options["trust"] * weight_norm / bottom
        if options["clip"]:
            ratio = min(ratio / rate, 1.0)
    inside, outside = (rate, 1.0) if options["rate_in_momentum"] else (1.0, rate)
    scaled = [inside * ratio * g for g in decayed]
    momentum = options["momentum"]
    velocity = [momentum * v + s for v, s in zip(velocity, scaled)]
    if options["nesterov"]:
        steps = [momentum * v + s for v, s in zip(velocity, scaled)]
    else:
        steps = velocity
    return [w - outside * s for w, s in zip(weights, steps)], velocity


def case(rng, **changed):
    options = {
        "momentum": 0.9,
        "nesterov": False,
        "weight_decay": 1e-2,
        "trust": 1e-2,
        "decay_biases": False,
        "adapt_biases": False,
        "sum_norms": False,
        "clip": False,
        "rate_in_momentum": True,
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
            case(rng, sum_norms=True),
            case(rng, clip=True),
            case(rng, clip=True, trust=0.5),
            case(rng, rate_in_momentum=False, nesterov=True),
            case(rng, sum_norms=True, clip=True, rate_in_momentum=False, trust=0.02),
            case(rng, sum_norms=True, clip=True, rate_in_momentum=False, trust=0.5, weight_decay=0.0),
        ],
    }
    pinned.write_json(pinned.GOLDEN / "training" / "lars.json", content)


if __name__ == "__main__":
    main()
