"""Provenance: gathered from files as the trainings write them."""

import csv
import json

import pytest

from gagru.experiment.trainings import MEASURED, read_trainings
from gagru.report.provenance import render_provenance
from gagru.storage.tables import write_csv
from gagru.task.errors import InputError
from gagru.task.runs import parse_run

FOLDS = {"iemocap": ["A", "B"]}


def cells(text):
    """The cells of all lines of tables."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture
def run(write_training):
    write_training("iemocap", "svm", 0, "A")
    return write_training("iemocap", "svm", 0, "B", processor="Another", settings_digest="d" * 64)


def test_a_row_a_training(run, tmp_path):
    write_csv(tmp_path / "provenance.csv", read_trainings([run], FOLDS).drop(columns=MEASURED))
    with open(tmp_path / "provenance.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["corpus"], row["system"], row["seed"], row["fold"]) for row in rows] == [
        ("iemocap", "svm", "0", "A"),
        ("iemocap", "svm", "0", "B"),
    ]
    assert [row["processor"] for row in rows] == ["A processor", "Another"]
    assert [row["settings_digest"] for row in rows] == ["a" * 64, "d" * 64]
    assert {(row["python"], row["numpy"], row["commit"], row["device"]) for row in rows} == {
        ("3.11.9", "2.4.6", "c0ffee", "cpu")
    }


def test_the_page_counts_what_differs_and_shows_both(run):
    lines = cells(render_provenance(read_trainings([run], FOLDS)))
    assert ["Commit of the workflow", "c0ffee", "2"] in lines
    assert ["Processor", "A processor", "1"] in lines
    assert ["", "Another", "1"] in lines
    assert ["IEMOCAP", "SVM", "0", "1", f"`{'a' * 12}`", f"`{'b' * 12}`", f"`{'c' * 12}`"] in lines
    assert ["IEMOCAP", "SVM", "0", "1", f"`{'d' * 12}`", f"`{'b' * 12}`", f"`{'c' * 12}`"] in lines


def test_what_was_selected_has_lines_of_its_own(run, write_training):
    write_training("iemocap", "svm", 1, "A", settings_digest="e" * 64)
    selected = write_training("iemocap", "svm", 1, "B", settings_digest="e" * 64)
    text = render_provenance(read_trainings([run], FOLDS, [selected]))
    assert ["IEMOCAP", "SVM selected", "1", "2", f"`{'e' * 12}`", f"`{'b' * 12}`", f"`{'c' * 12}`"] in cells(text)
    assert "*Selected* are the trainings" in text


def test_outside_a_checkout_there_is_no_commit(write_training):
    run = write_training("iemocap", "svm", 0, "A", commit=None)
    assert ["Commit of the workflow", "unknown: no checkout", "1"] in cells(
        render_provenance(read_trainings([run], {"iemocap": ["A"]}))
    )


def test_no_times(run, tmp_path):
    trainings = read_trainings([run], FOLDS)
    slower = trainings.assign(seconds=99.0)
    assert render_provenance(slower) == render_provenance(trainings)


@pytest.mark.parametrize("content", [None, "", "{", "[]", json.dumps({"measured": {}})])
def test_a_missing_or_damaged_file_is_named(run, tmp_path, content):
    path = tmp_path / "iemocap/svm/seed0/A/provenance.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=r"seed0/A/provenance\.json: .* run snakemake again"):
        read_trainings([run], FOLDS)


def test_a_run_on_a_corpus_without_folds_is_refused():
    with pytest.raises(InputError, match=r"emodb/svm:0=folder: the corpus is not among --folds"):
        read_trainings([parse_run("emodb/svm:0=folder")], FOLDS)
