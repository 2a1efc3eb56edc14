"""Edges and profiles of utterances summed by speaker and emotion, so that speakers can be drawn and compared."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from gagru.analysis.edges import PAIRS
from gagru.analysis.profiles import WEIGHTS
from gagru.analysis.utterances import read_edges, read_profiles
from gagru.task.emotions import EMOTIONS
from gagru.task.runs import Run


class BySpeaker(NamedTuple):
    """Sums over the utterances of each of S speakers and of each emotion, an utterance being its mean over seeds.

    totals : (S, 4, 6), shares in the order of `PAIRS`, or (S, 4, 2, bins), profiles in the order of `WEIGHTS`
    utterances : (S, 4), how many utterances each sum is over; those without edges have none
    """

    speakers: list[str]
    totals: np.ndarray
    utterances: np.ndarray

    def means(self, weights) -> np.ndarray:
        """Means over the utterances of speakers taken `weights` (draws, S) times: (draws, 4, ...); NaN over none."""
        flat = weights @ self.totals.reshape(len(self.totals), -1)
        count = (weights @ self.utterances)[(...,) + (None,) * (self.totals.ndim - 2)]
        with np.errstate(invalid="ignore", divide="ignore"):
            return flat.reshape(-1, *self.totals.shape[1:]) / count


def edges_by_speaker(runs: Sequence[Run]) -> BySpeaker:
    """Sums of the `edges.parquet` files of a corpus's seeds, which the paths of the runs name."""
    return _sum(read_edges(runs), (len(PAIRS),))


def profiles_by_speaker(runs: Sequence[Run]) -> BySpeaker:
    """Sums of the `profiles.parquet` files of a corpus's seeds, which the paths of the runs name."""
    return _sum(read_profiles(runs), (len(WEIGHTS), -1))


def _sum(utterances: pd.DataFrame, shape: tuple[int, ...]) -> BySpeaker:
    """shape : of an utterance's values"""
    groups = utterances.groupby(level=["speaker", "emotion"])
    speakers = sorted(set(utterances.index.get_level_values("speaker")))
    order = pd.MultiIndex.from_tuples(product(speakers, EMOTIONS), names=["speaker", "emotion"])
    totals, sizes = groups.sum().reindex(order, fill_value=0), groups.size().reindex(order, fill_value=0)
    of_all = (len(speakers), len(EMOTIONS))
    return BySpeaker(speakers, totals.to_numpy().reshape(*of_all, *shape), sizes.to_numpy(float).reshape(of_all))
