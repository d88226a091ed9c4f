"""Prints the table of the runs that madaug.sh left in a folder: test accuracy in % by arm."""

import json
import pathlib
import statistics
import sys

ARMS = ["none", "fixed", "uniform", "rand_augment", "trivial_augment", "madaug"]


def ranks(values):
    order = sorted(range(len(values)), key=lambda at: values[at])
    result = [0.0] * len(values)
    for rank, at in enumerate(order):
        result[at] = float(rank)
    return result


def rank_correlation(a, b):
    """Spearman's, of values that are all different."""
    return statistics.correlation(ranks(a), ranks(b))


def test_scores(folder, arm):
    """By seed, in order: the accuracy of all test images, and of each class."""
    scores = []
    for run in sorted(folder.glob(f"{arm}-*")):
        if not (run / "report.html").exists():
            continue
        test = json.loads((run / "evaluation.json").read_text())["sets"]["test"]
        scores.append((test["accuracy"], [entry["accuracy"] for entry in test["classes"]]))
    return scores


def class_means(scores):
    return [statistics.mean(column) for column in zip(*(classes for _, classes in scores))]


def main():
    folder = pathlib.Path(sys.argv[1])
    by_arm = {arm: test_scores(folder, arm) for arm in ARMS}
    base = class_means(by_arm["none"])
    print("| policy | seeds | accuracy | spread | least gain of a class | classes that gain | gain goes with error |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for arm, scores in by_arm.items():
        if not scores:
            continue
        accuracies = [accuracy for accuracy, _ in scores]
        spread = statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0
        line = f"| {arm} | {len(scores)} | {statistics.mean(accuracies):.2f} | {spread:.2f} |"
        if arm == "none":
            print(line + " | | |")
            continue
        gains = [ours - theirs for ours, theirs in zip(class_means(scores), base)]
        gaining = sum(gain > 0 for gain in gains)
        correlation = rank_correlation([-accuracy for accuracy in base], gains)
        print(line + f" {min(gains):+.2f} | {gaining} of {len(gains)} | {correlation:+.2f} |")


if __name__ == "__main__":
    main()
