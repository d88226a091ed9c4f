"""Writes the loss against a queue of small random projections, summed pair by pair: tests/golden/contrastive/info_nce.json."""

import math

import numpy as np

import pinned


def direction(row):
    return row / math.sqrt(row @ row)


def info_nce(queries, keys, identities, negatives, shown, temperature):
    total = 0.0
    for query, key, identity in zip(queries, keys, identities):
        query = direction(query)
        positive = math.exp(query @ direction(key) / temperature)
        others = [
            math.exp(query @ negative / temperature)
            for negative, other in zip(negatives, shown)
            if other != identity
        ]
        total -= math.log(positive / (positive + math.fsum(others)))
    return total / len(queries)


def case(rng, rows, dimensions, identities, shown, temperature):
    queries = rng.normal(size=(rows, dimensions))
    keys = queries + rng.normal(size=(rows, dimensions))
    negatives = np.array([direction(row) for row in rng.normal(size=(len(shown), dimensions))])
    return {
        "queries": queries.tolist(),
        "keys": keys.tolist(),
        "identities": identities,
        "negatives": negatives.tolist(),
        "shown": shown,
        "temperature": temperature,
        "loss": info_nce(queries, keys, identities, negatives, shown, temperature),
    }


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(2)
    cases = [
        case(rng, 1, 3, [5], [7], 0.5),
        case(rng, 1, 3, [5], [5, 5], 0.5),
        case(rng, 4, 2, [0, 1, 2, 3], [-1, -1, -1], 1.0),
        case(rng, 5, 4, [3, 1, 4, 1, 9], [1, 2, 3, 1, 5, 6, 9, 8], 0.2),
        case(rng, 6, 8, [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6], 0.05),
    ]
    content = {"versions": pinned.versions("numpy"), "cases": cases}
    pinned.write_json(pinned.GOLDEN / "contrastive" / "info_nce.json", content)


if __name__ == "__main__":
    main()
