"""Writes labels that weighted nearest neighbors vote for: tests/golden/contrastive/knn.json.

The method is that of Wu et al., CVPR 2018, section 3.4: cosine similarity, votes of exp(cosine / temperature).
"""

import numpy as np

import pinned

CLASSES = 4


def directions(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def predict(values, labels, queries, k, temperature):
    similarities = directions(queries) @ directions(values).T
    predictions = []
    for row in similarities:
        nearest = np.argsort(-row, kind="stable")[:k]
        votes = np.zeros(CLASSES)
        np.add.at(votes, labels[nearest], np.exp(row[nearest] / temperature))
        predictions.append(int(np.argmax(votes)))
    return predictions


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(CLASSES, 5))
    labels = rng.integers(0, CLASSES - 1, size=60)  # the last class is in no training sample
    values = (centers[labels] + 1.5 * rng.normal(size=(60, 5))).astype(np.float32).astype(float)
    queries = (centers[rng.integers(0, CLASSES, size=80)] + 1.5 * rng.normal(size=(80, 5))).astype(np.float32).astype(float)
    cases = [
        {"k": k, "temperature": temperature, "predictions": predict(values, labels, queries, k, temperature)}
        for k in (1, 5, 20, 60, 200)
        for temperature in (0.02, 0.07, 1.0)
    ]
    content = {
        "versions": pinned.versions("numpy"),
        "classes": CLASSES,
        "labels": labels.tolist(),
        "values": values.tolist(),
        "queries": queries.tolist(),
        "cases": cases,
    }
    pinned.write_json(pinned.GOLDEN / "contrastive" / "knn.json", content)


if __name__ == "__main__":
    main()
