"""The utterances of one fold, with their features, as the systems take them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gagru.corpora.table import read_index
from gagru.emotions import EMOTIONS
from gagru.errors import InputError
from gagru.features.normalise import apply_statistics, read_statistics
from gagru.features.store import read_features
from gagru.folds import ROLES, read_folds


@dataclass(frozen=True)
class Part:
    """Some utterances of a corpus: those that a fold trains on, validates on or tests on.

    Attributes
    ----------
    utterance, speaker : n names
    emotion : (n,) int, indices into `EMOTIONS`
    features : n float32 arrays, (T_i, d) with a row a time step or (d,) of functionals
    """

    utterance: list[str]
    speaker: list[str]
    emotion: np.ndarray
    features: list[np.ndarray]

    def __len__(self) -> int:
        return len(self.utterance)

    def take(self, indices) -> "Part":
        """The utterances at `indices`, in that order; an index may occur more than once."""
        pick = lambda values: [values[i] for i in indices]  # noqa: E731
        return Part(pick(self.utterance), pick(self.speaker), self.emotion[indices], pick(self.features))

    def __add__(self, other: "Part") -> "Part":
        emotion = np.concatenate([self.emotion, other.emotion])
        return Part(
            self.utterance + other.utterance, self.speaker + other.speaker, emotion, self.features + other.features
        )


def read_fold(index, folds, features, fold: str, statistics=None, only=ROLES) -> dict[str, Part]:
    """The parts `train`, `validation` and `test` of `fold`, or those named in `only`.

    Parameters
    ----------
    index, folds : paths of `index.parquet` and `folds.csv`
    features : folder of the normalised features, a file a speaker
    statistics : path of the fold's training statistics where `normalisation.method` is `training_speakers`

    Raises `InputError` where a file is missing or damaged or an utterance has no features.
    """
    table = read_index(index).select(["utterance", "speaker", "emotion"]).to_pylist()
    speaker = {row["utterance"]: row["speaker"] for row in table}
    emotion = {row["utterance"]: row["emotion"] for row in table}
    roles = read_folds(folds).get(fold)
    if roles is None:
        raise InputError(f"{folds}: has no fold {fold!r}")
    roles = {role: roles[role] for role in only}
    wanted = {utterance for utterances in roles.values() for utterance in utterances}
    if strangers := sorted(name for name in wanted if emotion.get(name) is None):
        raise InputError(f"{folds}: {strangers[0]} is not in the task of {index}; delete it and run snakemake again")
    shift = read_statistics(statistics) if statistics else None
    values = {}
    for name in sorted({speaker[utterance] for utterance in wanted}):
        stored = read_features(Path(features) / f"{name}.parquet")
        for utterance, array in stored.items():
            if utterance in wanted:
                values[utterance] = apply_statistics(array, shift) if shift else array
    if missing := sorted(wanted - values.keys()):
        raise InputError(f"{features}: no features for {len(missing)} utterances of fold {fold}, such as {missing[0]}")

    def part(utterances):
        codes = np.array([EMOTIONS.index(emotion[u]) for u in utterances], dtype=np.int64)
        return Part(list(utterances), [speaker[u] for u in utterances], codes, [values[u] for u in utterances])

    return {role: part(utterances) for role, utterances in roles.items()}
