"""Prints the tables of the runs that adainf.sh left in a folder, and what becomes of each claim, and draws adainf.png there.

Accuracies are in %, on the test images: a linear probe with 10,000 labels, nearest neighbors, a linear probe with ten labels of
each class. Differences are of runs with the same seed, with the 90 % interval of Student's t. A claim is held where the interval
lies where the claim says, not held where it lies outside, and not resolved where it reaches both.
"""

import json
import math
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

MEASURES = ("linear", "knn", "few_linear")
T_95 = {1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895, 8: 1.860, 9: 1.833}
N = 10000
NONE = "simclr-none-0-1-strong-100"
NAMES = {
    "none": NONE,
    "none, weak views": "simclr-none-0-1-weak-100",
    "vanilla": f"simclr-good-{N}-1-strong-100",
    "reweighted (d = 10)": f"simclr-good-{N}-10-strong-100",
    "weak views": f"simclr-good-{N}-1-weak-100",
    "AdaInf (d = 10, weak views)": f"simclr-good-{N}-10-weak-100",
    "vanilla, poor pool": f"simclr-poor-{N}-1-strong-100",
    "reweighted, poor pool": f"simclr-poor-{N}-10-strong-100",
    "vanilla, shuffled pixels": f"simclr-shuffled-{N}-1-strong-100",
    "d = 100, shuffled pixels": f"simclr-shuffled-{N}-100-strong-100",
    "none, 5,000 images": "simclr-none-0-1-strong-500",
    "AdaInf, 5,000 images": f"simclr-large-{N}-10-weak-500",
    "MoCo v2+, none": "moco_v2_plus-none-0-1-strong-100",
    "MoCo v2+, vanilla": f"moco_v2_plus-good-{N}-1-strong-100",
    "MoCo v2+, AdaInf": f"moco_v2_plus-good-{N}-10-weak-100",
}
COPIES = (1, 3, 10, 30, 100)
COPIES_ARMS = [f"simclr-good-{N}-{copies}-strong-100" for copies in COPIES]
CROPS = {"strong": 0.08, "0.2": 0.2, "0.4": 0.4, "0.6": 0.6}
POOL_SIZES = {0: "simclr-none-0-1-{}-100", 2000: "simclr-good-2000-10-{}-100", N: f"simclr-good-{N}-10-{{}}-100"}


class Results:
    """Accuracies by arm, measure and seed."""

    def __init__(self, folder):
        self.folder = folder

    def of(self, arm, measure="linear"):
        found = {}
        for run in self.folder.glob(f"{arm}-seed*"):
            file = run / "evaluation.json"
            if file.exists():
                rows = json.loads(file.read_text())["rows"]
                trained = next(row for row in rows if row["representation"] == "trained encoder")
                found[int(run.name.rpartition("seed")[2])] = trained[measure]["mean"]
        return found

    def means(self, arms):
        """Of the linear probe, over the seeds that all of the arms have."""
        found = [self.of(arm) for arm in arms]
        seeds = set.intersection(*(set(values) for values in found))
        return [statistics.mean(values[seed] for seed in seeds) if seeds else math.nan for values in found]

    def error(self, arms):
        """The standard error of such means, on average."""
        found = [list(self.of(arm).values()) for arm in arms]
        errors = [statistics.stdev(values) / math.sqrt(len(values)) for values in found if len(values) > 1]
        return statistics.mean(errors) if errors else math.inf

    def differences(self, arm, base, measure="linear"):
        ours, theirs = self.of(arm, measure), self.of(base, measure)
        return [ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys())]


def interval(values):
    """Mean and half width; wide as can be where there is one value."""
    if not values:
        return math.nan, math.inf
    if len(values) == 1:
        return values[0], math.inf
    half = T_95[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))
    return statistics.mean(values), half


def signed(mean, half):
    return f"{mean:+.2f} ± {half:.2f}"


def verdict(mean, half, least=-math.inf, most=math.inf):
    if least <= mean - half and mean + half <= most:
        return "held"
    return "not held" if mean + half < least or mean - half > most else "not resolved"


