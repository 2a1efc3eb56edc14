"""The sign-flip test over speakers, and the interval that is its inverse.

The unit is the speaker, since utterances of one speaker are not independent. A difference of pooled metrics is a sum of
the speakers' parts d_s. Where nothing distinguishes the two systems, exchanging their predictions of a speaker changes
the sign of d_s and nothing in law, so every choice of signs is as likely as the one that was seen.

Turning the signs of a set A of speakers takes 2 sum_A d off the sum. So the test counts the sets whose own sum is not
above 0, and a difference D is rejected where few sets have sum_A (d - D w) on one side of 0. Here w_s is the speaker's
share of what the metric counts, which sums to 1. The differences that are not rejected lie between two order
statistics of the ratios sum_A d / sum_A w: an interval that excludes 0 exactly where the test rejects 0.

Sources: Hartigan 1969, Using subsample values as typical values, J. Am. Stat. Assoc. 64, 1303-1317; for sampled sets
Phipson & Smyth 2010, doi:10.2202/1544-6115.1585; for the family Westfall & Young 1993, Resampling-Based Multiple
Testing, and Romano & Wolf 2005, doi:10.1111/j.1468-0262.2005.00615.x.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

EXACT = 14  # up to so many speakers all sets are counted, beyond a seeded sample of them
DRAWS = 20_000  # sampled sets
ROUNDING = 1e-9  # sums that differ by no more, relative to the size of their terms, are equal


class FlipResult(NamedTuple):
    """A difference, the ends of its interval (NaN where there is none), and p of the test that it is 0."""

    value: float
    low: float
    high: float
    p: float


@cache
def speaker_sets(speakers: int) -> np.ndarray:
    """Sets of speakers as rows of 0 and 1, none of them empty: (n, speakers) float64.

    All 2^speakers - 1 of them for up to `EXACT` speakers, else `DRAWS` that are drawn at random, each with its
    complement, so that small and large sums are sampled alike.
    """
    if speakers <= EXACT:
        sets = np.arange(1, 2**speakers)[:, None] >> np.arange(speakers) & 1
    else:
        drawn = np.random.default_rng(0).integers(0, 2, (DRAWS // 2, speakers))
        sets = np.concatenate([drawn, 1 - drawn])
        sets = sets[sets.any(axis=1)]
    return sets.astype(np.float64)


def sign_flip_test(parts, shares, level: float = 0.95) -> FlipResult:
    """Test that parts sum to 0, and give the interval of their sum.

    Parameters
    ----------
    parts : (speakers,) what each speaker adds to the difference
    shares : (speakers,) each speaker's share of what the difference is over; those with 0 take no part
    level : of the interval

    Returns
    -------
    The sum of the parts, the ends of the interval, and p. NaN for all where a part is NaN or nobody takes part. With
    fewer than six speakers no interval of 95 % exists, since the smallest p is 2 / 2^speakers: its ends are NaN.

    Example
    -------
    Six speakers of equal shares, all of them above 0: the interval runs from the smallest to the largest of them.

    >>> parts = np.array([1, 2, 3, 4, 5, 6]) / 600
    >>> result = sign_flip_test(parts, np.full(6, 1 / 6))
    >>> [round(float(number), 5) for number in result]
    [0.035, 0.01, 0.06, 0.03125]
    """
    parts, shares = np.asarray(parts, dtype=float), np.asarray(shares, dtype=float)
    if np.isnan(parts).any() or not (shares > 0).any():
        return FlipResult(*[np.nan] * 4)
    parts, shares = parts[shares > 0], shares[shares > 0]
    sets = speaker_sets(len(parts))
    sums, tolerance = sets @ parts, ROUNDING * np.abs(parts).sum()
    below, above = int((sums <= tolerance).sum()), int((sums >= -tolerance).sum())
    number = len(sets) + 1  # with the empty set, which changes no sign
    p = min(1.0, 2 * (1 + min(below, above)) / number)
    low = high = np.nan
    if order := int((1 - level) / 2 * number + ROUNDING):
        ratios = np.where(np.abs(sums) <= tolerance, 0, sums) / (sets @ shares)
        low, high = np.partition(ratios, [order - 1, len(ratios) - order])[[order - 1, len(ratios) - order]]
    return FlipResult(float(parts.sum()), float(low), float(high), p)


def flip_statistic(parts, statistic: Callable[[np.ndarray], np.ndarray]) -> float:
    """p of a statistic of several sums over the same speakers: the share of sign vectors under which it is as large.

    parts : (speakers, n); a speaker's parts are flipped together. NaN without speakers, and where a part is NaN
    statistic : of the sums, (flips, n) -> (flips,), larger the further the sums are from 0

    Example
    -------
    The length of a sum of vectors. Only all signs alike are as long as (2, 2):

    >>> flip_statistic([[1, 1], [1, 1]], lambda sums: np.hypot(*sums.T))
    0.5
    """
    parts = np.asarray(parts, dtype=float)
    if np.isnan(parts).any() or not len(parts):
        return np.nan
    flipped = statistic(_signs(len(parts)) @ parts)
    return float((flipped >= flipped[0] - ROUNDING * abs(flipped[0])).mean())


def smallest_p(speakers: int) -> float:
    """The smallest p that the test can give: that of speakers whose parts all have one sign."""
    return 2 / (1 + len(speaker_sets(speakers)))


def family_p_values(parts) -> np.ndarray:
    """p of each of m differences, adjusted for their number by the step-down maximum statistic.

    parts : (speakers, m). All differences are flipped with the same signs, so what they have in common costs nothing.

    Each sum is divided by the root of its sum of squares, its deviation under random signs. The p of the largest is the
    share of sign vectors under which the largest of all is as large; the next is compared with the largest of the
    rest; and no p is below one before it. NaN where a part is NaN; such a difference is no member of the family.

    Example
    -------
    Of two differences that are the same, neither pays for the other:

    >>> parts = np.array([[0.01, 0.01]] * 6)
    >>> family_p_values(parts)
    array([0.03125, 0.03125])
    """
    parts = np.asarray(parts, dtype=float)
    adjusted = np.full(parts.shape[1], np.nan)
    tested = np.flatnonzero(~np.isnan(parts).any(axis=0))
    if not len(tested) or not len(parts):
        return adjusted
    deviation = np.sqrt((parts[:, tested] ** 2).sum(axis=0))
    scaled = parts[:, tested] / np.where(deviation > 0, deviation, 1)
    seen = np.abs(scaled.sum(axis=0))
    flipped = np.abs(_signs(len(parts)) @ scaled)
    order, largest = np.argsort(-seen, kind="stable"), 0.0
    for rank, member in enumerate(order):
        reached = flipped[:, order[rank:]].max(axis=1) >= seen[member] - ROUNDING
        largest = max(largest, float(reached.mean()))
        adjusted[tested[member]] = largest
    return adjusted


def _signs(speakers: int) -> np.ndarray:
    """Vectors of +1 and -1, the one that changes nothing first: (1 + n, speakers)."""
    return 1 - 2 * np.vstack([np.zeros(speakers), speaker_sets(speakers)])
