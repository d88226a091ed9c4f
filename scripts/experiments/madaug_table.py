"""Prints the table of the runs that madaug.sh left in a folder (test accuracy in % by arm, the gain of each class over no
augmentation), and draws them and what the policy did into madaug.png there."""

import csv
import json
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ARMS = ["none", "fixed", "uniform", "rand_augment", "trivial_augment", "madaug", "madaug_central"]


def ranks(values):
    """Those that are equal share the mean of their ranks."""
    return [statistics.mean(rank for rank, other in enumerate(sorted(values)) if other == value) for value in values]


def rank_correlation(a, b):
    """Spearman's."""
    return statistics.correlation(ranks(a), ranks(b))


def finished(folder, arm):
    return [run for run in sorted(folder.glob(f"{arm}-*")) if (run / "report.html").exists()]


def test_scores(folder, arm):
    """By seed, in order: the accuracy of all test images, and of each class."""
    scores = []
    for run in finished(folder, arm):
        test = json.loads((run / "evaluation.json").read_text())["sets"]["test"]
        scores.append((test["accuracy"], [entry["accuracy"] for entry in test["classes"]]))
    return scores


def class_means(scores):
    return [statistics.mean(column) for column in zip(*(classes for _, classes in scores))]


def gains_over(base, scores):
    return [ours - theirs for ours, theirs in zip(class_means(scores), base)]


def print_table(by_arm, base):
    print("| policy | seeds | accuracy | spread | least gain of a class | classes that gain | gain goes with error |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for arm, scores in by_arm.items():
        accuracies = [accuracy for accuracy, _ in scores]
        spread = statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0
        line = f"| {arm} | {len(scores)} | {statistics.mean(accuracies):.2f} | {spread:.2f} |"
        if arm == "none":
            print(line + " | | |")
            continue
        gains = gains_over(base, scores)
        gaining = sum(gain > 0 for gain in gains)
        correlation = rank_correlation([-accuracy for accuracy in base], gains)
        print(line + f" {min(gains):+.2f} | {gaining} of {len(gains)} | {correlation:+.2f} |")

    print("\nGain of each class over no augmentation:\n")
    print("| class | none | " + " | ".join(list(by_arm)[1:]) + " |")
    print("| --- |" + " --- |" * len(by_arm))
    by_class = zip(base, *(gains_over(base, scores) for arm, scores in by_arm.items() if arm != "none"))
    for name, (accuracy, *gains) in enumerate(by_class):
        print(f"| {name} | {accuracy:.1f} | " + " | ".join(f"{gain:+.1f}" for gain in gains) + " |")


def policy_history(folder, arm, column):
    """By op, in the policy's order: the mean over seeds of a column of policy_ops.csv, epoch by epoch."""
    by_op = {}
    for run in finished(folder, arm):
        with (run / "policy_ops.csv").open(newline="") as file:
            for row in csv.DictReader(file):
                if row["class"] == "all":
                    epochs = by_op.setdefault(row["op"], {})
                    epochs.setdefault(int(row["epoch"]), []).append(float(row[column]))
    return {op: [statistics.mean(epochs[epoch]) for epoch in sorted(epochs)] for op, epochs in by_op.items()}


def draw_accuracies(axes, by_arm):
    for place, scores in enumerate(by_arm.values()):
        axes.plot([place] * len(scores), [accuracy for accuracy, _ in scores], "o", alpha=0.6)
        axes.plot(place, statistics.mean(accuracy for accuracy, _ in scores), "k_", markersize=20)
    axes.set_xticks(range(len(by_arm)), [arm.replace("_", "\n") for arm in by_arm])
    axes.set(title="accuracy of the test images, a point for each seed", ylabel="%")


def draw_gains(axes, by_arm, base):
    for arm, scores in by_arm.items():
        if arm in ("fixed", "trivial_augment", "madaug", "madaug_central"):
            axes.plot(base, gains_over(base, scores), "o", label=arm, alpha=0.7)
    axes.axhline(0, color="gray", linewidth=0.8)
    axes.set(title="gain of each class", xlabel="accuracy without augmentation, %", ylabel="%")
    axes.legend()


def draw_history(axes, history, title):
    strongest = sorted(history, key=lambda op: -max(history[op]) + min(history[op]))[:6]
    for op, values in history.items():
        is_shown = op in strongest or op == "identity"
        axes.plot(values, label=op if is_shown else None, color=None if is_shown else "lightgray", zorder=2 if is_shown else 1)
    axes.set(title=title, xlabel="epoch")
    axes.legend(fontsize="small")


def main():
    folder = pathlib.Path(sys.argv[1])
    by_arm = {arm: scores for arm in ARMS if (scores := test_scores(folder, arm))}
    base = class_means(by_arm["none"])
    print_table(by_arm, base)

    learned = [arm for arm in by_arm if arm.startswith("madaug")]
    rows = 1 + len(learned)
    figure, ((accuracies, gains), *histories) = plt.subplots(rows, 2, figsize=(11, 4 * rows), layout="constrained")
    draw_accuracies(accuracies, by_arm)
    draw_gains(gains, by_arm, base)
    for arm, (probabilities, strengths) in zip(learned, histories):
        draw_history(probabilities, policy_history(folder, arm, "probability"), f"{arm}: probability of each op")
        draw_history(strengths, policy_history(folder, arm, "strength"), f"{arm}: strength of each op")
    figure.savefig(folder / "madaug.png", dpi=110)


if __name__ == "__main__":
    main()
