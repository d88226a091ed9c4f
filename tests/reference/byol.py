"""Writes BYOL's regression of small random projections, by squared distances: tests/golden/contrastive/byol.json."""

import math

import numpy as np

import pinned


def byol(predictions, targets):
    total = 0.0
    for prediction, target in zip(predictions, targets):
        difference = prediction / math.sqrt(prediction @ prediction) - target / math.sqrt(target @ target)
        total += difference @ difference
    return total / len(predictions)


def case(rng, rows, dimensions, closeness):
    targets = rng.normal(size=(rows, dimensions))
    predictions = closeness * targets + rng.normal(size=(rows, dimensions))
    return {"predictions": predictions.tolist(), "targets": targets.tolist(), "loss": byol(predictions, targets)}


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(3)
    cases = [case(rng, 1, 2, 0), case(rng, 5, 4, 1), case(rng, 6, 3, -3), case(rng, 8, 16, 10)]
    content = {"versions": pinned.versions("numpy"), "cases": cases}
    pinned.write_json(pinned.GOLDEN / "contrastive" / "byol.json", content)


if __name__ == "__main__":
    main()
