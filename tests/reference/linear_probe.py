"""Writes optima of penalized multinomial logistic regression: tests/golden/training/linear_probe.json.

Newton's method in double precision, on standardized features, until the gradient is zero but for rounding. The bias has no
penalty; of the biases that give equal probabilities, the one written sums to zero.
"""

import numpy as np

import pinned

CLASSES = 3


def standardized(values):
    deviation = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, np.inf)


def probabilities(inputs, parameters):
    scores = inputs @ parameters
    scores -= scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def optimum(features, labels, penalty):
    """Parameters (D + 1) x classes, the bias last, and the loss there."""
    count, dimensions = features.shape
    inputs = np.hstack([features, np.ones((count, 1))])
    targets = np.eye(CLASSES)[labels]
    strength = np.full((dimensions + 1, 1), penalty)
    strength[-1] = 0
    parameters = np.zeros((dimensions + 1, CLASSES))
    for _ in range(100):
        p = probabilities(inputs, parameters)
        gradient = inputs.T @ (p - targets) / count + strength * parameters
        if np.abs(gradient).max() < 1e-14:
            break
        curvature = (np.einsum("ik,kl->ikl", p, np.eye(CLASSES)) - np.einsum("ik,il->ikl", p, p)) / count
        hessian = np.einsum("ia,ikl,ib->akbl", inputs, curvature, inputs)
        for a in range(dimensions):
            for k in range(CLASSES):
                hessian[a, k, a, k] += penalty
        size = (dimensions + 1) * CLASSES
        step = np.linalg.lstsq(hessian.reshape(size, size), gradient.reshape(size), rcond=1e-12)[0]
        parameters -= step.reshape(parameters.shape)
    else:
        raise SystemExit("Newton's method did not converge")
    p = probabilities(inputs, parameters)
    loss = -np.log(p[np.arange(count), labels]).mean() + (strength * parameters**2).sum() / 2
    return parameters, loss


def main():
    pinned.require_pinned()
    rng = np.random.default_rng(3)
    labels = rng.integers(0, CLASSES, size=150)
    centers = rng.normal(size=(CLASSES, 6))
    values = (centers[labels] + 1.3 * rng.normal(size=(150, 6))) * [1, 10, 0.1, 3, 1, 0] + [0, 5, 0, -2, 100, 0.3]
    values = values.astype(np.float32).astype(float)
    cases = []
    for penalty in (1.0, 0.1, 0.01, 0.001):
        parameters, loss = optimum(standardized(values), labels, penalty)
        weight, bias = parameters[:-1].T, parameters[-1]
        cases.append({"penalty": penalty, "weight": weight.tolist(), "bias": bias.tolist(), "loss": float(loss)})
    content = {
        "versions": pinned.versions("numpy"),
        "classes": CLASSES,
        "labels": labels.tolist(),
        "values": values.tolist(),
        "cases": cases,
    }
    pinned.write_json(pinned.GOLDEN / "training" / "linear_probe.json", content)


if __name__ == "__main__":
    main()
