"""Which feature set a system hears is a setting of it."""

import re

import pytest
import yaml
from running import ROOT, SMALL, Workflow

from gagru.task.errors import InputError
from gagru.task.features import FEATURE_SETS
from gagru.task.registry import Registry
from gagru.workflow import configuration, jobs
from gagru.workflow.configuration import check_configuration, find_feature_set, merge
from gagru.workflow.places import Places

FRAMES = ["lld", "log_mel", "modulation", *(n for n in [*FEATURE_SETS][5:] if FEATURE_SETS[n].rows == "frame")]
OWN_FORMS = {"svm": "own_mean", "dnn": "own_mean", "cmn": "own_mean"}
ALLOWED = {
    "svm": ["egemaps", "own"],
    "dnn": ["egemaps", "own"],
    "cmn": ["egemaps", "own"],
    "mdnn": ["egemaps"],
    "cnn_lstm_dnn": ["waveform"],
    "bigru_att": FRAMES,
    "asrnn": ["modulation"],
    "cvae_lstm": FRAMES,
    "ga_gru": FRAMES,
}


def checked(**blocks):
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    merge(config, blocks)
    return check_configuration(config)


@pytest.mark.parametrize("system", ALLOWED)
def test_a_system_hears_what_it_is_made_for_and_nothing_else(system):
    for name in FEATURE_SETS:
        if name in ALLOWED[system]:
            corpora = {corpus: {"own_features": str(ROOT)} for corpus in ("iemocap", "msp_improv")}
            config = checked(systems={system: {"features": name}}, corpora=corpora)
            form = OWN_FORMS.get(system, name) if name == "own" else name
            assert find_feature_set(config, "iemocap", system) == form
            assert jobs.describe_training(config, "iemocap", system)["settings"]["features"] == name
        else:
            with pytest.raises(InputError, match=rf"systems\.{system}\.features: .*{name}.*{ALLOWED[system][0]}"):
                checked(systems={system: {"features": name}})


def test_on_the_demo_a_system_may_hear_something_else():
    config = checked(demo={"systems": {"ga_gru": {"features": "log_mel"}}})
    assert find_feature_set(config, "iemocap", "ga_gru") == "log_mel"
    config["corpora"]["iemocap"]["root"] = "/corpora/IEMOCAP"
    assert find_feature_set(config, "iemocap", "ga_gru") == "lld"


def test_a_choice_of_features_that_are_not_heard_changes_no_training():
    places, version = Places(checked()), {"egemaps": "eGeMAPSv01a"}
    assert places.name("iemocap", version, "training", "dnn") == "choices/iemocap/egemaps=eGeMAPSv01a"
    assert places.name("iemocap", version, "training", "ga_gru") == "iemocap"


def test_the_plan_follows_the_setting(tmp_path):
    (tmp_path / "mine.yaml").write_text(SMALL + "systems: {ga_gru: {features: log_mel}}\n")
    target = "results/iemocap/ga_gru/seed0/Ses01F/model.json"
    run = Workflow(tmp_path)("-n", "--configfile", str(tmp_path / "mine.yaml"), "--", target)
    assert run.returncode == 0, run.stdout + run.stderr
    assert set(re.findall(r"results/iemocap/normalised/(\w+)/", run.stdout)) == {"log_mel"}


def test_a_registry_that_the_schema_was_not_written_for_is_named(monkeypatch):
    more = Registry("feature set", {**FEATURE_SETS, "unwritten": FEATURE_SETS["lld"]})
    monkeypatch.setattr(configuration, "FEATURE_SETS", more)
    with pytest.raises(
        InputError, match=r"schema\.yaml was not written for the feature set 'unwritten': run `make config`"
    ):
        checked()
