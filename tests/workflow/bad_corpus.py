"""A small corpus, and everything that the workflow's programs make of it, to be spoiled file by file.

The programs run in this process, through their own command lines.
"""

import contextlib
import io
import json
import shutil
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import numpy as np

from gagru.cli import main as command_line
from gagru.workflow.program import run

EMOTIONS = ["happiness", "neutrality", "sadness", "anger"]
SPEAKERS = ["A", "B", "C"]
RATE = 16_000
RECURRENT = {"hidden": 4, "layers": 1, "dropout": 0.0, "attention": {"size": 3, "init_std": 0.1}, "lr": 1e-3}
RECURRENT |= {"batch_size": 8, "max_epochs": 1, "patience": 1, "stop_on": "ua"}
JOBS = {
    "svm": {"settings": {"C": 1.0, "class_weight": "balanced"}, "validation": "rotate"},
    "ga_gru": {
        "settings": RECURRENT | {"graph": {"normalise": "row", "propagate": "frames", "epsilon": 1e-15}},
        "validation": "rotate",
        "upsample": [],
        "device": "cpu",
        "threads": 1,
    },
}
FEATURES = {"svm": "egemaps", "ga_gru": "lld"}
SETTINGS = {"egemaps": {"version": "eGeMAPSv02"}, "lld": {}}


def noise(seconds: float, seed: int = 0, rate: int = RATE, channels: int = 1) -> np.ndarray:
    """(n, channels) of white noise in (-0.5, 0.5)."""
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (round(seconds * rate), channels))


def wav(samples: np.ndarray, rate: int = RATE, kind: str = "<i2") -> bytes:
    """A wave file of `samples` (n, channels) in [-1, 1], as 16-bit, 8-bit ("u1") or floating-point ("<f4") numbers."""
    channels = samples.shape[1]
    scaled = {"<i2": 32767 * samples, "u1": 127 * samples + 128, "<f4": samples}[kind]
    data = scaled.astype(kind).tobytes()
    width = np.dtype(kind).itemsize
    code = 3 if kind == "<f4" else 1
    form = struct.pack("<HHIIHH", code, channels, rate, rate * channels * width, channels * width, 8 * width)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


