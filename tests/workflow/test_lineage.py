"""A training's lineage: what of the configuration and of the code is in it, stage by stage."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from gagru.workflow.configuration import check_configuration
from gagru.workflow.lineage import digest_stage, trace_lineage
from gagru.workflow.sources import ROOT, digest_sources

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())


def traced(text="", system="ga_gru"):
    config = copy.deepcopy(DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    return trace_lineage(check_configuration(config), "iemocap", system)


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("normalisation: {method: none}", {"normalisation"}),
        ("normalisation: {statistics_over: all}", {"normalisation", "features"}),  # those outside the task, too
        ("normalisation: {method: training_speakers}", {"normalisation", "statistics"}),
        ("features: {lld: {downsample: 4}}", {"normalisation"}),
        ("corpora: {iemocap: {part: improvised}}", {"index"}),
        ("corpora: {iemocap: {speaker_rule: dialog}}", {"index"}),
        ("corpora: {iemocap: {validation: oracle}}", {"folds"}),
        ("folds: {random_seed: 1}", {"folds"}),
        ("features: {log_mel: {bands: 30}}", set()),  # which GA-GRU does not hear
        ("corpora: {iemocap: {expected_counts: false}}", set()),  # a check, from which nothing follows
        ("systems: {ga_gru: {hidden: 9}}", set()),  # of the training itself
    ],
)
def test_a_setting_is_in_the_stages_that_it_changes(text, stages):
    before, after = traced(), traced(text)
    assert {stage for stage in before.keys() | after if before.get(stage) != after.get(stage)} == stages


def test_systems_that_hear_alike_have_one_lineage():
    assert traced(system="bigru_att") == traced(system="ga_gru")
    differing = {stage for stage, found in traced(system="svm").items() if found != traced(system="ga_gru")[stage]}
    assert differing == {"features", "normalisation"}


def test_every_stage_has_the_digest_of_its_code():
    found = traced()
    assert found["index"]["sources"] == digest_sources("index_corpus", "gagru.corpora.iemocap")
    assert found["features"]["sources"] == digest_sources("extract_features", "gagru.features.lld")
    assert found["normalisation"]["sources"] == digest_sources("normalise_features")
    assert found["folds"]["sources"] == digest_sources("make_folds")
    assert digest_stage("training", "ga_gru") == digest_sources("train_fold", "gagru.systems.ga_gru")


def test_a_demo_was_made_and_a_corpus_was_not():
    assert "demo" in traced()
    assert "demo" not in traced("corpora: {iemocap: {root: /corpora/IEMOCAP}}")


def test_where_a_corpus_lies_is_not_in_it():
    first, second = (traced(f"corpora: {{iemocap: {{root: {root}}}}}") for root in ("/here", "/there"))
    assert first == second
