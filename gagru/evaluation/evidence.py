"""By how much systems differ, as evidence for a claim: a margin, positive where the claim holds, with its interval."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gagru.evaluation.intervals import Bootstrap, percentiles, resample_metrics, speaker_weights
from gagru.evaluation.paired import differences
from gagru.task.metrics import METRICS, compute_metrics


class Evidence(NamedTuple):
    """One margin as a fraction; `against` says in words what it is over. p is NaN where there is no test."""

    against: str
    value: float
    low: float
    high: float
    p: float


def compare_systems(first, second, metric: str, against: str, bootstrap: Bootstrap) -> Evidence:
    """By how much the first system is better in a metric, from both systems' (speakers, 4, 4) counts."""
    apart, i = differences(first, second, bootstrap), METRICS.index(metric)
    return Evidence(against, *(float(array[i]) for array in apart))


def compare_gains(large: tuple, small: tuple, metric: str, against: str, bootstrap: Bootstrap) -> Evidence:
    """By how much one corpus's gain is larger than another's, each a pair of (speakers, 4, 4) counts. Without a test.

    The corpora have speakers of their own, so these are drawn independently.
    """
    i = METRICS.index(metric)
    gains, values = [], []
    for number, (first, second) in enumerate((large, small)):
        weights = speaker_weights(len(first), replace(bootstrap, seed=bootstrap.seed + number))
        gains.append((resample_metrics(first, weights) - resample_metrics(second, weights))[:, [i]])
        values.append((compute_metrics(np.sum(first, axis=0)) - compute_metrics(np.sum(second, axis=0)))[i])
    low, high = percentiles(gains[0] - gains[1], bootstrap.level)
    return Evidence(against, float(values[0] - values[1]), float(low[0]), float(high[0]), np.nan)
