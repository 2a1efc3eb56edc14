"""Margins as sums of speakers' parts, in the form that `gagru.evaluation.sign_flips` tests.

A margin is what a comparison or a claim rests on, positive where it holds: a difference of two systems, of two gains,
of two emotions. Each function gives what every speaker adds to it, and the speaker's share of what it is over.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from gagru.evaluation.sign_flips import sign_flip_test, smallest_p
from gagru.evaluation.speaker_parts import speaker_parts, speaker_shares

POWER = 0.8  # with which the smallest detectable margin is found
ROUNDING = 1e-12  # 1 - 0.9 is a little less than 0.1
# With so few speakers t promises too much, and so many data sets are simulated in its place.
FEW, SIMULATED = 10, 10_000


class Margin(NamedTuple):
    """A margin of S speakers.

    parts : (S,) what each adds; they sum to the margin. Or (S, n) for n margins
    shares : (S,) each one's share of what the margin is over; they sum to 1. Or (S, n)
    """

    parts: np.ndarray
    shares: np.ndarray


class Assessment(NamedTuple):
    """A margin with its interval and p, see `sign_flip_test`, and the smallest margin that would have been found."""

    value: float
    low: float
    high: float
    p: float
    detectable: float


def assess(margin: Margin, level: float = 0.95) -> Assessment:
    """Test a margin (parts and shares of (S,)) by the sign-flip test, with the interval that is its inverse."""
    return Assessment(*sign_flip_test(*margin, level), find_smallest_detectable(margin, level))


def find_smallest_detectable(margin: Margin, level: float = 0.95) -> float:
    """The smallest margin that a test at 1 - level finds with a power of `POWER`, speakers being as far apart as here.

    It is (t_{(1 + level) / 2} + t_{POWER}) times the standard error, with quantiles of Student's t of S - 1 degrees of
    freedom (Bloom 1995, Minimum detectable effects, Evaluation Review 19, 547-556). Up to ten speakers the sign-flip
    test, which has few p-values then, needs more, and as many standard errors as it needs are simulated. The standard
    error is the root of S / (S - 1) times the sum over speakers of (d_s - w_s D)^2, with parts d, shares w and D the
    margin. NaN where so few speakers take part that the sign-flip test finds nothing at this level, however large.

    Example
    -------
    Twelve speakers of equal shares. The standard error is that of a mean, 0.0104; t is 2.201 and 0.876:

    >>> margin = Margin(np.arange(1, 13) / 1200, np.full(12, 1 / 12))
    >>> round(find_smallest_detectable(margin), 4)
    0.032
    """
    taking_part = margin.shares > 0
    parts, shares = margin.parts[taking_part], margin.shares[taking_part]
    speakers = len(parts)
    if not speakers or smallest_p(speakers) > 1 - level + ROUNDING:
        return np.nan
    errors = parts - shares * parts.sum()
    standard_error = np.sqrt(speakers / (speakers - 1) * (errors**2).sum())
    return float(_standard_errors_to_be_found(speakers, level) * standard_error)


@cache
def _standard_errors_to_be_found(speakers: int, level: float) -> float:
    """How many standard errors a margin of so many speakers must have to be found with `POWER`."""
    if speakers > FEW:
        from scipy.stats import t  # most of a second to import

        return t.ppf((1 + level) / 2, speakers - 1) + t.ppf(POWER, speakers - 1)
    signs = np.array([(1, *rest) for rest in product((1, -1), repeat=speakers - 1)])
    flipped = np.random.default_rng(0).normal(size=(SIMULATED, speakers)) @ signs.T

    def power(shift: float) -> float:
        sums = np.abs(flipped + shift * signs.mean(axis=1))
        return np.mean((sums >= sums[:, :1] - ROUNDING).mean(axis=1) <= 1 - level + ROUNDING)

    low, high = 0.0, 1.0
    while power(high) < POWER:
        low, high = high, 2 * high
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle) < POWER else (low, middle)
    return high / np.sqrt(speakers)


def difference(first, second) -> Margin:
    """The six pooled metrics of one system minus those of another, from both systems' (S, 4, 4) counts.

    Counts summed over seeds compare the means over seeds.
    """
    return Margin(speaker_parts(first) - speaker_parts(second), speaker_shares(first))


def joint(margins: Sequence[Margin]) -> Margin:
    """The mean of the margins of several corpora, which count alike; each corpus has speakers of its own."""
    return Margin(*(np.concatenate(arrays) / len(margins) for arrays in zip(*margins, strict=True)))


def gap(large: Margin, small: Margin) -> Margin:
    """By how much one corpus's margin is larger than another's; the corpora have speakers of their own.

    The small corpus's sign is turned. A speaker's part is what sets the speaker apart from the own corpus's margin, and
    of the gap as much as the speaker's share: parts as they are would all have one sign where both margins are large.
    """
    wide = large.parts.sum(axis=0) - small.parts.sum(axis=0)
    own = [margin.parts - margin.shares * margin.parts.sum(axis=0) for margin in (large, small)]
    shares = np.concatenate([large.shares, small.shares]) / 2
    return Margin(np.concatenate([own[0], -own[1]]) + shares * wide, shares)


def contrast(totals, utterances, weights) -> Margin:
    """A weighted sum of means over utterances, a mean an emotion.

    Parameters
    ----------
    totals : (S, 4) a quantity summed over the utterances of each speaker and emotion
    utterances : (S, 4) how many these are
    weights : (4,) of the emotions' means, as (0, 0, 1, -1) for sadness minus anger

    The error of a mean is that of a ratio, sum_s (q_s - m n_s) / N with m the pooled mean. NaN where an emotion that
    counts has no utterances.
    """
    totals, utterances = np.asarray(totals, dtype=float), np.asarray(utterances, dtype=float)
    used = np.flatnonzero(weights)
    totals, utterances, weights = totals[:, used], utterances[:, used], np.asarray(weights, dtype=float)[used]
    sizes = utterances.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = totals.sum(axis=0) / sizes
        errors = (totals - means * utterances) / sizes @ weights
        shares = utterances / sizes @ np.abs(weights) / np.abs(weights).sum()
    return Margin(errors + shares * (means @ weights), shares)


def jackknife(margin: Callable[[np.ndarray], float], speakers: int) -> Margin:
    """A margin that is no sum over speakers, such as a distance, by leaving out a speaker at a time.

    margin : of the speakers with weight 1 in (S,), those with 0 left out

    The parts are the pseudo-values S m - (S - 1) m_(-s), divided by S. They sum to the margin without most of its bias
    (Quenouille 1956; Tukey 1958; Miller 1974, The jackknife: a review, Biometrika 61, 1-15).
    """
    everybody = np.ones(speakers)
    without = np.array([margin(everybody - row) for row in np.eye(speakers)])
    parts = margin(everybody) - (speakers - 1) / speakers * without
    return Margin(parts, np.full(speakers, 1 / speakers))
