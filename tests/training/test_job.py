import csv
import hashlib
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from sklearn.svm import SVC

from gagru.corpora.table import read_index, write_index
from gagru.data.dataset import FoldFiles, read_fold
from gagru.experiment.job import FoldTraining, fold_seed, train_fold, upsample
from gagru.features.store import read_features, write_functionals
from gagru.systems.dnn import DNN
from gagru.systems.loading import load
from gagru.task.errors import InputError
from gagru.workflow.sources import ROOT

FILES = ["history.csv", "model.json", "model.safetensors", "predictions.parquet", "provenance.json"]
EMOTIONS = ["happiness", "neutrality", "sadness", "anger"]
TRAINING = {"lr": 1e-2, "batch_size": 16, "max_epochs": 2, "patience": 2, "stop_on": "ua", "dropout": 0.1}
RECURRENT = {**TRAINING, "hidden": 4, "layers": 2, "attention": {"size": 3, "init_std": 0.1}}
SETTINGS = {
    "svm": {"C": 1.0, "class_weight": "balanced"},
    "dnn": {**TRAINING, "hidden": [8, 6, 4]},
    "bigru_att": RECURRENT,
    "ga_gru": {**RECURRENT, "graph": {"normalise": "row", "propagate": "frames", "epsilon": 1e-15}},
}
NETWORKS = ("dnn", "bigru_att", "ga_gru")


def job(system, validation="partner", upsample=()):
    """What the workflow hands to a job of `system`."""
    described = {"settings": SETTINGS[system], "validation": validation}
    return described | ({"upsample": list(upsample), "device": "cpu", "threads": 1} if system in NETWORKS else {})


def train(corpus, out, system, fold="A", seed=0, report=lambda line: None, **options):
    features = corpus.lld if "gru" in system else corpus.egemaps
    described = job(system, **options)
    files = FoldFiles(corpus.index, corpus.folds, features)
    train_fold(FoldTraining(system, seed, fold, described, "0123abcd"), files, out, report)
    return out


def predictions(out):
    return pq.read_table(out / "predictions.parquet").to_pylist()


@pytest.mark.parametrize("system", SETTINGS)
def test_a_fold_from_files_to_files(corpus, tmp_path, system):
    lines = []
    out = train(corpus, tmp_path / "out", system, report=lines.append)
    assert sorted(path.name for path in out.iterdir()) == FILES

    table = pq.read_table(out / "predictions.parquet")
    probabilities = [f"p_{emotion}" for emotion in EMOTIONS]
    assert table.schema.names == ["utterance", "speaker", "emotion", "predicted", *probabilities]
    assert [str(field.type) for field in table.schema] == ["string"] * 4 + ["float"] * 4
    rows = table.to_pylist()
    assert [row["utterance"] for row in rows] == corpus.of("A")
    assert [(row["speaker"], row["emotion"]) for row in rows] == [corpus.rows[u] for u in corpus.of("A")]
    for row in rows:
        given = [row[name] for name in probabilities]
        if system == "svm":
            assert given == [None] * 4
        else:
            assert sum(given) == pytest.approx(1, abs=1e-6)
            assert row["predicted"] == EMOTIONS[int(np.argmax(given))]

    part = read_fold(FoldFiles(corpus.index, corpus.folds, corpus.lld if "gru" in system else corpus.egemaps), "A")[
        "test"
    ]
    again = load(out).predict(part)
    assert [EMOTIONS[code] for code in again.emotion] == [row["predicted"] for row in rows]
    assert len(lines) == 1
    assert lines[0].startswith("A: ")


