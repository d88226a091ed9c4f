"""Writes Barlow Twins' loss of small random projections, entry by entry: tests/golden/contrastive/barlow_twins.json."""

import math

import numpy as np

import pinned

LEAST_VARIANCE = 1e-5


def standardized(column):
    mean = math.fsum(column) / len(column)
    variance = math.fsum((value - mean) ** 2 for value in column) / len(column)
    return [(value - mean) / math.sqrt(variance + LEAST_VARIANCE) for value in column]


def barlow_twins(first, second, redundancy):
    one = [standardized(column) for column in first.T.tolist()]
    other = [standardized(column) for column in second.T.tolist()]
    loss = 0.0
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            correlation = math.fsum(x * y for x, y in zip(a, b)) / len(a)
            loss += (1 - correlation) ** 2 if i == j else redundancy * correlation**2
    return loss


def case(rng, rows, dimensions, redundancy, constant=False):
    first = rng.normal(size=(rows, dimensions)) * rng.uniform(0.1, 3, size=dimensions) + rng.normal(size=dimensions)
    second = first + rng.normal(size=(rows, dimensions))
    if constant:
        second[:, 0] = 0.5
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "redundancy": redundancy,
        "loss": barlow_twins(first, second, redundancy),
    }


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(4)
    cases = [
        case(rng, 2, 1, 0.5),
        case(rng, 3, 4, 0.0051),
        case(rng, 8, 3, 1.0),
        case(rng, 16, 8, 0.0051),
        case(rng, 6, 3, 0.0051, constant=True),
    ]
    content = {"versions": pinned.versions("numpy"), "cases": cases}
    pinned.write_json(pinned.GOLDEN / "contrastive" / "barlow_twins.json", content)


if __name__ == "__main__":
    main()
