"""Models that were trained on a small corpus of buzzes, from wave files on, in a second or two."""

import numpy as np
import pyarrow as pa
import pytest
import soundfile
import torch

from gagru.corpora.table import INDEX_SCHEMA, write_index
from gagru.data.dataset import FoldFiles
from gagru.data.folds import make_folds, read_folds, write_folds
from gagru.experiment.job import FoldTraining, train_fold
from gagru.features.extract import extract_features
from gagru.features.normalise import normalise_features, training_statistics, write_statistics
from gagru.task.emotions import EMOTIONS

RATE = 16_000
SPEAKERS = ("A", "B", "C")
UTTERANCES = 12  # of each speaker, three of each emotion
TRAINING = {"lr": 1e-2, "batch_size": 16, "max_epochs": 2, "patience": 2, "stop_on": "ua", "dropout": 0.1}
RECURRENT = {**TRAINING, "hidden": 4, "layers": 2, "attention": {"size": 3, "init_std": 0.1}}
SETTINGS = {
    "svm": {"features": "egemaps", "C": 1.0, "class_weight": "balanced"},
    "bigru_att": {"features": "lld", **RECURRENT},
    "ga_gru": {"features": "lld", **RECURRENT, "graph": {"normalise": "row", "propagate": "frames", "epsilon": 1e-15}},
}
FEATURES = {"egemaps": {"version": "eGeMAPSv02"}, "lld": {}}
DOWNSAMPLING = {"egemaps": {}, "lld": {"downsample": 5, "remainder": "average"}}


def buzz(seconds, pitch, seed, rate=RATE):
    """A pulsating buzz with noise, float32."""
    generator = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * k * pitch * (t + 0.1 * t**2)) / k for k in range(1, 20))
    return ((0.15 + 0.1 * np.sin(6 * np.pi * t)) * tone + 0.005 * generator.standard_normal(len(t))).astype(np.float32)


class Trained:
    """A corpus of three speakers on disk, and trainings on it.

    Attributes
    ----------
    folder : of everything; the audio lies below `wav`
    rows : of the index
    """

    def __init__(self, folder):
        self.folder, self.rows, self.done = folder, [], {}
        (folder / "wav").mkdir(parents=True)
        for s, speaker in enumerate(SPEAKERS):
            for i in range(UTTERANCES):
                signal = buzz(0.5 + 0.1 * i, 100 + 60 * s + 20 * (i % 4), seed=10 * s + i)
                path = f"wav/{speaker}{i:02}.wav"
                soundfile.write(folder / path, signal, RATE, subtype="PCM_16")
                row = {"utterance": f"{speaker}{i:02}", "path": path, "speaker": speaker, "emotion": EMOTIONS[i % 4]}
                times = {"offset": 0.0, "duration": len(signal) / RATE, "sample_rate": RATE, "raw_label": ""}
                self.rows.append(dict.fromkeys(INDEX_SCHEMA.names) | row | times)
        write_index(pa.Table.from_pylist(self.rows, schema=INDEX_SCHEMA), folder / "index.parquet")
        folds = make_folds(self.rows, dict.fromkeys(SPEAKERS), "rotate", 0.1, 0)
        write_folds(folder / "folds.csv", folds)

    def paths(self, speaker):
        """The wave files of a speaker."""
        return [self.folder / row["path"] for row in self.rows if row["speaker"] == speaker]

    def features(self, feature_set, method):
        """The folder of the normalised features."""
        out = self.folder / method / "normalised" / feature_set
        for speaker in SPEAKERS:
            raw = self.folder / "features" / feature_set / f"{speaker}.parquet"
            if not raw.exists():
                extract_features(
                    self.folder / "index.parquet", self.folder, speaker, feature_set, FEATURES[feature_set], raw
                )
            settings = {"method": method, "statistics_over": "task", **DOWNSAMPLING[feature_set]}
            normalise_features(raw, self.folder / "index.parquet", settings, out / f"{speaker}.parquet")
        return out

    def __call__(self, system, method="speaker", seed=0, folds=SPEAKERS):
        """The folder of the seed, trained if it is not yet."""
        out = self.folder / method / system / f"seed{seed}"
        if (system, method, seed) in self.done:
            return out
        self.done[system, method, seed] = out
        feature_set = SETTINGS[system]["features"]
        features = self.features(feature_set, method)
        lineage = {
            "index": {"settings": {"reader": "manifest", "part": "all", "speaker_rule": "actor"}, "sources": "1"},
            "features": {"settings": {"feature_set": feature_set, **FEATURES[feature_set]}, "sources": "2"},
            "normalisation": {
                "settings": {"method": method, "statistics_over": "task", **DOWNSAMPLING[feature_set]},
                "sources": "3",
            },
        }
        job = {"settings": SETTINGS[system], "validation": "rotate"}
        if system != "svm":
            job |= {"upsample": [], "device": "cpu", "threads": 1}
        corpus = {"name": "mine", "printed": "mine", "synthetic": False, "licences": {"corpus": "Ask its owner"}}
        for fold in folds:
            statistics = None
            if method == "training_speakers":
                statistics = self.folder / method / "statistics" / feature_set / f"{fold}.json"
                raw = [self.folder / "features" / feature_set / f"{speaker}.parquet" for speaker in SPEAKERS]
                train = set(read_folds(self.folder / "folds.csv")[fold]["train"])
                write_statistics(statistics, training_statistics(raw, train))
            files = FoldFiles(self.folder / "index.parquet", self.folder / "folds.csv", features, statistics)
            training = FoldTraining(system, seed, fold, job, "4", lineage, corpus)
            train_fold(training, files, out / fold, report=lambda line: None)
        return out


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """(system, method, seed) -> the folder of its folds."""
    return Trained(tmp_path_factory.mktemp("trained"))


@pytest.fixture(name="buzz")
def buzz_fixture():
    return buzz
