"""By how much systems differ, as evidence for a claim: a margin, positive where the claim holds, with its test."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gagru.evaluation.margins import Margin, assess, difference, gap, joint
from gagru.task.metrics import METRICS


class Evidence(NamedTuple):
    """One margin as a fraction; `against` says in words what it is over. The rest is as of `margins.Assessment`."""

    against: str
    value: float
    low: float
    high: float
    p: float
    detectable: float


def weigh_margin(margin: Margin, against: str, level: float) -> Evidence:
    """The test of a margin as evidence."""
    return Evidence(against, *assess(margin, level))


def compare_systems(first, second, metric: str, against: str, level: float) -> Evidence:
    """By how much the first system is better in a metric, from both systems' (speakers, 4, 4) counts."""
    return weigh_margin(_in_metric(first, second, metric), against, level)


def compare_gains(large: tuple, small: tuple, metric: str, against: str, level: float) -> Evidence:
    """By how much one corpus's gain is larger than another's, each a pair of (speakers, 4, 4) counts."""
    return weigh_margin(gap(_in_metric(*large, metric), _in_metric(*small, metric)), against, level)


def compare_jointly(pairs: Sequence[tuple], metric: str, against: str, level: float) -> Evidence:
    """By how much the first system is better in the mean of several corpora, each a pair of (speakers, 4, 4) counts.

    Corpora count alike, whatever their sizes, and each speaker's sign is flipped alone.
    """
    return weigh_margin(joint([_in_metric(*pair, metric) for pair in pairs]), against, level)


def _in_metric(first: np.ndarray, second: np.ndarray, metric: str) -> Margin:
    return Margin(*(arrays[:, METRICS.index(metric)] for arrays in difference(first, second)))
