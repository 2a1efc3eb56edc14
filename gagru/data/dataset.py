"""The utterances of one fold, with their features, as the systems take them."""

import hashlib
import json
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from gagru.corpora.table import read_index
from gagru.data.folds import ROLES, is_whole, read_folds
from gagru.data.history import earlier_utterances
from gagru.features.normalise import StandardisedUtterance, apply_statistics, read_statistics
from gagru.features.store import open_features, read_features
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError


@dataclass(frozen=True)
class Part:
    """Some utterances of a corpus: those that a fold trains on, validates on or tests on.

    Attributes
    ----------
    utterance, speaker : n names
    emotion : (n,) int, indices into `EMOTIONS`
    columns : names of the d features
    features : n float32 arrays, (T_i, d) with a row a time step or (d,) of functionals; where they were read lazily,
        what `numpy.asarray` reads them from
    history : None, or n pairs of float32 arrays (k_i, d) and (m_i, d): the functionals of what the speaker, and of what
        everybody else, said before in the dialog, oldest first
    """

    utterance: list[str]
    speaker: list[str]
    emotion: np.ndarray
    columns: list[str]
    features: list[np.ndarray]
    history: list[tuple[np.ndarray, np.ndarray]] | None = None

    def __len__(self) -> int:
        return len(self.utterance)

    def take(self, indices) -> "Part":
        """The utterances at `indices`, in that order; an index may occur more than once."""
        pick = lambda values: [values[i] for i in indices]  # noqa: E731
        return replace(
            self,
            utterance=pick(self.utterance),
            speaker=pick(self.speaker),
            emotion=self.emotion[indices],
            features=pick(self.features),
            history=None if self.history is None else pick(self.history),
        )

    def __add__(self, other: "Part") -> "Part":
        return replace(
            self,
            utterance=self.utterance + other.utterance,
            speaker=self.speaker + other.speaker,
            emotion=np.concatenate([self.emotion, other.emotion]),
            features=self.features + other.features,
            history=None if self.history is None else self.history + other.history,
        )

    def digest(self) -> str:
        """SHA-256 of everything in it."""
        said = list(chain.from_iterable(self.history or ()))
        named = [self.utterance, self.speaker, self.emotion.tolist(), self.columns, [len(array) for array in said]]
        digest = hashlib.sha256(json.dumps(named).encode())
        for array in [*self.features, *said]:
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()


def read_fold(
    index, folds, features, fold: str, statistics=None, only=ROLES, history: int | None = None, lazy: bool = False
) -> dict[str, Part]:
    """The parts `train`, `validation` and `test` of `fold`, or those named in `only`.

    Parameters
    ----------
    index, folds : paths of `index.parquet` and `folds.csv`
    features : folder of the normalised features, a file a speaker
    statistics : path of the fold's training statistics where `normalisation.method` is `training_speakers`
    history : how many earlier utterances of the dialog to read, of the speaker and of everybody else, at most; None for
        no history. They may be of any speaker and outside the task; their labels play no part.
    lazy : whether the features, of frames, stay on disk; the files are checked in any case

    Raises `InputError` where a file is missing or damaged or an utterance has no features.
    """
    table = read_index(index)
    utterances = table["utterance"].to_pylist()
    speaker, emotion = (dict(zip(utterances, table[name].to_pylist(), strict=True)) for name in ("speaker", "emotion"))
    roles = read_folds(folds).get(fold)
    if roles is None:
        raise InputError(f"{folds}: has no fold {fold!r}; delete it and run snakemake again")
    whole = is_whole(fold, roles, {u: speaker[u] for u in utterances if emotion[u]})
    roles = {role: roles[role] for role in only}
    wanted = {utterance for utterances in roles.values() for utterance in utterances}
    if strangers := sorted(name for name in wanted if emotion.get(name) is None):
        raise InputError(f"{folds}: {strangers[0]} is not in the task of {index}; delete it and run snakemake again")
    if not whole:
        raise InputError(f"{folds}: fold {fold} was cut off or altered; delete it and run snakemake again")
    shift = read_statistics(statistics) if statistics else None
    read_file, scores = (open_features, StandardisedUtterance) if lazy else (read_features, apply_statistics)
    values, columns = {}, None
    # A history reaches to everybody who has features: whoever has an utterance in the task.
    read = wanted if history is None else {utterance for utterance, label in emotion.items() if label}
    for name in sorted({speaker[utterance] for utterance in read}):
        path = Path(features) / f"{name}.parquet"
        stored = read_file(path)
        columns = columns or stored.columns
        if stored.columns != columns:
            raise InputError(f"{path}: other columns than the other speakers' files; delete it and run snakemake again")
        for utterance, array in stored.items():
            if history is not None or utterance in wanted:
                values[utterance] = scores(array, shift) if shift else array
    if missing := sorted(wanted - values.keys()):
        raise InputError(
            f"{features}: no features for {len(missing)} utterances of fold {fold}, such as {missing[0]}; delete the "
            "folder and run snakemake again"
        )

    earlier = None if history is None else earlier_utterances(table, values.keys(), history)

    def stacked(utterances):
        return np.array([values[u] for u in utterances], dtype=np.float32).reshape(-1, len(columns))

    def part(utterances):
        codes = np.array([EMOTIONS.index(emotion[u]) for u in utterances], dtype=np.int64)
        speakers, arrays = [speaker[u] for u in utterances], [values[u] for u in utterances]
        said = earlier and [tuple(map(stacked, earlier[u])) for u in utterances]
        return Part(list(utterances), speakers, codes, columns, arrays, said)

    return {role: part(utterances) for role, utterances in roles.items()}
