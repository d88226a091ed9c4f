"""Writes NT-Xent of small random projections, summed pair by pair: tests/golden/contrastive/nt_xent.json."""

import math

import numpy as np

import pinned


def nt_xent(first, second, identities, temperature):
    views = [view / math.sqrt(view @ view) for view in np.concatenate([first, second])]
    shown = list(identities) * 2
    rows = len(first)
    total = 0.0
    for i, view in enumerate(views):
        other = (i + rows) % (2 * rows)
        terms = [
            math.exp(view @ views[j] / temperature)
            for j in range(2 * rows)
            if j == other or shown[j] != shown[i]
        ]
        total -= math.log(math.exp(view @ views[other] / temperature) / math.fsum(terms))
    return total / (2 * rows)


def case(rng, rows, dimensions, identities, temperature):
    first = rng.normal(size=(rows, dimensions))
    second = first + rng.normal(size=(rows, dimensions))
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "identities": identities,
        "temperature": temperature,
        "loss": nt_xent(first, second, identities, temperature),
    }


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(1)
    cases = [
        case(rng, 1, 3, [5], 0.5),
        case(rng, 2, 2, [0, 1], 1.0),
        case(rng, 6, 4, [3, 1, 4, 0, 5, 9], 0.2),
        case(rng, 6, 4, [7, 1, 7, 2, 7, 1], 0.2),
        case(rng, 5, 8, [0, 1, 2, 3, 4], 0.05),
    ]
    content = {"versions": pinned.versions("numpy"), "cases": cases}
    pinned.write_json(pinned.GOLDEN / "contrastive" / "nt_xent.json", content)


if __name__ == "__main__":
    main()
