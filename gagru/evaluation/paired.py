"""Two systems on the same utterances: intervals and tests of their differences.

The unit is the speaker, since utterances of one speaker are not independent. A pooled figure is a sum over speakers
(`contributions`), so exchanging the two systems' predictions of a speaker changes the sign of that speaker's part of
the difference, and nothing else.
"""

from typing import NamedTuple

import numpy as np

from gagru.evaluation.intervals import Bootstrap, percentiles, resample_metrics, speaker_weights
from gagru.task.metrics import METRICS, compute_metrics

EXACT = 4096  # sign vectors are enumerated up to this number at least: 12 speakers, as MSP-IMPROV has


class Differences(NamedTuple):
    """First minus second system in the six `METRICS`, as fractions: value, interval, sign-flip p; all (6,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray


def differences(first, second, bootstrap: Bootstrap) -> Differences:
    """Compare two systems by their (speakers, 4, 4) counts; counts summed over seeds compare the means over seeds.

    The interval is the percentile bootstrap over speakers with the same draws for both systems, the test the sign-flip
    test over speakers. Both see how systems differ from speaker to speaker, not what other seeds would have given.
    """
    weights = speaker_weights(len(first), bootstrap)
    low, high = percentiles(resample_metrics(first, weights) - resample_metrics(second, weights), bootstrap.level)
    parts = contributions(first) - contributions(second)
    return Differences(parts.sum(axis=0), low, high, sign_flip_test(parts, sign_flips(len(parts), bootstrap)))


def contributions(confusions) -> np.ndarray:
    """What each speaker adds to each pooled figure: (speakers, 4, 4) counts -> (speakers, 6), summing to `figures`."""
    confusions = np.asarray(confusions)
    correct = np.diagonal(confusions, axis1=1, axis2=2)
    size = confusions.sum(axis=(0, 2))
    with np.errstate(invalid="ignore"):
        recall = correct / size
    ua = recall[:, size > 0].mean(axis=1)
    return np.column_stack([recall, correct.sum(axis=1) / size.sum(), ua])


def deviation_over_seeds(first, second) -> np.ndarray:
    """The standard deviation (n - 1) of the six differences over seeds; NaN where both systems ran once.

    first, second : (seeds, speakers, 4, 4) counts; a system that ran once is compared with every seed of the other
    """
    one, two = (compute_metrics(np.sum(system, axis=1)) for system in (first, second))
    apart = one - two
    return apart.std(axis=0, ddof=1) if len(apart) > 1 else np.full(len(METRICS), np.nan)


def sign_flips(speakers: int, bootstrap: Bootstrap) -> np.ndarray:
    """Signs of +1 and -1 to give to speakers: (flips, speakers).

    All 2^speakers of them where these are no more than `EXACT` or the bootstrap's draws; else as many random ones as
    there are draws, and the one that changes nothing, without which a p-value could be 0 (Phipson & Smyth 2010).
    """
    if 2**speakers <= max(EXACT, bootstrap.draws):
        return 1 - 2 * (np.arange(2**speakers)[:, None] >> np.arange(speakers) & 1)
    generator = np.random.default_rng(bootstrap.seed)
    random = generator.choice([-1, 1], (bootstrap.draws, speakers))
    return np.vstack([np.ones((1, speakers), dtype=random.dtype), random])


def smallest_p(speakers: int, bootstrap: Bootstrap) -> float:
    """The smallest p-value that the sign-flip test can give: all signs alike, or with random signs none as far."""
    exact = 2**speakers <= max(EXACT, bootstrap.draws)
    return 2 / 2**speakers if exact else 1 / (1 + bootstrap.draws)


def sign_flip_test(parts, flips) -> np.ndarray:
    """Two-sided p-value of the sums of (speakers, n) parts: the share of sign vectors whose sum is as far from 0.

    Exact where nothing distinguishes the two systems, so that exchanging them for a speaker changes nothing in law. NaN
    where a part is.
    """
    parts = np.asarray(parts, dtype=float)
    sums = np.abs(flips @ parts)
    reached = sums >= np.abs(parts.sum(axis=0)) - 1e-9 * np.abs(parts).sum(axis=0)  # equal but for rounding is equal
    return np.where(np.isnan(parts).any(axis=0), np.nan, reached.mean(axis=0))


def mcnemar(only_first: int, only_second: int) -> float:
    """McNemar's exact two-sided p-value, from how many utterances only the first or only the second system got right.

    It takes utterances as independent, which those of one speaker are not: where systems differ from speaker to speaker
    it finds differences too easily.
    """
    from scipy.stats import binomtest  # a second to import

    either = only_first + only_second
    return float(binomtest(only_first, either).pvalue) if either else 1.0


def holm(p) -> np.ndarray:
    """Holm's correction (1979) of the p-values of a family; NaN, where nothing was tested, is no member of it."""
    p = np.asarray(p, dtype=float)
    corrected = np.full(p.shape, np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(factors * p[order]))
    return corrected
