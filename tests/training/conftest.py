"""A small corpus on disk as the workflow leaves it: index, folds, normalised features."""

import numpy as np
import pyarrow as pa
import pytest
import torch

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.data.dataset import Part
from gagru.features.store import write_frames, write_functionals
from gagru.task.emotions import EMOTIONS

SESSIONS = {"A": "1", "B": "1", "C": "2", "D": "2"}
# Utterances of happiness, neutrality, sadness and anger of every speaker; one more is outside the task.
COUNTS = (5, 6, 3, 2)


class Corpus:
    """Four speakers, whose emotions overlap.

    Attributes
    ----------
    index, folds : paths
    rows : utterance -> speaker, emotion (None outside the task)
    egemaps, lld : folders, with 6 functionals and 1 to 9 steps of 6 descriptors an utterance
    functionals, steps : utterance -> its values
    """

    def __init__(self, folder):
        self.index, self.folds = folder / "index.parquet", folder / "folds.csv"
        self.egemaps, self.lld = folder / "egemaps", folder / "lld"
        self.rows = {
            f"{speaker}{emotion}{i}": (speaker, emotion)
            for speaker in SESSIONS
            for emotion, count in zip((*EMOTIONS, None), (*COUNTS, 1), strict=True)
            for i in range(count)
        }
        table = [{"utterance": name, "speaker": s, "emotion": e} for name, (s, e) in sorted(self.rows.items())]
        write_index(pa.Table.from_pylist(table, INDEX_SCHEMA), self.index)
        random = np.random.default_rng(0)
        self.functionals, self.steps = {}, {}
        for name, (_, emotion) in self.rows.items():
            centre = np.eye(6)[EMOTIONS.index(emotion) if emotion else 4]
            self.functionals[name] = (centre + random.normal(size=6)).astype(np.float32)
            self.steps[name] = (centre + random.normal(size=(random.integers(1, 10), 6))).astype(np.float32)
        columns = [f"c{i}" for i in range(6)]
        for speaker in SESSIONS:
            own = [name for name, row in self.rows.items() if row[0] == speaker]
            write_functionals(self.egemaps / f"{speaker}.parquet", columns, [(u, self.functionals[u]) for u in own])
            write_frames(self.lld / f"{speaker}.parquet", columns, [(u, self.steps[u]) for u in own])
        self.write_folds({"A": "B", "B": "A", "C": "D", "D": "C"})

    def of(self, speakers):
        """The utterances of the task of `speakers`."""
        return sorted(name for name, (speaker, emotion) in self.rows.items() if speaker in speakers and emotion)

    def write_folds(self, validation):
        """Folds by hand, in which `validation` says who validates: test speaker -> speaker."""
        lines = ["fold,utterance,role"]
        for test, held in validation.items():
            lines += [f"{test},{u},train" for u in self.of(SESSIONS.keys() - {test, held})]
            lines += [f"{test},{u},validation" for u in self.of(held)]
            lines += [f"{test},{u},test" for u in self.of(test)]
        self.folds.write_text("\n".join(lines) + "\n")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path / "corpus")


@pytest.fixture
def part():
    """(features, emotion) -> a part of utterances u0, u1, ..."""

    def make(features, emotion):
        names = [f"u{i}" for i in range(len(features))]
        arrays = [np.asarray(array, dtype=np.float32) for array in features]
        columns = [f"c{i}" for i in range(arrays[0].shape[-1])]
        return Part(names, ["A"] * len(names), np.asarray(emotion, dtype=np.int64), columns, arrays)

    return make
