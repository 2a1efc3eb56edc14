"""How often intervals of 95 % hold the truth, and how often tests at 5 % find something, in simulated data sets.

Speakers have IEMOCAP's class sizes, in turn. A speaker's class is as easy for the one system as for the other, an
utterance in part; each system is also better on some speakers than on others, by chance. The truth of a case is the
mean over its data sets.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.measure import Measure, hand_over, parser, table
from gagru.corpora.iemocap import EXPECTED
from gagru.evaluation.margins import Margin, contrast, difference, gap, jackknife, joint
from gagru.evaluation.paired import mcnemar
from gagru.evaluation.sign_flips import FlipResult, family_p_values, sign_flip_test
from gagru.evaluation.speaker_parts import metric_intervals
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import METRICS

IEMOCAP = np.array([[counts[emotion] for emotion in EMOTIONS] for counts in EXPECTED.values()])  # (10, 4)
UA = METRICS.index("UA")
SHARED = 0.7  # correlation of what makes an utterance hard for the one system and for the other
ALIKE, DIFFER = 0.0, 0.1  # deviation of a system's own effect on a speaker; 0.1 of a standard normal is 3.5 points
TWO_POINTS, FIVE_POINTS = 0.057, 0.143  # the first system's gain, on the same scale
SPEAKERS = (4, 9, 10, 12, 24, 90)
BINS = 20  # of a profile


def sizes(speakers: int) -> np.ndarray:
    """Utterances of each speaker and emotion: (speakers, 4)."""
    return IEMOCAP[np.arange(speakers) % len(IEMOCAP)]


def correct(generator, number: np.ndarray, spread: float, gains: np.ndarray) -> np.ndarray:
    """Which utterances each system gets right: (systems, N), by speaker and class; about 62 % of them."""
    place = generator.normal(0.3, 0.3, number.shape)  # ease of a speaker's class, for all systems
    own = generator.normal(0, spread, (len(gains), len(number), 1)) + np.reshape(gains, (-1, 1, 1))
    ease = np.repeat((place + own).reshape(len(gains), -1), number.ravel(), axis=1)
    common, single = generator.standard_normal(ease.shape[1]), generator.standard_normal(ease.shape)
    return np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * single < ease


def confusions(right: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The counts of one system, its mistakes all in the next class: (speakers, 4, 4)."""
    starts = np.concatenate([[0], np.cumsum(number.ravel())[:-1]])
    hits = np.add.reduceat(right, starts, dtype=int).reshape(number.shape)
    return np.array([np.diag(k) + np.roll(np.diag(n - k), 1, axis=1) for k, n in zip(hits, number, strict=True)])


def two_systems(generator, speakers: int, spread: float, gain: float) -> np.ndarray:
    """Counts of two systems on the same utterances: (2, speakers, 4, 4)."""
    number = sizes(speakers)
    return np.array([confusions(r, number) for r in correct(generator, number, spread, np.array([gain, 0.0]))])


def ua_margin(generator, speakers: int, spread: float, gain: float) -> Margin:
    """UA of one system minus that of another."""
    parts, shares = difference(*two_systems(generator, speakers, spread, gain))
    return Margin(parts[:, UA], shares[:, UA])


def edge_contrast(generator, speakers: int, gain: float) -> Margin:
    """Mean share of an edge in sadness minus that in anger; speakers and their emotions have levels of their own."""
    number = sizes(speakers)
    level = 0.2 + gain * np.array([0, 0, 1, 0]) + generator.normal(0, 0.02, (speakers, 1))
    level = level + generator.normal(0, 0.02, (speakers, 4))
    totals = number * level + np.sqrt(number) * generator.normal(0, 0.08, (speakers, 4))
    return contrast(totals, number, [0, 0, 1, -1])


def shape_contrast(generator, speakers: int) -> Margin:
    """How far one emotion's profile moves minus how far another's does, both by as much."""
    move = np.linspace(-0.01, 0.01, BINS)
    before = 1 / BINS + generator.normal(0, 0.004, (2, speakers, BINS))
    after = before + move + generator.normal(0, 0.004, (2, speakers, BINS))

    def margin(weights: np.ndarray) -> float:
        means = [np.average(profiles, axis=1, weights=weights) for profiles in (before, after)]
        shapes = [mean / mean.sum(axis=1, keepdims=True) for mean in means]
        distance = np.abs(shapes[1] - shapes[0]).sum(axis=1) / 2
        return distance[0] - distance[1]

    return jackknife(margin, speakers)


