"""Writes what an audit measures of two small sets of features: tests/golden/inflation/audit.json.

Each measure goes another way than the library: distances one pair at a time, and the trace of the root of a product of
covariances from the eigenvalues of the product itself, which is not symmetric.
"""

import numpy as np

import pinned

K = 3
QUANTILE = 0.1


def frechet(a, b):
    """Of the Gaussians with the moments of the rows (Dowson and Landau 1982)."""
    covariance_a, covariance_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(covariance_a @ covariance_b).real, 0))
    apart = a.mean(axis=0) - b.mean(axis=0)
    return float(apart @ apart + np.trace(covariance_a) + np.trace(covariance_b) - 2 * roots.sum())


def radii(rows, k):
    found = []
    for at, row in enumerate(rows):
        others = [np.linalg.norm(row - other) for j, other in enumerate(rows) if j != at]
        found.append(sorted(others)[k - 1])
    return found


def covered(rows, by, k):
    """The share of rows in a ball around a row of the other set (Kynkaanniemi et al. 2019)."""
    reach = radii(by, k)
    inside = [any(np.linalg.norm(row - other) <= r for other, r in zip(by, reach)) for row in rows]
    return float(np.mean(inside))


def memorization(generated, real):
    nearest = [min((float(np.linalg.norm(row - other)), j) for j, other in enumerate(real)) for row in generated]
    among_real = sorted(radii(real, 1))
    threshold = among_real[int(np.ceil(QUANTILE * len(real))) - 1]
    return {
        "threshold": float(threshold),
        "share": float(np.mean([distance <= threshold for distance, _ in nearest])),
        "baseline": float(np.mean([distance <= threshold for distance in among_real])),
        "nearest": [list(pair) for pair in nearest],
    }


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(5)
    real = rng.normal(size=(70, 5)).astype(np.float32).astype(float)
    spread = rng.normal(size=(5, 5))
    generated = (0.3 + 0.8 * rng.normal(size=(50, 5)) @ spread).astype(np.float32).astype(float)
    generated[:6] = (real[:6] + 0.05 * rng.normal(size=(6, 5))).astype(np.float32)
    content = {
        "versions": pinned.versions("numpy"),
        "real": real.tolist(),
        "generated": generated.tolist(),
        "k": K,
        "quantile": QUANTILE,
        "frechet": frechet(generated, real),
        "precision": covered(generated, real, K),
        "recall": covered(real, generated, K),
        "memorization": memorization(generated, real),
    }
    pinned.write_json(pinned.GOLDEN / "inflation" / "audit.json", content)


if __name__ == "__main__":
    main()
