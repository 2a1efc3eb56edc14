"""What each speaker adds to a pooled metric, and the interval of a single system's metric that follows from it.

Counts are (speakers, 4, 4), true emotions in rows; metrics come in the order of `METRICS`. A recall pools an emotion's
utterances over the speakers, WA pools all utterances, UA is the mean of the recalls of the emotions that occur.
"""

from typing import NamedTuple

import numpy as np


class MetricIntervals(NamedTuple):
    """The six pooled metrics as fractions, and the ends of their intervals: three arrays of (6,)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def speaker_parts(counts) -> np.ndarray:
    """What each speaker adds to each pooled metric: (speakers, 6), summing to the metrics; NaN without utterances."""
    counts = np.asarray(counts, dtype=float)
    return _weighted(np.diagonal(counts, axis1=1, axis2=2), counts.sum(axis=(0, 2)))


def speaker_shares(counts) -> np.ndarray:
    """Each speaker's share of what each metric is over: (speakers, 6), columns summing to 1.

    Of the emotion's utterances for a recall, of all utterances for WA; for UA the mean of the shares of the emotions,
    w_s = mean_c n_sc / N_c with n_sc utterances of emotion c by speaker s, N_c by all.
    """
    counts = np.asarray(counts, dtype=float)
    return _weighted(counts.sum(axis=2), counts.sum(axis=(0, 2)))


def metric_intervals(counts, level: float = 0.95) -> MetricIntervals:
    """Intervals of one system's pooled metrics, by Student's t with speakers - 1 degrees of freedom.

    The error of UA is the sum over speakers of r_s = sum_c (k_sc - p_c n_sc) / (4 N_c), with k_sc of n_sc utterances
    of emotion c correct, p_c the pooled recall and N_c the corpus's utterances; a recall's and WA's likewise. With S
    speakers its variance is S / (S - 1) sum_s r_s^2 (Cameron & Miller 2015, A practitioner's guide to cluster-robust
    inference, doi:10.3368/jhr.50.2.317). Ends are kept within 0 and 1. They are NaN for a metric that fewer than two
    speakers take part in.

    Example
    -------
    Four speakers with ten utterances of one emotion each, 5 to 8 of them correct. Recall, WA and UA are their mean of
    0.65, and the interval is that of a mean, 0.65 +- 3.182 * sqrt(0.01667 / 4):

    >>> counts = np.zeros((4, 4, 4), int)
    >>> counts[:, 0, 0], counts[:, 0, 1] = [5, 6, 7, 8], [5, 4, 3, 2]
    >>> value, low, high = metric_intervals(counts)
    >>> [round(float(ends[5]), 4) for ends in (value, low, high)]
    [0.65, 0.4446, 0.8554]
    """
    from scipy.stats import t  # most of a second to import

    parts, shares = speaker_parts(counts), speaker_shares(counts)
    value = parts.sum(axis=0)
    errors = parts - _expected(counts, value)
    speakers = (shares > 0).sum(axis=0)
    low, high = np.full(6, np.nan), np.full(6, np.nan)
    for i in np.flatnonzero((speakers > 1) & ~np.isnan(value)):
        deviation = np.sqrt(speakers[i] / (speakers[i] - 1) * (errors[:, i] ** 2).sum())
        half = t.ppf((1 + level) / 2, speakers[i] - 1) * deviation
        low[i], high[i] = max(0.0, value[i] - half), min(1.0, value[i] + half)
    return MetricIntervals(value, low, high)


def _weighted(numbers, sizes) -> np.ndarray:
    """(speakers, 4) numbers of utterances as parts of the six metrics, given the emotions' sizes (4,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        recall = numbers / sizes
        wa = numbers.sum(axis=1) / sizes.sum()
    ua = recall[:, sizes > 0].mean(axis=1) if (sizes > 0).any() else np.full(len(numbers), np.nan)
    return np.column_stack([recall, wa, ua])


def _expected(counts, value) -> np.ndarray:
    """What each speaker would add, were each emotion as easy for all (for WA: each utterance): (speakers, 6)."""
    counts = np.asarray(counts, dtype=float)
    utterances, sizes = counts.sum(axis=2), counts.sum(axis=(0, 2))
    expected = _weighted(utterances * np.nan_to_num(value[:4]), sizes)
    expected[:, 4] = _weighted(utterances, sizes)[:, 4] * value[4]
    return expected
