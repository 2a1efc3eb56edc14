"""Edges and profiles of utterances summed by speaker and emotion, so that speakers can be drawn and compared."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gagru.analysis.edges import PAIRS
from gagru.analysis.profiles import WEIGHTS
from gagru.storage.files import REMEDY
from gagru.storage.parquet import read_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError


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


def edges_by_speaker(paths) -> BySpeaker:
    """Sums of the `edges.parquet` files of a corpus's seeds."""
    return _sums(paths, "pair", tuple(PAIRS), "share")


def profiles_by_speaker(paths) -> BySpeaker:
    """Sums of the `profiles.parquet` files of a corpus's seeds."""
    return _sums(paths, "weights", WEIGHTS, "profile")


def _sums(paths, key: str, order: tuple[str, ...], value: str) -> BySpeaker:
    seeds = defaultdict(list)
    for path in paths:
        for who, values in zip(*_read(path, key, order, value), strict=True):
            seeds[who].append(values)
    speakers = sorted({speaker for _, speaker, _ in seeds})
    shape = np.shape(next(iter(seeds.values()))[0]) if seeds else (len(order),)
    totals, utterances = np.zeros((len(speakers), len(EMOTIONS), *shape)), np.zeros((len(speakers), len(EMOTIONS)))
    for (_, speaker, emotion), values in sorted(seeds.items()):
        place = speakers.index(speaker), EMOTIONS.index(emotion)
        totals[place] += np.mean(values, axis=0)
        utterances[place] += 1
    return BySpeaker(speakers, totals, utterances)


def _read(path, key: str, order: tuple[str, ...], value: str) -> tuple[list, np.ndarray]:
    """(utterance, speaker, emotion) of each utterance, and its values in `order`: (N, len(order), ...)."""
    table = read_parquet(path, ["utterance", "speaker", "emotion", key, value])
    if table[key].to_pylist() != [*order] * (len(table) // len(order)):
        raise InputError(f"{path}: not {', '.join(order)} of each utterance; {REMEDY}")
    values = table[value].combine_chunks()
    if pa.types.is_list(values.type):
        values = values.flatten().to_numpy().reshape(len(table), -1)
    values = np.asarray(values, dtype=np.float64)
    who = (table[name].to_pylist()[:: len(order)] for name in ("utterance", "speaker", "emotion"))
    return list(zip(*who, strict=True)), values.reshape(-1, len(order), *values.shape[1:])
