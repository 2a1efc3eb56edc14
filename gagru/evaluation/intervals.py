"""Percentile bootstrap over speakers.

Utterances of one speaker are not independent, so whole speakers are drawn with replacement (a cluster bootstrap:
Davison & Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). Drawing S of S speakers is a multinomial
count of each speaker, and a draw's confusion matrix is the sum of the drawn speakers' matrices, so all draws are one
matrix product. Few speakers (four in the demo) make rough intervals.
"""

from dataclasses import dataclass

import numpy as np

from gagru.task.errors import InputError
from gagru.task.metrics import METRICS, compute_metrics


@dataclass(frozen=True)
class Bootstrap:
    """How intervals are made: number of draws, confidence level in (0, 1), seed of the generator."""

    draws: int = 10_000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self):
        if self.draws < 1 or not 0 < self.level < 1:
            raise InputError(f"intervals: draws must be at least 1 and level between 0 and 1, not {self}")


def speaker_weights(speakers: int, bootstrap: Bootstrap) -> np.ndarray:
    """How often each speaker is drawn: (draws, speakers) integers, each row summing to `speakers`.

    The same number of speakers and settings give the same draws, so that two systems can be compared draw by draw.
    """
    generator = np.random.default_rng(bootstrap.seed)
    return generator.multinomial(speakers, np.full(speakers, 1 / speakers), size=bootstrap.draws)


def resample_metrics(confusions, weights) -> np.ndarray:
    """The six figures of every draw: (draws, 6).

    confusions : (speakers, 4, 4) counts; weights : (draws, speakers)

    Where a draw holds no utterance of a class that the data have, that class's recall and UA are NaN in that draw:
    a UA over fewer classes would be another quantity. WA always exists.
    """
    confusions = np.asarray(confusions)
    drawn = (weights @ confusions.reshape(len(confusions), -1)).reshape(-1, *confusions.shape[1:])
    values = compute_metrics(drawn)
    present = confusions.sum(axis=(0, 2)) > 0
    incomplete = (drawn.sum(axis=2) == 0)[:, present].any(axis=1)
    values[incomplete, METRICS.index("UA")] = np.nan
    return values


def percentile_intervals(confusions, bootstrap: Bootstrap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lower and upper ends for the six figures, and how many draws each rests on: three arrays of (6,).

    Draws in which a figure does not exist are left out of its interval; a figure that exists in none has NaN ends.
    """
    values = resample_metrics(confusions, speaker_weights(len(confusions), bootstrap))
    return *percentiles(values, bootstrap.level), (~np.isnan(values)).sum(axis=0)


def percentiles(values, level: float) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the middle `level` of the draws: (draws, n) -> two arrays of (n,); NaN draws are left out."""
    tail = 50 * (1 - level)
    ends = np.full((2, values.shape[1]), np.nan)
    exists = ~np.isnan(values)
    for column in np.flatnonzero(exists.any(axis=0)):
        ends[:, column] = np.percentile(values[exists[:, column], column], [tail, 100 - tail])
    return ends[0], ends[1]
