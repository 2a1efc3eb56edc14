import csv
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score

from gagru.evaluation.comparisons import compare
from gagru.evaluation.predictions import read_predictions
from gagru.storage.parquet import write_parquet
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.runs import Run

ROOT = Path(__file__).resolve().parents[2]
LEVEL = 0.95
SPEAKERS = "ABCDEF"
TRUTH = [(f"{speaker}{i}", speaker, EMOTIONS[i % 4]) for speaker in SPEAKERS for i in range(12)]


@pytest.fixture
def run(tmp_path):
    """Write the predictions of a system and seed that gets the share `right` of the utterances right."""

    def write(system, seed, right, truth=TRUTH):
        generator = np.random.default_rng([*system.encode(), seed])
        folder = tmp_path / system / f"seed{seed}"
        for fold in SPEAKERS:
            rows = []
            for utterance, speaker, emotion in truth:
                guess = emotion if generator.random() < right else EMOTIONS[(EMOTIONS.index(emotion) + 1) % 4]
                rows += [(utterance, speaker, emotion, guess)] if speaker == fold else []
            columns = dict(zip(("utterance", "speaker", "emotion", "predicted"), zip(*rows, strict=True), strict=True))
            columns |= {f"p_{emotion}": pa.nulls(len(rows), pa.float32()) for emotion in EMOTIONS}  # as of an SVM
            (folder / fold).mkdir(parents=True)
            write_parquet(folder / fold / "predictions.parquet", pa.table(columns))
        return {(system, seed): folder}

    return write


def predictions_of(folder):
    """Utterance -> predicted, and the truth likewise, straight from the files."""
    rows = [row for path in folder.glob("*/predictions.parquet") for row in pq.read_table(path).to_pylist()]
    return {r["utterance"]: r["predicted"] for r in rows}, {r["utterance"]: r["emotion"] for r in rows}


def compared(folders, bootstrap=LEVEL):
    runs = [Run("iemocap", *run, folder) for run, folder in folders.items()]
    table = compare(read_predictions(runs, list(SPEAKERS)), bootstrap)
    return {(c.first, c.second, c.metric): c for c in table.itertuples()}


def test_pairs_and_metrics_come_in_order(run):
    folders = {**run("svm", 0, 0.5), **run("ga_gru", 0, 0.7), **run("dnn", 0, 0.6), **run("bigru_att", 0, 0.6)}
    found = list(compared(folders))
    assert list(dict.fromkeys(key[:2] for key in found)) == [
        ("ga_gru", "bigru_att"),
        ("ga_gru", "svm"),
        ("ga_gru", "dnn"),
        ("bigru_att", "svm"),
        ("bigru_att", "dnn"),
        ("svm", "dnn"),
    ]
    assert [key[2] for key in found[:6]] == ["UA", "WA", *EMOTIONS]


def test_metrics_are_those_of_scikit_learn_and_mcnemar_counts_utterances(run):
    folders = {**run("ga_gru", 0, 0.8), **run("svm", 0, 0.5)}
    found = compared(folders)
    (first, truth), (second, _) = (predictions_of(folders[system, 0]) for system in ("ga_gru", "svm"))
    names = sorted(truth)
    scores = [balanced_accuracy_score([truth[n] for n in names], [p[n] for n in names]) for p in (first, second)]
    ua = found["ga_gru", "svm", "UA"]
    assert (ua.first_value, ua.second_value, ua.difference) == pytest.approx((*scores, scores[0] - scores[1]))
    assert (pd.isna(ua.only_first), pd.isna(ua.p_mcnemar)) == (True, True)
    for metric in ("WA", "sadness"):
        counted = [n for n in names if metric in ("WA", truth[n])]
        only_first = sum(first[n] == truth[n] != second[n] for n in counted)
        only_second = sum(second[n] == truth[n] != first[n] for n in counted)
        one = found["ga_gru", "svm", metric]
        assert (one.only_first, one.only_second, one.utterances) == (only_first, only_second, len(counted))
        assert one.p_mcnemar == pytest.approx(binomtest(only_first, only_first + only_second).pvalue)


def test_a_planted_difference_is_found_and_none_is_not(run):
    found = compared({**run("ga_gru", 0, 0.9), **run("bigru_att", 0, 0.5), **run("svm", 0, 0.5)})
    planted, none = found["ga_gru", "bigru_att", "UA"], found["bigru_att", "svm", "UA"]
    assert planted.low > 0.1
    assert planted.p == 2 / 2**6
    assert none.low < 0 < none.high
    assert none.p > 0.05


def test_one_pair_is_primary_ga_grus_others_are_planned_and_the_rest_exploratory(run):
    found = compared({**run("ga_gru", 0, 0.9), **run("bigru_att", 0, 0.5), **run("svm", 0, 0.5), **run("dnn", 0, 0.6)})
    families = {key[:2]: row.family for key, row in found.items()}
    assert families == {
        ("ga_gru", "bigru_att"): "primary",
        ("ga_gru", "svm"): "planned",
        ("ga_gru", "dnn"): "planned",
        ("bigru_att", "svm"): "exploratory",
        ("bigru_att", "dnn"): "exploratory",
        ("svm", "dnn"): "exploratory",
    }
    assert all(np.isnan(row.p_adjusted) == (row.family == "exploratory") for row in found.values())