class Corpus:
    """A manifest of three speakers with two utterances of 0.3 s an emotion, and what is made of it in `results`."""

    def __init__(self, folder: Path):
        self.folder, self.results = folder, folder / "results"
        self.manifest, self.index, self.folds = folder / "manifest.csv", folder / "index.parquet", folder / "folds.csv"
        self.audio = folder / "B_sadness_1.wav"
        self.speakers, self.validation, self.method = list(SPEAKERS), "rotate", "speaker"
        self.reader, self.root, self.expected_counts = "manifest", self.manifest, False
        self.reader_options: dict = {}
        self.trained = folder / "svm"  # the model that predicts, what it hears, and options
        self.heard: list = [self.audio]
        self.options: list = []
        self.rows = [
            [f"{speaker}_{emotion}_{take}.wav", speaker, emotion]
            for speaker in SPEAKERS
            for emotion in EMOTIONS
            for take in (1, 2)
        ]
        self.columns = ["path", "speaker", "emotion"]

    def write(self) -> None:
        """Write the manifest as `columns` and `rows` say."""
        lines = [self.columns, *self.rows]
        self.manifest.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")

    def keep(self, wanted) -> None:
        """Drop the rows of the manifest that `wanted(speaker, emotion, path)` is false for."""
        self.rows = [row for row in self.rows if wanted(row[1], row[2], row[0])]

    def file(self, feature_set: str, speaker: str = "B", kind: str = "normalised") -> Path:
        return self.folder / kind / feature_set / f"{speaker}.parquet"

    def model(self, fold: str, system: str = "ga_gru") -> Path:
        return self.folder / system / fold

    @property
    def left_out(self) -> Path:
        return self.folder / "left_out.csv"

    @property
    def metrics(self) -> Path:
        return self.folder / "svm" / "metrics.json"

    # The programs, each with what it says on standard error (None where it ends well).

    def index_corpus(self) -> str | None:
        self.write()
        options = {"reader": self.reader, "root": self.root, "speakers": self.speakers}
        options |= {"expected_counts": self.expected_counts, "out_left_out": self.left_out}
        if self.reader_options:
            options["reader_options"] = json.dumps(self.reader_options)
        return self.program("index_corpus", **options, out=self.index)

    def index_own_features(self) -> str | None:
        own = self.folder / "npy"
        return self.program("index_own_features", index=self.index, folder=own, out=self.folder / "own_features.csv")

    def make_folds(self) -> str | None:
        options = {"sessions": [[speaker, None] for speaker in self.speakers], "validation": self.validation}
        return self.program("make_folds", index=self.index, **options, share=0.25, seed=0, out=self.folds)

    def extract_features(self, name: str, speaker: str = "B") -> str | None:
        options = {"corpus": "mine", "index": self.index, "root": self.manifest, "speaker": speaker}
        out = self.file(name, speaker, "features")
        return self.program("extract_features", **options, feature_set=name, settings=SETTINGS[name], out=out)

    def normalise_features(self, name: str, speaker: str = "B") -> str | None:
        settings = {"method": self.method, "statistics_over": "task", "downsample": 5}
        features, out = self.file(name, speaker, "features"), self.file(name, speaker)
        options = {"features": features, "feature_set": name, "index": self.index}
        return self.program("normalise_features", **options, settings=settings, out=out)

    def training_statistics(self, fold: str = "A") -> str | None:
        files = [self.file("egemaps", speaker, "features") for speaker in self.speakers]
        out = self.folder / "statistics" / f"{fold}.json"
        return self.program("training_statistics", features=files, folds=self.folds, fold=fold, out=out)

    def train_fold(self, system: str = "svm", fold: str = "A") -> str | None:
        options = {"corpus": "mine", "system": system, "seed": 0, "fold": fold, "index": self.index}
        options |= {"folds": self.folds, "features": self.folder / "normalised" / FEATURES[system]}
        if self.method == "training_speakers":
            options["statistics"] = self.folder / "statistics" / f"{fold}.json"
        job = JOBS[system] | {"validation": self.validation}
        lineage = json.dumps(self.lineage(FEATURES[system]))
        about = json.dumps({"name": "mine", "printed": "mine", "synthetic": False, "licences": {}})
        given = {"job": json.dumps(job), "lineage": lineage, "about": about}
        return self.program("train_fold", **options, **given, out=self.model(fold, system))

    def lineage(self, feature_set: str) -> dict:
        """What a model says of the stages before its training."""
        stages = {
            "index": {"reader": self.reader, "part": "all", "speaker_rule": "actor"},
            "features": {"feature_set": feature_set, **SETTINGS[feature_set]},
            "normalisation": {"method": self.method, "statistics_over": "task", "downsample": 5},
        }
        return {stage: {"settings": settings, "sources": ""} for stage, settings in stages.items()}

    def predict(self) -> str | None:
        """`gagru predict`."""
        words = [self.trained, *self.heard, "--out", self.folder / "predicted.csv", *self.options]
        return self.run(lambda: command_line(["predict", *map(str, words)]), "predict", "gagru: ")

    def evaluate_system(self) -> str | None:
        run = f"mine/svm:0={self.model(self.speakers[0], 'svm').parent}"
        options = {"run": run, "folds": tuple(self.speakers), "index": self.index, "level": 0.95}
        return self.program(
            "evaluate_system", **options, out_metrics=self.metrics, out_confusion=self.folder / "svm" / "confusion.csv"
        )

    def table(self) -> str | None:
        out = {f"out_{kind}": self.folder / f"table_mine.{kind}" for kind in ("csv", "md", "tex", "long")}
        options = {"metrics": f"mine/svm:0={self.metrics}", "left_out": self.left_out}
        return self.program("table", corpus="mine", table="table_mine", **options, **out)

    def analyse_attention(self) -> str | None:
        options = {"models": [self.model(fold) for fold in self.speakers], "index": self.index, "folds": self.folds}
        options |= {f"out_{kind}": self.folder / f"{kind}.parquet" for kind in ("edges", "profiles")}
        return self.program("analyse_attention", **options, features=self.folder / "normalised" / "lld")

    def figure2(self) -> str | None:
        out = {f"out_{kind}": self.folder / f"figure2.{kind}" for kind in ("csv", "pdf", "png")}
        return self.program("figure2", edges=f"mine/ga_gru:0={self.folder / 'edges.parquet'}", **out)

    def figure3(self) -> str | None:
        out = {f"out_{kind}": self.folder / f"figure3.{kind}" for kind in ("csv", "pdf", "png")}
        return self.program("figure3", profiles=f"mine/ga_gru:0={self.folder / 'profiles.parquet'}", **out)

    def audio_only(self) -> "Corpus":
        """The audio and the manifest."""
        self.folder.mkdir()
        for seed, row in enumerate(self.rows):
            (self.folder / row[0]).write_bytes(wav(noise(0.3, seed)))
        self.write()
        return self

    def make(self) -> "Corpus":
        """The audio, and everything that the programs make of it. Fails where one of them does."""
        self.audio_only()
        said = [self.index_corpus(), self.make_folds()]
        for speaker in self.speakers:
            for name in SETTINGS:
                said += [self.extract_features(name, speaker), self.normalise_features(name, speaker)]
        said += [self.train_fold(system, fold) for system in JOBS for fold in self.speakers]
        said += [self.evaluate_system(), self.analyse_attention()]
        assert not any(said), said
        return self

    def copy(self, folder: Path) -> "Corpus":
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return Corpus(folder)

    def program(self, name: str, **options) -> str | None:
        """Run workflow_scripts/`name`.py; what it says is wrong, or None. A failure must leave no file behind."""
        words = []
        for option, value in options.items():
            paths = isinstance(value, list) and all(isinstance(one, Path) for one in value)
            values = value if paths or isinstance(value, tuple) else [value]  # a tuple is several words
            plain = (Path, str)
            words.append(f"--{option.replace('_', '-')}")
            words += [str(one) if isinstance(one, plain) else json.dumps(one) for one in values]
        main, given = import_module(f"workflow_scripts.{name}").main, sys.argv
        sys.argv = [f"{name}.py", *words]
        try:
            return self.run(lambda: run(main), name, "Error: ")
        finally:
            sys.argv = given

    def run(self, program: Callable[[], object], name: str, head: str) -> str | None:
        """What a program says is wrong, or None. A failure must leave no file behind."""
        before, errors = self.files(), io.StringIO()
        try:
            with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
                program()
        except SystemExit as ended:
            said = ended.code if isinstance(ended.code, str) else errors.getvalue()
            if ended.code in (None, 0):
                return None
            if (ended.code != 1 and said is not ended.code) or self.files() != before:
                raise RuntimeError(f"{name} ended with {ended.code}, or left files: {said}") from ended
            return said.removeprefix(head).strip().replace(f"{self.folder}/", "").replace(str(self.folder), "corpus")
        return None

    def files(self) -> dict[str, int]:
        """Every file and folder below, and when it was last written."""
        return {str(path): path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}
