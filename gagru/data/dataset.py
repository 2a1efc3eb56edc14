"""The utterances of one fold, with their features, as the systems take them."""

import hashlib
import json
from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

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
    history : None, or n pairs of arrays: float32 (k_i, d), the functionals of what was said before in the dialog,
        oldest first, and bool (k_i,), whether the speaker of the utterance said it
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
        said = [own.tolist() for _, own in self.history or ()]
        named = [self.utterance, self.speaker, self.emotion.tolist(), self.columns, said]
        digest = hashlib.sha256(json.dumps(named).encode())
        for array in [*self.features, *(values for values, _ in self.history or ())]:
            digest.update(np.ascontiguousarray(array))
        return digest.hexdigest()


class FoldFiles(NamedTuple):
    """The files that a fold's utterances are read from.

    index, folds : paths of `index.parquet` and `folds.csv`
    features : folder of the normalised features, a file a speaker
    statistics : path of the fold's training statistics where `normalisation.method` is `training_speakers`
    """

    index: Path
    folds: Path
    features: Path
    statistics: Path | None = None


def read_fold(
    files: FoldFiles, fold: str, only=ROLES, history: int | None = None, lazy: bool = False
) -> dict[str, Part]:
    """The parts `train`, `validation` and `test` of `fold`, or those named in `only`.

    Parameters
    ----------
    history : how many earlier utterances of the dialog to read at most; None for no history. They may be of any speaker
        and outside the task; their labels play no part.
    lazy : whether the features, of frames, stay on disk; the files are checked in any case

    Raises `InputError` where a file is missing or damaged or an utterance has no features.
    """
    table = read_index(files.index)
    labels = {name: _by_utterance(table, name) for name in ("speaker", "emotion")}
    roles = {role: utterances for role, utterances in _roles(files, fold, labels).items() if role in only}
    wanted = {utterance for utterances in roles.values() for utterance in utterances}
    # A history reaches to everybody who has features: whoever has an utterance in the task.
    heard = wanted if history is None else {utterance for utterance, emotion in labels["emotion"].items() if emotion}
    speakers = sorted({labels["speaker"][utterance] for utterance in heard})
    columns, features = _read_features(files, speakers, None if history is not None else wanted, lazy)
    if missing := sorted(wanted - features.keys()):
        raise InputError(
            f"{files.features}: no features for {len(missing)} utterances of fold {fold}, such as {missing[0]}; delete "
            f"{labels['speaker'][missing[0]]}.parquet there and in the folder of features as extracted, and run "
            "snakemake again"
        )
    earlier = None if history is None else earlier_utterances(table, features.keys(), history)
    return {role: _part(utterances, labels, columns, features, earlier) for role, utterances in roles.items()}


def _by_utterance(table, column: str) -> dict:
    """Utterance -> its value in a column of the utterance table."""
    return dict(zip(table["utterance"].to_pylist(), table[column].to_pylist(), strict=True))


def _roles(files: FoldFiles, fold: str, labels: dict[str, dict]) -> dict[str, list[str]]:
    """Role -> utterances of the fold; `InputError` where they are not those of the index's task."""
    roles = read_folds(files.folds).get(fold)
    if roles is None:
        raise InputError(f"{files.folds}: has no fold {fold!r}; delete it and run snakemake again")
    task = {utterance: labels["speaker"][utterance] for utterance, emotion in labels["emotion"].items() if emotion}
    if strangers := sorted({u for utterances in roles.values() for u in utterances} - task.keys()):
        raise InputError(
            f"{files.folds}: {strangers[0]} is not in the task of {files.index}; delete it and run snakemake again"
        )
    if not is_whole(fold, roles, task):
        raise InputError(f"{files.folds}: fold {fold} was cut off or altered; delete it and run snakemake again")
    return roles


def _read_features(files: FoldFiles, speakers: list[str], wanted: Set[str] | None, lazy: bool) -> tuple[list, dict]:
    """The columns, and utterance -> features, of `speakers`: of the utterances in `wanted`, or of all (None)."""
    read_file, standardise = (open_features, StandardisedUtterance) if lazy else (read_features, apply_statistics)
    statistics = read_statistics(files.statistics) if files.statistics else None
    columns, features = None, {}
    for speaker in speakers:
        path = Path(files.features) / f"{speaker}.parquet"
        stored = read_file(path)
        columns = columns or stored.columns
        if stored.columns != columns:
            raise InputError(f"{path}: other columns than the other speakers' files; delete it and run snakemake again")
        for utterance, array in stored.items():
            if wanted is None or utterance in wanted:
                features[utterance] = standardise(array, statistics) if statistics else array
    return columns, features


def _part(utterances: list[str], labels: dict[str, dict], columns: list, features: dict, earlier: dict | None) -> Part:
    """The part of these utterances; `earlier` names what was said before each of them."""

    def stack(said: list[tuple[str, bool]]) -> tuple[np.ndarray, np.ndarray]:
        values = np.array([features[name] for name, _ in said], dtype=np.float32).reshape(-1, len(columns))
        return values, np.array([own for _, own in said], dtype=bool)

    return Part(
        utterance=list(utterances),
        speaker=[labels["speaker"][u] for u in utterances],
        emotion=np.array([EMOTIONS.index(labels["emotion"][u]) for u in utterances], dtype=np.int64),
        columns=columns,
        features=[features[u] for u in utterances],
        history=earlier and [stack(earlier[u]) for u in utterances],
    )
