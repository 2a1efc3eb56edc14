"""Corpora by the names of their files, through Snakemake: config/open.yaml, and a pattern of the user's own."""

import json

import pyarrow.parquet as pq
import pytest
from running import ROOT

from tests.corpora import trees

OPEN = str(ROOT / "config" / "open.yaml")


def test_the_open_corpora_that_are_there_are_run_and_the_others_named(workflow, tmp_path):
    trees.emovo(tmp_path / "emovo")
    run = workflow("--dry-run", "--quiet", "--configfile", OPEN, "--config", f"emovo={tmp_path / 'emovo'}")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Left out, for they are not there: emodb at corpora/emodb, ravdess at corpora/ravdess" in run.stderr
    assert "emovo at" not in run.stderr


def test_none_of_the_open_corpora_is_there(workflow):
    run = workflow("--dry-run", "--configfile", OPEN)
    assert run.returncode != 0
    assert "none of the corpora is there" in run.stdout + run.stderr


@pytest.fixture
def mine(workflow, tmp_path):
    for i, speaker in enumerate(("anna", "bert", "cleo")):
        for code in "HNSA":
            name = f"{speaker}_{code}{i}"
            trees.write(tmp_path / "mine" / f"{name}.wav", trees.wav_bytes(1600, name=name))
    filenames = {
        "pattern": "(?P<speaker>[a-z]+)_(?P<emotion>.)(?P<text>.)",
        "emotions": {"happiness": ["H"], "neutrality": ["N"], "sadness": ["S"], "anger": ["A"]},
    }
    entry = {"reader": "filenames", "root": str(tmp_path / "mine"), "validation": "rotate", "filenames": filenames}

    def index():
        settings = {"run": {"corpora": ["mine"], "systems": ["svm"]}, "corpora": {"mine": entry}}
        run = workflow("results/mine/index.parquet", "--configfile", workflow.configure(json.dumps(settings)))
        assert run.returncode == 0, run.stdout + run.stderr
        return run, pq.read_table(workflow.folder / "results/mine/index.parquet").to_pylist()

    return filenames, tmp_path / "mine", index


def test_a_pattern_of_ones_own(mine):
    filenames, root, index = mine
    _, rows = index()
    assert {row["utterance"]: row["emotion"] for row in rows}["bert_S1"] == "sadness"
    assert len(rows) == 12
    assert "Nothing to be done" in index()[0].stderr
    # Another table, and another file, are another index.
    filenames["emotions"]["other"] = [filenames["emotions"]["anger"].pop()]
    filenames["emotions"]["anger"] = ["R"]
    for speaker in ("anna", "bert", "cleo"):
        trees.write(root / f"{speaker}_R0.wav", trees.wav_bytes(1600, name=speaker))
    rows = index()[1]
    assert [row["emotion"] for row in rows if row["utterance"] in ("anna_A0", "anna_R0")] == [None, "anger"]
