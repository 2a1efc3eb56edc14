"""How often the comparisons find a difference: where there is none, which should be 5 %, and where one is planted.

Data sets have IEMOCAP's speakers and class sizes. A speaker's class is as easy for the one system as for the other, an
utterance in part; where "speakers differ", each system is also better on some speakers than on others, by chance.
"""

import numpy as np

from benchmarks.measure import Measure, hand_over, parser, table
from gagru.corpora.iemocap import EXPECTED
from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import differences, mcnemar
from gagru.task.emotions import EMOTIONS
from gagru.task.metrics import METRICS

SIZES = np.array([[counts[emotion] for emotion in EMOTIONS] for counts in EXPECTED.values()])  # (10, 4)
NOMINAL = 0.05
SHARED = 0.7  # correlation of what makes an utterance hard for the one system and for the other
# Deviation of a system's own speaker effects, and the first system's gain; 0.1 of a standard normal is 3.5 points.
CASES = {
    "no difference, speakers alike": (0.0, 0.0),
    "no difference, speakers differ": (0.1, 0.0),
    "2 points, speakers alike": (0.0, 0.057),
    "2 points, speakers differ": (0.1, 0.057),
    "5 points, speakers differ": (0.1, 0.143),
}
TESTS = ("sign-flip, UA", "sign-flip, WA", "interval, UA", "McNemar, WA")


def correct(generator, spread: float, gain: float) -> np.ndarray:
    """Which utterances each of two systems gets right: (2, N), utterances by speaker and class; about 62 % of them."""
    place = generator.normal(0.3, 0.3, SIZES.shape)  # ease of a speaker's class, for both systems
    own = generator.normal(0, spread, (2, len(SIZES), 1)) + np.array([gain, 0.0]).reshape(2, 1, 1)
    ease = np.repeat((place + own).reshape(2, -1), SIZES.ravel(), axis=1)
    common, single = generator.standard_normal(ease.shape[1]), generator.standard_normal(ease.shape)
    return np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * single < ease


def confusions(right: np.ndarray) -> np.ndarray:
    """The counts of one system, its mistakes all in the next class: (speakers, 4, 4)."""
    ends = np.cumsum(SIZES.ravel())[:-1]
    hits = np.array([part.sum() for part in np.split(right, ends)]).reshape(SIZES.shape)
    return np.array([np.diag(k) + np.roll(np.diag(n - k), 1, axis=1) for k, n in zip(hits, SIZES, strict=True)])


def found(generator, spread: float, gain: float, draws: int) -> tuple[list[bool], float]:
    """What each of `TESTS` finds in one data set at 5 %, and the difference in UA."""
    right = correct(generator, spread, gain)
    found = differences(*map(confusions, right), Bootstrap(draws=draws))
    ua, wa = METRICS.index("UA"), METRICS.index("WA")
    only = [int((a & ~b).sum()) for a, b in (right, right[::-1])]
    interval = not found.low[ua] <= 0 <= found.high[ua]
    verdicts = [found.p[ua] <= NOMINAL, found.p[wa] <= NOMINAL, interval, mcnemar(*only) <= NOMINAL]
    return verdicts, found.value[ua]


def rates(case: str, data_sets: int, draws: int = 2000, seed: int = 0) -> tuple[dict[str, float], float]:
    """Test -> share of the data sets in which it finds a difference; and the mean difference in UA."""
    generator = np.random.default_rng(seed)
    results = [found(generator, *CASES[case], draws) for _ in range(data_sets)]
    shares = np.mean([verdicts for verdicts, _ in results], axis=0)
    return dict(zip(TESTS, shares.tolist(), strict=True)), float(np.mean([value for _, value in results]))


def main() -> None:
    options = parser(__doc__).parse_args()
    data_sets = 20 if options.tiny else 1000
    rows, measures = [], []
    for case in CASES:
        shares, difference = rates(case, data_sets)
        rows.append((case, f"{100 * difference:+.2f}", *(f"{100 * shares[test]:.1f}" for test in TESTS)))
        for test in TESTS:
            bound = 7.0 if case.startswith("no difference") and test.startswith("sign-flip") else None
            measures.append(Measure(f"{test}: found, {case}", 100 * shares[test], "%", at_most=bound))
    print(
        f"{data_sets} data sets a case, {len(SIZES)} speakers, {SIZES.sum()} utterances. Found at 5 %, in per cent:\n"
    )
    print(table("case|mean difference in UA|" + "|".join(TESTS), rows))
    hand_over(measures, options.json)


if __name__ == "__main__":
    main()
