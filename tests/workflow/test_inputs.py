"""What jobs read: paths typed here as docs/results.md and the design have them."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from gagru.task.runs import Run, parse_run
from gagru.workflow import jobs, paths
from gagru.workflow.configuration import check_configuration
from gagru.workflow.inputs import Inputs
from gagru.workflow.places import Places
from gagru.workflow.sources import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())
SPEAKERS = ["Ses01F", "Ses01M", "Ses02F", "Ses02M"]
ORACLE, PART = "choices/iemocap/validation=oracle", "choices/iemocap/part=improvised"


def inputs(text=""):
    config = copy.deepcopy(DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    config = check_configuration(config)
    return Inputs(config, Places(config))


def test_a_corpus_and_its_speakers():
    assert inputs().list_speakers("iemocap") == inputs().list_speakers(ORACLE) == SPEAKERS
    assert inputs().list_sessions("iemocap")["Ses02M"] == "Ses02"
    assert inputs().find_entry(ORACLE)["validation"] == "oracle"
    assert inputs().write_speaker_pattern() == "F01|F02|M01|M02|Ses01F|Ses01M|Ses02F|Ses02M"


def test_a_demo_is_made_and_read_and_a_corpus_is_read():
    assert inputs().find_demo(ORACLE) == ["results/iemocap/demo"]
    assert inputs().find_root(ORACLE) == "results/iemocap/demo"
    real = inputs("corpora: {iemocap: {root: /corpora/IEMOCAP}}")
    assert real.find_demo("iemocap") == []
    assert real.find_root(ORACLE) == "/corpora/IEMOCAP"


@pytest.mark.parametrize(
    ("place", "index", "folds"), [("iemocap",) * 3, (ORACLE, "iemocap", ORACLE), (PART, PART, PART)]
)
def test_index_and_folds_lie_where_they_are_made(place, index, folds):
    assert inputs().find_index(place) == f"results/{index}/index.parquet"
    assert inputs().find_speaker_index(place, "Ses01F") == f"results/{index}/index/Ses01F.parquet"
    assert inputs().find_folds(place) == f"results/{folds}/folds.csv"


def test_features_are_of_the_whole_corpus_and_normalised_at_the_place():
    found = inputs()
    assert found.find_features(PART, "lld") == {s: f"results/iemocap/features/lld/{s}.parquet" for s in SPEAKERS}
    assert found.find_normalised(PART, "ga_gru") == [f"results/{PART}/normalised/lld/{s}.parquet" for s in SPEAKERS]
    assert found.find_normalised(ORACLE, "svm")[0] == "results/iemocap/normalised/egemaps/Ses01F.parquet"


def test_statistics_are_of_a_fold_where_features_are_normalised_by_them():
    assert inputs().find_statistics("iemocap", "svm", ["Ses01F"]) == []
    found = inputs("normalisation: {method: training_speakers}").find_statistics("iemocap", "svm", ["Ses01F"])
    assert found == ["results/iemocap/normalised/egemaps/statistics/Ses01F.json"]


def test_a_run_lies_at_the_place_and_is_of_the_corpus():
    run = inputs().find_run(place=ORACLE, system="svm", seed="0")
    assert parse_run(str(run)) == run == Run("iemocap", "svm", 0, ROOT.__class__(f"results/{ORACLE}/svm/seed0"))
    files = inputs().find_fold_files(paths.PREDICTIONS, place=ORACLE, system="svm", seed="0")
    assert files == [f"results/{ORACLE}/svm/seed0/{fold}/predictions.parquet" for fold in SPEAKERS]


def test_jobs_are_described_by_the_configuration_of_the_place():
    assert inputs().describe(jobs.describe_folds, ORACLE)["validation"] == "oracle"
    by_dialog = inputs().describe(jobs.describe_folds, "choices/iemocap/validation=oracle,speaker_rule=dialog")
    assert by_dialog.keys() - inputs().describe(jobs.describe_folds, ORACLE) == {"hold_out_session"}
    assert inputs().describe(jobs.describe_extraction, "iemocap", "egemaps") == {"version": "eGeMAPSv02"}
