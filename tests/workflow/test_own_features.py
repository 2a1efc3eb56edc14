"""GA-GRU and the SVM on `.npy` files that other code wrote: here numpy, and nothing of this package."""

import json
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from running import ROOT

from tests.corpora import trees

SPEAKERS, EMOTIONS = ("anna", "bert", "cleo"), ("happiness", "neutrality", "sadness", "anger")
SMALL = {"hidden": 8, "max_epochs": 3, "batch_size": 8, "lr": 0.01}


@pytest.fixture
def own(workflow, tmp_path):
    """A corpus of noise, whose features of its own tell the emotions apart."""
    generator = np.random.default_rng(0)
    folder = tmp_path / "embeddings"
    folder.mkdir()
    for number, speaker in enumerate(SPEAKERS):
        for code, emotion in enumerate(EMOTIONS):
            for take in range(4):
                name = f"{speaker}_{emotion}_{take}"
                trees.write(tmp_path / "audio" / f"{name}.wav", trees.wav_bytes(1600, name=name))
                values = generator.normal(size=(generator.integers(5, 20), 6))
                values[:, code] += 4
                np.save(folder / f"{name}.npy", values + 10 * number)
    entry = {
        "reader": "filenames",
        "root": str(tmp_path / "audio"),
        "validation": "rotate",
        "filenames": {"pattern": "(?P<speaker>[a-z]+)_(?P<emotion>[a-z]+)_[0-9]"},
        "own_features": str(folder),
    }
    systems = {"ga_gru": {**SMALL, "features": "own"}, "svm": {"features": "own"}}
    settings = {"run": {"corpora": ["mine"], "systems": ["svm", "ga_gru"]}, "corpora": {"mine": entry}}
    workflow.settings, workflow.embeddings = settings | {"systems": systems}, folder
    return workflow


def run(own, *targets):
    return own(*targets, "--configfile", own.configure(json.dumps(own.settings)))


def test_both_systems_hear_them(own):
    done = run(own, "results/table_mine.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    results = own.folder / "results" / "mine"
    metrics = {s: json.loads((results / s / "seed0" / "metrics.json").read_text()) for s in ("svm", "ga_gru")}
    assert metrics["svm"]["pooled"]["UA"]["value"] == 1  # the emotions lie four deviations apart
    assert metrics["ga_gru"]["utterances"] == 48
    # What the SVM hears: the mean of the frames, less the speaker's mean, in the speaker's deviations.
    stored = pq.read_table(results / "normalised" / "own_mean" / "bert.parquet").to_pandas()
    means = np.array([np.load(own.embeddings / f"{name}.npy").mean(0) for name in stored["utterance"]])
    expected = (means - means.mean(0)) / means.std(0)
    np.testing.assert_allclose(stored.drop(columns="utterance"), expected, atol=1e-5)
    assert "Nothing to be done" in run(own, "results/table_mine.csv").stderr


def test_our_own_features_by_way_of_files_are_the_same(own):
    audio, config = own.settings["corpora"]["mine"]["root"], own.settings
    command = [sys.executable, "-m", "gagru.cli", "extract", "lld", audio, "--out", str(own.folder / "npy")]
    subprocess.run(command, cwd=ROOT, check=True)
    config["corpora"]["mine"]["own_features"], config["features"] = str(own.folder / "npy"), {"own": {"downsample": 5}}
    files = [f"results/mine/normalised/{name}/anna.parquet" for name in ("lld", "own")]
    assert run(own, *files).returncode == 0
    lld, again = (pq.read_table(own.folder / file).to_pandas() for file in files)
    np.testing.assert_array_equal(again, lld)


def test_a_changed_file_is_heard(own):
    assert run(own, "results/mine/features/own/anna.parquet").returncode == 0
    path = own.embeddings / "anna_anger_0.npy"
    np.save(path, np.zeros((2, 6)))
    assert run(own, "results/mine/features/own/anna.parquet").returncode == 0
    stored = pq.read_table(own.folder / "results/mine/features/own/anna.parquet").to_pandas()
    assert stored.query("utterance == 'anna_anger_0'")["own_0"].tolist() == [0, 0]


def test_what_is_wrong_is_said_before_anything_is_made_of_them(own):
    (own.embeddings / "anna_anger_0.npy").unlink()
    done = run(own, "results/table_mine.csv")
    assert done.returncode != 0
    assert "no file for 1 of 48 utterances of the task: anna_anger_0.npy" in done.stdout + done.stderr
    assert not (own.folder / "results" / "mine" / "features").exists()


@pytest.mark.parametrize(
    ("folder", "message"),
    [(None, "systems.svm.features is `own`; say which folder holds"), ("/nowhere/npy", "there is no folder")],
)
def test_a_folder_that_is_not_there_is_said_when_it_is_planned(own, folder, message):
    own.settings["corpora"]["mine"]["own_features"] = folder
    done = run(own, "--dry-run")
    assert done.returncode != 0
    assert f"corpora.mine.own_features: {message}" in (done.stdout + done.stderr)
