"""Two systems on the same utterances: what is between them, over speakers, seeds and utterances."""

import numpy as np

from gagru.evaluation.margins import Assessment, Margin, assess, difference
from gagru.task.metrics import METRICS, compute_metrics


def compare_pair(first, second, level: float = 0.95) -> dict[str, Assessment]:
    """First minus second system in each of the `METRICS`, as fractions, from both systems' (speakers, 4, 4) counts.

    Counts summed over seeds compare the means over seeds.
    """
    parts, shares = difference(first, second)
    return {
        metric: assess(Margin(*columns), level) for metric, *columns in zip(METRICS, parts.T, shares.T, strict=True)
    }


def deviation_over_seeds(first, second) -> np.ndarray:
    """The standard deviation (n - 1) of the six differences over seeds; NaN where both systems ran once.

    first, second : (seeds, speakers, 4, 4) counts; a system that ran once is compared with every seed of the other
    """
    one, two = (compute_metrics(np.sum(system, axis=1)) for system in (first, second))
    apart = one - two
    return apart.std(axis=0, ddof=1) if len(apart) > 1 else np.full(len(METRICS), np.nan)


def mcnemar(only_first: int, only_second: int) -> float:
    """McNemar's exact two-sided p-value, from how many utterances only the first or only the second system got right.

    It takes utterances as independent, which those of one speaker are not: where systems differ from speaker to speaker
    it finds differences that are none (`benchmarks/calibration.py`).
    """
    from scipy.stats import binomtest  # a second to import

    either = only_first + only_second
    return float(binomtest(only_first, either).pvalue) if either else 1.0