def test_ga_grus_p_values_are_adjusted_together_by_all_sign_vectors(run):
    """Step-down by hand, of sadness: the largest of three against the largest of three, then of two, then of one."""
    folders = {**run("ga_gru", 0, 0.9), **run("bigru_att", 0, 0.5), **run("svm", 0, 0.7), **run("dnn", 0, 0.8)}
    found, rivals = compared(folders), ["bigru_att", "svm", "dnn"]
    right = {}
    for (system, _), folder in folders.items():
        predicted, truth = predictions_of(folder)
        sad = [n for n in truth if truth[n] == "sadness"]
        right[system] = np.array([sum(predicted[n] == "sadness" for n in sad if n[0] == s) for s in SPEAKERS]) / len(
            sad
        )
    parts = np.column_stack([right["ga_gru"] - right[rival] for rival in rivals])
    sums = np.abs(np.array(list(product([1, -1], repeat=6))) @ (parts / np.sqrt((parts**2).sum(axis=0))))
    order, expected = np.argsort(-sums[0], kind="stable"), 0
    for rank, member in enumerate(order):
        expected = max(expected, np.mean(sums[:, order[rank:]].max(axis=1) >= sums[0, member] - 1e-9))
        assert found["ga_gru", rivals[member], "sadness"].p_adjusted == pytest.approx(expected)


def test_seeds_are_averaged_but_for_mcnemar_which_takes_the_first(run):
    folders = {**run("ga_gru", 3, 0.9), **run("ga_gru", 1, 0.6), **run("svm", 3, 0.5)}
    both = compared(folders)["ga_gru", "svm", "WA"]
    each = [compared({k: folders[k] for k in (("ga_gru", s), ("svm", 3))})["ga_gru", "svm", "WA"] for s in (3, 1)]
    assert both.difference == pytest.approx(np.mean([c.difference for c in each]))
    assert both.over_seeds == pytest.approx(np.std([c.difference for c in each], ddof=1))
    assert (both.only_first, both.only_second) == (each[0].only_first, each[0].only_second)
    assert (both.first_seeds, both.second_seeds, np.isnan(each[0].over_seeds)) == (2, 1, True)


def test_the_same_predictions_differ_in_nothing(run):
    folders = run("ga_gru", 0, 0.7)
    same = compared({**folders, ("svm", 0): folders["ga_gru", 0]})
    for comparison in same.values():
        assert (comparison.difference, comparison.low, comparison.high, comparison.p) == (0, 0, 0, 1)


def test_other_utterances_are_refused(run):
    folders = {**run("ga_gru", 0, 0.7), **run("svm", 0, 0.7, TRUTH[1:])}
    with pytest.raises(InputError, match=r"svm/seed0: other utterances than .*ga_gru/seed0"):
        compared(folders)


def test_a_missing_fold_is_named(run):
    folders = run("svm", 0, 0.7)
    (folders["svm", 0] / "C" / "predictions.parquet").unlink()
    with pytest.raises(InputError, match=r"C/predictions\.parquet: there is no such file"):
        compared(folders)


def test_one_system_has_nothing_to_be_compared_with(run):
    assert compared(run("svm", 0, 0.7)) == {}


def program(tmp_path, *arguments):
    command = [sys.executable, ROOT / "workflow_scripts/compare.py", "--folds", *SPEAKERS]
    command += ["--level", "0.95", "--note", "Synthetic.", *arguments]
    command += ["--out-csv", tmp_path / "c.csv", "--out-md", tmp_path / "c.md"]
    environment = {"PYTHONPATH": str(ROOT)}
    return subprocess.run([*map(str, command)], capture_output=True, text=True, env=environment, check=False)


def test_the_program_writes_numbers_and_a_page(run, tmp_path):
    folders = {**run("ga_gru", 0, 0.8), **run("svm", 0, 0.5)}
    done = program(
        tmp_path, "--runs", *(f"iemocap/{system}:{seed}={folder}" for (system, seed), folder in folders.items())
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "c.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == [
        *("corpus", "first", "second", "family", "metric", "first_value", "second_value", "difference", "low", "high"),
        *("detectable", "over_seeds", "p", "p_adjusted", "only_first", "only_second", "p_mcnemar"),
        *("utterances", "speakers", "first_seeds", "second_seeds"),
    ]
    expected = compared(folders)["ga_gru", "svm", "UA"]
    assert len(lines) == 6
    assert (lines[0]["corpus"], lines[0]["first"], lines[0]["second"]) == ("iemocap", "ga_gru", "svm")
    assert lines[0]["difference"] == f"{100 * expected.difference:.2f}"
    assert float(lines[0]["p"]) == pytest.approx(expected.p, rel=1e-3)
    assert (lines[0]["p_mcnemar"], lines[0]["over_seeds"]) == ("", "")
    assert "> **Synthetic.**" in (tmp_path / "c.md").read_text()


def test_a_wrong_run_is_refused(tmp_path):
    done = program(tmp_path, "--runs", "iemocap/lstm:0=results")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: iemocap/lstm:0=results: unknown system lstm")
    assert list(tmp_path.iterdir()) == []
