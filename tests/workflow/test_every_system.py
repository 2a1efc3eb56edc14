"""All systems on one demo corpus, trained for an epoch: what goes through the workflow, not what is learned."""

import csv
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from running import EVERY_SYSTEM, Workflow

import gagru
from gagru.systems.loading import load
from gagru.task.systems import SYSTEMS


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    workflow = Workflow(tmp_path_factory.mktemp("every system"))
    every = EVERY_SYSTEM.replace("corpora: [iemocap]", f"corpora: [iemocap], systems: [{', '.join(SYSTEMS)}]")
    run = workflow("results/table1.csv", "--configfile", workflow.configure(every))
    assert run.returncode == 0, run.stdout + run.stderr
    return workflow.folder / "results"


def test_the_table_has_a_figure_of_every_system(results):
    with open(results / "table1.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["row", *(system.printed for system in SYSTEMS.values())]
    assert all(0 <= float(row[system.printed]) <= 100 for row in rows for system in SYSTEMS.values())


def test_the_long_table_says_what_each_figure_may_be_compared_with(results):
    with open(results / "long/table1.csv", encoding="utf-8", newline="") as file:
        rows = {row["system"]: row for row in csv.DictReader(file) if row["row"] == "UA"}
    assert {name: row["fidelity"] for name, row in rows.items()} == {n: s.fidelity for n, s in SYSTEMS.items()}
    for name in ("mdnn", "cnn_lstm_dnn", "asrnn", "cvae_lstm"):
        assert rows[name]["reported_protocol"] == "quoted from its own paper"
    assert "session 5" in rows["cmn"]["reported_protocol"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_predicts_every_test_utterance_once_and_can_be_loaded(results, system):
    index = pq.read_table(results / "iemocap/index.parquet").to_pylist()
    for fold in ("Ses01F", "Ses02M"):
        folder = results / "iemocap" / system / "seed0" / fold
        rows = pq.read_table(folder / "predictions.parquet").to_pylist()
        expected = sorted(row["utterance"] for row in index if row["speaker"] == fold and row["emotion"])
        assert sorted(row["utterance"] for row in rows) == expected
        assert json.loads((folder / "provenance.json").read_text())["system"] == system
        assert system == load(folder).NAME


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_loaded_model_says_of_the_audio_what_was_said_when_it_was_tested(results, system):
    fold = "Ses01F"
    index = pd.read_parquet(results / "iemocap/index.parquet")
    given = index.assign(path=[str(results / "iemocap/demo" / path) for path in index["path"]])
    if system != "cmn":  # which looks back at what everybody said
        given = given[given["speaker"] == fold]
    found = gagru.load(results / "iemocap" / system / "seed0" / fold).predict(given)
    found = found.set_index(given["utterance"].to_numpy())

    expected = pd.read_parquet(results / "iemocap" / system / "seed0" / fold / "predictions.parquet")
    expected = expected.set_index("utterance")
    found = found.loc[expected.index]
    assert (found["statistics"] == "speaker").all()
    assert found["emotion"].tolist() == expected["predicted"].tolist()
    probabilities = [name for name in expected if name.startswith("p_")]
    assert expected[probabilities].isna().all(axis=None) == (system == "svm")
    difference = np.abs(found[probabilities].to_numpy(float) - expected[probabilities].to_numpy(float))
    assert not (difference > 1e-6).any()
    print(f"{system}: {len(found)} utterances, largest difference {np.nanmax([0, *difference.ravel()]):.1e}")


def test_the_features_that_systems_share_are_extracted_once(results):
    assert sorted(path.name for path in (results / "iemocap/features").iterdir()) == sorted(
        {"egemaps", "lld", "log_mel", "modulation", "waveform"}
    )