@pytest.mark.parametrize("system", NETWORKS)
def test_the_history_has_a_row_an_epoch_and_one_best(corpus, tmp_path, system):
    with open(train(corpus, tmp_path, system) / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["epoch", "train_loss", "validation_loss", "validation_wa", "validation_ua", "best"]
    assert [row["epoch"] for row in rows] == ["1", "2"]
    best = max(range(2), key=lambda i: float(rows[i]["validation_ua"]))
    assert [row["best"] for row in rows] == [str(int(i == best)) for i in range(2)]


def test_a_system_without_epochs_has_a_history_without_rows(corpus, tmp_path):
    history = (train(corpus, tmp_path, "svm") / "history.csv").read_bytes()
    assert history == b"epoch,train_loss,validation_loss,validation_wa,validation_ua,best\n"


@pytest.mark.parametrize("system", SETTINGS)
def test_a_second_run_writes_the_same_bytes(corpus, tmp_path, system):
    first, second = (train(corpus, tmp_path / name, system, upsample=["anger"]) for name in ("first", "second"))
    for name in FILES[:-1]:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    one, other = (json.loads((out / "provenance.json").read_text()) for out in (first, second))
    assert one.pop("measured").keys() == other.pop("measured").keys() == {"seconds", "peak_memory_mb"}
    assert one == other


@pytest.mark.parametrize("system", NETWORKS)
def test_another_seed_gives_another_model(corpus, tmp_path, system):
    models = {seed: train(corpus, tmp_path / str(seed), system, seed=seed) for seed in (0, 1)}
    assert len({(out / "model.safetensors").read_bytes() for out in models.values()}) == 2


@pytest.mark.parametrize("system", ["svm", "ga_gru"])
def test_provenance(corpus, tmp_path, system):
    out = train(corpus, tmp_path, system, fold="C", seed=3)
    found = json.loads((out / "provenance.json").read_text())
    described = job(system)
    expected = {**described, "system": system, "seed": 3, "fold": "C", "device": "cpu"}
    assert {name: found[name] for name in expected} == expected
    assert found["versions"]["python"] == sys.version.split()[0]
    assert found["versions"]["numpy"] == np.__version__
    # What made the features, which another program did; and Snakemake, which a conda environment does not hold.
    assert found["versions"]["opensmile"] == version("opensmile")
    assert found["versions"]["soundfile"] == version("soundfile")
    assert found["versions"]["snakemake"] == version("snakemake")
    assert found["measured"]["seconds"] > 0
    assert found["measured"]["peak_memory_mb"] > 10
    assert found.keys() == expected.keys() | {
        "commit",
        "data",
        "data_digest",
        "lineage",
        "measured",
        "processor",
        "settings_digest",
        "sources_digest",
        "versions",
    }


INDEX = {"reader": "manifest", "part": "all", "speaker_rule": "actor"}
LINEAGE = {
    "index": {"settings": INDEX, "sources": "aa"},
    "folds": {"settings": {}, "sources": "bb"},
    "features": {"settings": {"feature_set": "egemaps"}, "sources": "cc"},
    "normalisation": {"settings": {"method": "none"}, "sources": "dd"},
}


def provenance(corpus, out, described=None, sources="0123", lineage=LINEAGE):
    """What is written of a training of the support vector machine."""
    files = FoldFiles(corpus.index, corpus.folds, corpus.egemaps)
    train_fold(FoldTraining("svm", 0, "A", described or job("svm"), sources, lineage), files, out, lambda line: None)
    return json.loads((out / "provenance.json").read_text())


def digests(*arguments, **options):
    found = provenance(*arguments, **options)
    return [found[f"{name}_digest"] for name in ("settings", "sources", "data")]


def test_digests_are_of_every_stage(corpus, tmp_path):
    found = provenance(corpus, tmp_path)
    settings = {
        "index": INDEX,
        "folds": {},
        "features": {"feature_set": "egemaps"},
        "normalisation": {"method": "none"},
        "training": job("svm"),
    }
    sources = {"index": "aa", "folds": "bb", "features": "cc", "normalisation": "dd", "training": "0123"}
    for name, stages in ("settings", settings), ("sources", sources):
        assert found[f"{name}_digest"] == hashlib.sha256(json.dumps(stages, sort_keys=True).encode()).hexdigest()
    assert found["lineage"] == LINEAGE


@pytest.mark.parametrize(
    ("options", "same"),
    [  # which of the digests of settings, sources and data stay
        ({}, [True, True, True]),
        (
            {"described": {"settings": {"C": 2.0, "class_weight": "balanced"}, "validation": "partner"}},
            [False, True, True],
        ),
        ({"sources": "4567"}, [True, False, True]),
        (
            {"lineage": LINEAGE | {"index": {"settings": {**INDEX, "part": "scripted"}, "sources": "aa"}}},
            [False, True, True],
        ),
        ({"lineage": LINEAGE | {"folds": {"settings": {}, "sources": "ee"}}}, [True, False, True]),
    ],
)
def test_a_digest_tells_what_differs(corpus, tmp_path, options, same):
    one, other = digests(corpus, tmp_path / "one"), digests(corpus, tmp_path / "other", **options)
    assert [a == b for a, b in zip(one, other, strict=True)] == same


def test_other_features_folds_or_labels_are_other_data(corpus, tmp_path):
    found = {digests(corpus, tmp_path / "before")[2]}
    stored = read_features(Path(corpus.egemaps) / "C.parquet")
    write_functionals(
        Path(corpus.egemaps) / "C.parquet", stored.columns, zip(stored.utterances, stored.values + 1, strict=True)
    )
    found.add(digests(corpus, tmp_path / "features")[2])
    lines = Path(corpus.folds).read_text().splitlines(keepends=True)
    Path(corpus.folds).write_text("".join([lines[0], *reversed(lines[1:])]))
    found.add(digests(corpus, tmp_path / "folds")[2])
    table = read_index(corpus.index)
    raw = table["raw_label"].to_pylist()
    column = table.column_names.index("raw_label")
    write_index(table.set_column(column, "raw_label", pa.array(["another", *raw[1:]])), corpus.index)
    found.add(digests(corpus, tmp_path / "index")[2])
    assert len(found) == 4


def scikit_learn(corpus, trained_on, tested="A"):
    """The predictions of scikit-learn's SVC trained on exactly the utterances of these speakers.

    Classes are numbered as everywhere: where pairs of classes vote alike, the first class wins.
    """

    def features(speakers):
        return np.stack([corpus.functionals[u] for u in corpus.of(speakers)]).astype(np.float64)

    machine = SVC(kernel="linear", C=1.0, class_weight="balanced")
    machine.fit(features(trained_on), [EMOTIONS.index(corpus.rows[u][1]) for u in corpus.of(trained_on)])
    return [EMOTIONS[code] for code in machine.predict(features(tested))]


def test_the_svm_is_trained_on_training_and_validation_together(corpus, tmp_path):
    found = [row["predicted"] for row in predictions(train(corpus, tmp_path, "svm"))]
    assert found == scikit_learn(corpus, "BCD")
    assert found != scikit_learn(corpus, "CD")


def test_under_oracle_the_svm_is_trained_on_the_training_part_alone(corpus, tmp_path):
    corpus.write_folds({"A": "A", "B": "B"})
    found = [row["predicted"] for row in predictions(train(corpus, tmp_path, "svm", validation="oracle"))]
    assert found == scikit_learn(corpus, "BCD")
    assert found != scikit_learn(corpus, "ABCD")


def test_the_svm_can_leave_out_the_validation_part_and_tells_what_it_gets_right_there(corpus, tmp_path, monkeypatch):
    monkeypatch.setitem(SETTINGS, "svm", SETTINGS["svm"] | {"train_on": "training"})
    out = train(corpus, tmp_path, "svm")
    assert [row["predicted"] for row in predictions(out)] == scikit_learn(corpus, "CD")
    with open(out / "history.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    truth = [corpus.rows[u][1] for u in corpus.of("B")]
    guessed = scikit_learn(corpus, "CD", tested="B")
    assert float(row["validation_wa"]) == pytest.approx(accuracy_score(truth, guessed))
    assert float(row["validation_ua"]) == pytest.approx(balanced_accuracy_score(truth, guessed))
    assert (row["epoch"], row["train_loss"], row["validation_loss"], row["best"]) == ("1", "", "", "1")


def test_networks_are_fitted_on_the_upsampled_training_part_alone(corpus, tmp_path, monkeypatch):
    seen, fit = [], DNN.fit

    def spy(self, train, validation, *others):
        seen.append((train, validation))
        return fit(self, train, validation, *others)

    monkeypatch.setattr(DNN, "fit", spy)
    train(corpus, tmp_path / "plain", "dnn")
    train(corpus, tmp_path / "upsampled", "dnn", upsample=["sadness", "anger"])
    # Two training speakers of 5, 6, 3 and 2 utterances, one who validates.
    (plain, held), (balanced, held_too) = seen
    assert np.bincount(plain.emotion).tolist() == [10, 12, 6, 4]
    assert np.bincount(balanced.emotion).tolist() == [10, 12, 12, 12]
    assert set(balanced.utterance) == set(plain.utterance) == set(corpus.of("CD"))
    assert held.utterance == held_too.utterance == corpus.of("B")


def test_upsampling_duplicates_utterances_with_their_features(corpus):
    part = read_fold(FoldFiles(corpus.index, corpus.folds, corpus.egemaps), "A")["train"]
    balanced = upsample(part, ["anger"], seed=0)
    assert len(balanced) == 32 + 8
    for utterance, code, values in zip(balanced.utterance, balanced.emotion, balanced.features, strict=True):
        assert corpus.rows[utterance][1] == EMOTIONS[code]
        np.testing.assert_array_equal(values, corpus.functionals[utterance])
    assert upsample(part, ["anger"], 0).utterance == balanced.utterance
    assert upsample(part, ["anger"], 1).utterance != balanced.utterance


def test_every_fold_and_seed_is_seeded_by_itself():
    drawn = {fold_seed(seed, fold) for seed in range(10) for fold in ("A", "B", "1/A")}
    assert len(drawn) == 30
    assert all(0 <= seed < 2**32 for seed in drawn)


def test_a_fold_or_a_system_that_does_not_exist_is_named_and_nothing_is_written(corpus, tmp_path):
    with pytest.raises(InputError, match="no fold 'E'"):
        train(corpus, tmp_path / "out", "svm", fold="E")
    files = FoldFiles(corpus.index, corpus.folds, corpus.lld)
    with pytest.raises(InputError, match="there is no system 'xyz'"):
        train_fold(FoldTraining("xyz", 0, "A", {}), files, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_setting_that_a_system_does_not_declare_is_named(corpus, tmp_path):
    files = FoldFiles(corpus.index, corpus.folds, corpus.lld)
    for settings, message in (
        ({"hiden": 4}, "ga_gru: there is no setting 'hiden'; choose from features, hidden, layers"),
        ({"graph": {"normalize": "row"}}, r"ga_gru\.graph: there is no setting 'normalize'; choose from normalise, "),
    ):
        with pytest.raises(InputError, match=message):
            train_fold(FoldTraining("ga_gru", 0, "A", {"settings": settings}), files, tmp_path / "out")


def program(corpus, out, fold):
    options = {
        "corpus": "mine",
        "system": "svm",
        "seed": 0,
        "fold": fold,
        "index": corpus.index,
        "folds": corpus.folds,
        "features": corpus.egemaps,
        "job": json.dumps(job("svm")),
        "sources": "0123abcd",
        "out": out,
    }
    words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
    command = [sys.executable, str(ROOT / "workflow_scripts" / "train_fold.py"), *words, "--statistics"]
    return subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)


def test_the_program_does_the_same_and_says_what_it_did(corpus, tmp_path):
    done = program(corpus, tmp_path / "program", "A")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("mine svm seed 0 A: ")
    for name in FILES[:-1]:
        expected = (train(corpus, tmp_path / "function", "svm") / name).read_bytes()
        assert (tmp_path / "program" / name).read_bytes() == expected


def test_the_program_ends_with_one_message_for_a_fold_that_does_not_exist(corpus, tmp_path):
    failed = program(corpus, tmp_path / "program", "E")
    assert failed.returncode == 1
    assert failed.stderr == f"Error: {corpus.folds}: has no fold 'E'; delete it and run snakemake again\n"
    assert not (tmp_path / "program").exists()


def test_provenance_in_an_environment_without_snakemake(corpus, tmp_path, monkeypatch):
    """The workflow tells its programs which Snakemake runs them."""
    monkeypatch.setenv("SNAKEMAKE_VERSION", "9.0.1")
    monkeypatch.setattr("gagru.experiment.provenance.PACKAGES", ("numpy",))
    out = train(corpus, tmp_path, "svm")
    assert json.loads((out / "provenance.json").read_text())["versions"]["snakemake"] == "9.0.1"