def flip_cases() -> dict[str, tuple[Callable, bool]]:
    """Name -> a function from a generator to the margin of one data set, and whether the truth is 0."""
    cases = {}
    for speakers in SPEAKERS:
        for name, spread, gain in (
            ("no difference", DIFFER, 0.0),
            ("2 points", DIFFER, TWO_POINTS),
            ("2 points, speakers alike", ALIKE, TWO_POINTS),
        ):
            cases[f"UA of two systems, {name}, {speakers} speakers"] = (
                lambda g, s=speakers, d=spread, x=gain: ua_margin(g, s, d, x),
                gain == 0,
            )
    for gain, name in ((0.0, "no difference"), (TWO_POINTS, "2 points")):
        cases[f"two corpora jointly, {name}, 10 and 12 speakers"] = (
            lambda g, x=gain: joint([ua_margin(g, 10, DIFFER, x), ua_margin(g, 12, DIFFER, x)]),
            gain == 0,
        )
    for gain, name in ((FIVE_POINTS, "both 5 points"), (0.0, "5 points and none")):
        cases[f"gains on two corpora, {name}, 10 and 12 speakers"] = (
            lambda g, x=gain: gap(ua_margin(g, 10, DIFFER, FIVE_POINTS), ua_margin(g, 12, DIFFER, x)),
            gain != 0,
        )
    for speakers in SPEAKERS:
        cases[f"edges in two emotions, alike, {speakers} speakers"] = (
            lambda g, s=speakers: edge_contrast(g, s, 0.0),
            True,
        )
        cases[f"edges in two emotions, 2 points, {speakers} speakers"] = (
            lambda g, s=speakers: edge_contrast(g, s, 0.02),
            False,
        )
    for speakers in SPEAKERS:
        cases[f"shapes of two emotions, {speakers} speakers"] = (lambda g, s=speakers: shape_contrast(g, s), True)
    return cases


def coverage(results: list[FlipResult] | list[tuple]) -> tuple[float, float, float]:
    """The truth (mean of the values), the share of intervals that hold it, and the share that there are."""
    value, low, high = np.array(results, dtype=float)[:, :3].T
    exists = ~np.isnan(low)
    truth = value.mean()
    held = ((low <= truth) & (truth <= high))[exists].mean() if exists.any() else np.nan
    return float(truth), float(held), float(exists.mean())


def single_metrics(data_sets: int, seed: int = 0) -> list[tuple[str, float, float]]:
    """Of one system's UA, WA and a recall: name, truth, share of t intervals that hold it."""
    rows = []
    for speakers in SPEAKERS:
        generator, number = np.random.default_rng(seed), sizes(speakers)
        found = [
            np.stack(metric_intervals(confusions(correct(generator, number, DIFFER, np.zeros(1))[0], number)))
            for _ in range(data_sets)
        ]
        for metric in ("UA", "WA", "happiness"):
            truth, held, _ = coverage([one[:, METRICS.index(metric)] for one in found])
            rows.append((f"{metric} of one system, {speakers} speakers", truth, held))
    return rows


def family_errors(data_sets: int, seed: int = 0) -> float:
    """How often a family of eight comparisons of one system with others finds any difference where there is none."""
    generator, number, wrong = np.random.default_rng(seed), sizes(10), 0
    for _ in range(data_sets):
        counts = [confusions(right, number) for right in correct(generator, number, DIFFER, np.zeros(9))]
        parts = np.column_stack([difference(counts[0], other).parts[:, UA] for other in counts[1:]])
        wrong += family_p_values(parts).min() <= 0.05
    return wrong / data_sets


def mcnemar_errors(data_sets: int, seed: int = 0) -> float:
    """How often McNemar's test of WA finds a difference where there is none and speakers differ."""
    generator, wrong = np.random.default_rng(seed), 0
    for _ in range(data_sets):
        right = correct(generator, sizes(10), DIFFER, np.zeros(2))
        wrong += mcnemar(*[int((a & ~b).sum()) for a, b in (right, right[::-1])]) <= 0.05
    return wrong / data_sets


def main() -> None:
    options = parser(__doc__).parse_args()
    data_sets = 20 if options.tiny else 1000
    rows, measures = [], []
    for name, (draw, nothing) in flip_cases().items():
        generator = np.random.default_rng(0)
        results = [sign_flip_test(*draw(generator)) for _ in range(data_sets)]
        truth, held, exists = coverage(results)
        found = float(np.mean([result.p <= 0.05 for result in results]))
        rows.append((name, f"{100 * truth:+.2f}", f"{100 * held:.1f}" if exists else "none", f"{100 * found:.1f}"))
        if exists:
            measures.append(Measure(f"interval holds the truth, {name}", 100 * held, "%", at_least=93, at_most=97))
        measures.append(Measure(f"found, {name}", 100 * found, "%", at_most=7.0 if nothing else None))
    singles = single_metrics(data_sets)
    measures += [Measure(f"interval holds {n}", 100 * held, "%", at_least=93, at_most=97) for n, _, held in singles]
    family, old = family_errors(data_sets), mcnemar_errors(data_sets)
    measures.append(Measure("a family of 8 without differences finds one", 100 * family, "%", at_most=7.0))
    measures.append(Measure("McNemar's test finds a difference where there is none", 100 * old, "%"))
    print(f"{data_sets} data sets a case; truth in points, the rest in per cent.\n")
    print("Margins by the sign-flip test and its interval:\n")
    print(table("margin|truth|intervals that hold it|found at 5 %", rows))
    print("\nSingle metrics by Student's t over speakers:\n")
    print(
        table("metric|truth|intervals that hold it", [(n, f"{100 * t:.2f}", f"{100 * h:.1f}") for n, t, h in singles])
    )
    print(
        f"\nWithout a difference a family of eight finds one in {100 * family:.1f} %, McNemar's in {100 * old:.1f} %."
    )
    hand_over(measures, options.json)


if __name__ == "__main__":
    main()
