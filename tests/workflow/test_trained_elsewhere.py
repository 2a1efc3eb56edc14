"""A system that was trained elsewhere beside one that is trained here: its columns, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.corpora import trees

EMOTIONS = ("happiness", "neutrality", "sadness", "anger")
PROTOCOL = "Fine-tuned on other corpora; never saw these speakers."


@pytest.fixture
def mine(workflow, tmp_path):
    """A corpus of three speakers, features of its own for the SVM, and predictions that are right but for anger."""
    generator, rows = np.random.default_rng(0), []
    for speaker in ("anna", "bert", "cleo"):
        for code, emotion in enumerate(EMOTIONS):
            for take in range(3):
                name = f"{speaker}_{emotion}_{take}"
                trees.write(tmp_path / "audio" / f"{name}.wav", trees.wav_bytes(1600, name=name))
                values = generator.normal(size=4)
                values[code] += 4
                (tmp_path / "npy").mkdir(exist_ok=True)
                np.save(tmp_path / "npy" / f"{name}.npy", values)
                rows.append([name, "sadness" if emotion == "anger" else emotion])
    workflow.csv = tmp_path / "wavlm.csv"
    pd.DataFrame(rows, columns=["utterance", "predicted"]).to_csv(workflow.csv, index=False)
    entry = {"reader": "filenames", "root": str(tmp_path / "audio"), "validation": "rotate"}
    entry |= {"own_features": str(tmp_path / "npy")}
    entry |= {"filenames": {"pattern": "(?P<speaker>[a-z]+)_(?P<emotion>[a-z]+)_[0-9]"}}
    workflow.settings = {
        "run": {"corpora": ["mine"], "systems": ["svm", "wavlm"]},
        "corpora": {"mine": entry},
        "systems": {"svm": {"features": "own"}},
        "external": {"wavlm": {"printed": "WavLM", "protocol": PROTOCOL, "mine": str(workflow.csv)}},
    }
    return workflow


def run(workflow, *targets):
    return workflow(*targets, "--configfile", workflow.configure(json.dumps(workflow.settings)))


def test_it_stands_in_tables_and_comparisons_as_not_trained_here(mine):
    done = run(mine, "results/table_mine.csv", "results/comparisons_mine.csv", "results/claims.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    results = mine.folder / "results"
    table = pd.read_csv(results / "table_mine.csv", index_col="row")
    assert table.columns[-1] == "WavLM (external)"
    assert table["WavLM (external)"].tolist() == [100, 100, 100, 0, 75, 75]
    long = pd.read_csv(results / "long" / "table_mine.csv").query("system == 'wavlm'")
    assert set(long["fidelity"]) == {"external"}
    pairs = pd.read_csv(results / "comparisons_mine.csv").query("metric == 'UA'")
    assert pairs[["first", "second", "second_value"]].to_numpy().tolist() == [["svm", "wavlm", 75]]
    for page in ("table_mine.md", "comparisons_mine.md"):
        text = (results / page).read_text(encoding="utf-8")
        assert f"not trained here; its predictions were read from a file. Its protocol, as told: {PROTOCOL}" in text
    assert not (results / "mine" / "wavlm" / "seed0" / "anna" / "provenance.json").exists()
    assert "Nothing to be done" in run(mine, "results/table_mine.csv").stderr


def test_what_is_said_of_it_can_change(mine):
    assert run(mine, "results/table_mine.md").returncode == 0
    mine.settings["external"]["wavlm"]["protocol"] = "Nobody knows."
    assert run(mine, "results/table_mine.md").returncode == 0
    assert "as told: Nobody knows." in (mine.folder / "results" / "table_mine.md").read_text()


def test_predictions_that_do_not_fit_end_the_run(mine):
    mine.csv.write_text(mine.csv.read_text().replace("anna_anger_0,sadness\n", ""))
    done = run(mine, "results/table_mine.csv")
    assert done.returncode != 0
    assert "1 utterances no prediction: anna_anger_0; add them" in done.stdout + done.stderr
    assert not (mine.folder / "results" / "table_mine.csv").exists()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"protocol": None}, "external.wavlm"),
        ({"mine": "/nowhere.csv"}, "external.wavlm.mine: there is no file /nowhere.csv; name the CSV of predictions"),
        ({"urdu": "x.csv"}, "external.wavlm.urdu: no corpus is called so; there are "),
    ],
)
def test_a_wrong_description_is_said_when_it_is_planned(mine, entry, message):
    mine.settings["external"]["wavlm"] |= entry
    done = run(mine, "--dry-run")
    assert done.returncode != 0
    assert message in done.stdout + done.stderr


def test_names_and_corpora_have_to_fit(mine):
    described = mine.settings["external"]["wavlm"]
    for external, message in (
        ({"svm": described, "wavlm": described}, "external.svm: a system of the workflow is called so"),
        ({}, "'wavlm' is not one of ['svm'"),
        ({"wavlm": {"protocol": PROTOCOL}}, "external.wavlm: has no predictions for a corpus that is run"),
    ):
        mine.settings["external"] = external
        done = run(mine, "--dry-run")
        assert done.returncode != 0
        assert message in done.stdout + done.stderr