def print_arms(results):
    print("| arm | seeds | linear | kNN | ten labels | linear, over none |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, arm in NAMES.items():
        cells = []
        for measure in MEASURES:
            values = list(results.of(arm, measure).values())
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            cells.append(f"{statistics.mean(values):.2f} ({spread:.2f})" if values else "")
        base = "moco_v2_plus-none-0-1-strong-100" if arm.startswith("moco") else NONE
        base = "simclr-none-0-1-strong-500" if arm.endswith("-500") else base
        over = "" if arm == base else signed(*interval(results.differences(arm, base)))
        print(f"| {name} | {len(results.of(arm))} | {' | '.join(cells)} | {over} |")


def interaction(results):
    """What weak views gain with a pool, over what they gain without, by seed."""
    with_pool = results.differences(NAMES["weak views"], NAMES["vanilla"])
    without = results.differences(NAMES["none, weak views"], NONE)
    return [a - b for a, b in zip(with_pool, without)]


def larger_gain(results):
    few = results.differences(NAMES["AdaInf (d = 10, weak views)"], NONE)
    many = results.differences(NAMES["AdaInf, 5,000 images"], NAMES["none, 5,000 images"])
    return [a - b for a, b in zip(few, many)]


def best(results, arms):
    """The places of the best, ties within a standard error among them."""
    means = results.means(arms)
    least = max(means) - results.error(arms)
    return [at for at, mean in enumerate(means) if mean >= least]


def copies_verdict(results):
    places = best(results, COPIES_ARMS)
    inner = [0 < place < len(COPIES) - 1 for place in places]
    text = ", ".join(f"d = {copies}: {mean:.2f}" for copies, mean in zip(COPIES, results.means(COPIES_ARMS)))
    return "held" if all(inner) else "not resolved" if any(inner) else "not held", text


def crops_verdict(results):
    tops, parts = [], []
    for size, pattern in POOL_SIZES.items():
        arms = [pattern.format(crop) for crop in CROPS]
        tops.append(best(results, arms))
        parts.append(f"{size} generated: " + ", ".join(f"{mean:.2f}" for mean in results.means(arms)))
    least, most = tops[0], tops[-1]
    found = "held" if min(most) > max(least) else "not held" if max(most) < min(least) else "not resolved"
    return found, "crops from 0.08, 0.2, 0.4, 0.6; " + "; ".join(parts)


def diagnoses_verdict(folder):
    found = {weaken: json.loads((folder / f"diagnosis-{weaken}.json").read_text()) for weaken in ("0", "0.5", "1")}

    def connection(weaken, images):
        return found[weaken][images]["labeled"]["connections"][0]

    def eigenvalue(weaken, images):
        return connection(weaken, images)["eigenvalue"]

    def error(weaken, images):
        return found[weaken][images]["labeled"]["labeling_error"]

    def both(what, weaken, digits):
        return f"{what(weaken, 'real'):.{digits}f} and {what(weaken, 'inflated'):.{digits}f}"

    inflation = all(eigenvalue(weaken, "inflated") > eigenvalue(weaken, "real") for weaken in found)
    same_error = all(abs(error(weaken, "inflated") - error(weaken, "real")) <= 0.05 for weaken in found)
    strength = eigenvalue("0", "real") > eigenvalue("1", "real") and error("0", "real") > error("1", "real")
    text = "real and inflated; " + "; ".join(
        f"weakened by {weaken}: lambda_11 {both(eigenvalue, weaken, 4)}, labeling error {both(error, weaken, 2)}, phi / lambda_11 "
        f"{both(lambda w, images: connection(w, images)['score'], weaken, 1)}, nine tenths hang together at "
        f"{both(lambda w, images: found[w][images]['overlap']['bottleneck'], weaken, 3)}"
        for weaken in found
    )
    return ("held" if inflation and same_error and strength else "not held"), text


def shares_verdict(folder):
    """The share of real samples in all batches of a run, against what copies make it."""
    worst, text = 0.0, []
    for copies in COPIES:
        for run in folder.glob(f"simclr-good-{N}-{copies}-strong-100-seed1"):
            shares = [json.loads(line)["real_share"] for line in (run / "metrics.jsonl").read_text().splitlines()]
            beta = copies * 1000 / (copies * 1000 + N)
            deviation = math.sqrt(beta * (1 - beta) / (128 * len(shares)))
            worst = max(worst, abs(statistics.mean(shares) - beta) / deviation)
            text.append(f"d = {copies}: {statistics.mean(shares):.4f} for {beta:.4f}")
    return ("held" if text and worst <= 3 else "not held"), ", ".join(text)


def print_audits(folder):
    """What the audits measured, and the same of other real images."""
    print("\n| pool | Fréchet distance | precision | recall | discriminator | warned of |")
    print("| --- | --- | --- | --- | --- | --- |")
    rows = {"good": "pool", "poor": "pool", "shuffled": "pool", "other real images": "real"}
    for name, images in rows.items():
        audit = json.loads((folder / f"audit-{'good' if images == 'real' else name}" / "audit.json").read_text())
        numbers = [
            f"{audit['frechet'][images]:.1f}",
            f"{audit['manifolds']['precision'][images]:.2f}",
            f"{audit['manifolds']['recall'][images]:.2f}",
            f"{audit['discriminator']['accuracy'][images]:.2f}",
        ]
        warned = ", ".join(sorted({warning["measure"] for warning in audit["warnings"]})) if images == "pool" else ""
        print(f"| {name} | {' | '.join(numbers)} | {warned} |")


def print_confusions(results, folder):
    """Accuracy beside relative confusion, over the seeds that were diagnosed."""
    print("\n| crops from | linear, none | ARC | linear, 10,000 generated, d = 10 | ARC |")
    print("| --- | --- | --- | --- | --- |")
    columns = []
    for size, images in ((0, "real"), (N, "inflated")):
        arms = [POOL_SIZES[size].format(crop) for crop in CROPS]
        columns.append([f"{mean:.2f}" for mean in results.means(arms)])
        columns.append([])
        for arm in arms:
            files = [json.loads(file.read_text()) for file in folder.glob(f"diagnosis-{arm}-seed*.json")]
            columns[-1].append(f"{statistics.mean(file[images]['relative_confusion'] for file in files):.2f}")
    for least, *cells in zip(CROPS.values(), *columns):
        print(f"| {least} | {' | '.join(cells)} |")


def print_claims(results, folder):
    def compared(arm, base, **bounds):
        mean, half = interval(results.differences(NAMES[arm], NAMES[base]))
        return verdict(mean, half, **bounds), signed(mean, half)

    def of_values(values, **bounds):
        mean, half = interval(values)
        return verdict(mean, half, **bounds), signed(mean, half)

    adainf = "AdaInf (d = 10, weak views)"
    claims = [
        ("A1", "vanilla inflation by a poor generator gains 0.5 at the most", compared("vanilla, poor pool", "none", most=0.5)),
        ("A2", "reweighting recovers with a poor pool", compared("reweighted, poor pool", "vanilla, poor pool", least=0)),
        ("A3", "AdaInf over none", compared(adainf, "none", least=0)),
        ("A3", "AdaInf over vanilla", compared(adainf, "vanilla", least=0)),
        ("A3", "MoCo v2+: AdaInf over none", compared("MoCo v2+, AdaInf", "MoCo v2+, none", least=0)),
        ("A3", "MoCo v2+: AdaInf over vanilla", compared("MoCo v2+, AdaInf", "MoCo v2+, vanilla", least=0)),
        ("A4", "weak views gain more with a pool than without", of_values(interaction(results), least=0)),
        ("A5", "the best d lies between 1 and 100", copies_verdict(results)),
        ("A6", "the best crops grow with the pool", crops_verdict(results)),
        ("A7", "the gain is larger with 1,000 images than with 5,000", of_values(larger_gain(results), least=0)),
        ("A8", "vanilla inflation by shuffled pixels loses 1 at least", compared("vanilla, shuffled pixels", "none", most=-1)),
        ("A8", "d = 100 takes that back", compared("d = 100, shuffled pixels", "vanilla, shuffled pixels", least=0)),
        ("A9", "lambda_11 grows with inflation and the labeling error stays; both grow with strength", diagnoses_verdict(folder)),
        ("A10", "the share of real samples is within 3 deviations of what copies make it", shares_verdict(folder)),
    ]
    print("\n| | claim | | found |")
    print("| --- | --- | --- | --- |")
    for number, claim, (found, values) in claims:
        print(f"| {number} | {claim} | {found} | {values} |")


def draw(results, folder):
    figure, (arms, copies, crops) = plt.subplots(1, 3, figsize=(13, 4))
    shown = list(NAMES)[1:6]
    for at, name in enumerate(shown):
        mean, half = interval(results.differences(NAMES[name], NONE))
        arms.errorbar(mean, -at, xerr=half if math.isfinite(half) else 0, fmt="o", capsize=3)
    arms.set_yticks([-at for at in range(len(shown))], shown)
    arms.axvline(0, color="gray", linewidth=1)
    arms.set_xlabel("linear probe over none, points")
    copies.semilogx(COPIES, results.means(COPIES_ARMS), "o-")
    copies.set_xlabel("copies of each real image")
    copies.set_ylabel("linear probe, %")
    for size, pattern in POOL_SIZES.items():
        means = results.means(pattern.format(crop) for crop in CROPS)
        crops.plot(list(CROPS.values()), means, "o-", label=f"{size:,} generated")
    crops.set_xlabel("least share of a crop")
    crops.set_ylabel("linear probe, %")
    crops.legend()
    figure.tight_layout()
    figure.savefig(folder / "adainf.png", dpi=110)


def main():
    folder = pathlib.Path(sys.argv[1])
    results = Results(folder)
    print_arms(results)
    print_audits(folder)
    print_confusions(results, folder)
    print_claims(results, folder)
    draw(results, folder)


if __name__ == "__main__":
    main()
