"""The configurations among which a fold's validation part chooses, and where each is trained."""

import copy
from itertools import product

import pytest
import yaml
from snakemake.utils import update_config

from gagru.task.errors import InputError
from gagru.workflow import paths
from gagru.workflow.candidates import check_selection, is_selected, list_candidates, list_selected
from gagru.workflow.configuration import check_configuration
from gagru.workflow.inputs import Inputs
from gagru.workflow.pages import write_note_of_comparisons
from gagru.workflow.places import Places
from gagru.workflow.runs import list_attention_under_selection, list_used_runs
from gagru.workflow.sources import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())
REAL = "corpora: {iemocap: {root: /corpora/IEMOCAP}}\n"
ON = "selection: {corpora: [iemocap], budget: 4}\n"


def configured(text=""):
    config = copy.deepcopy(DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    return check_configuration(config)


def found(text=""):
    config = configured(text)
    return Inputs(config, Places(config))


def test_nothing_is_selected_unless_asked_for():
    assert not any(list_selected(configured(), corpus) for corpus in ("iemocap", "msp_improv"))


def test_every_network_that_is_run_is_selected_or_those_that_are_named():
    assert list_selected(configured(ON), "iemocap") == [s for s in DEFAULTS["run"]["systems"] if s != "svm"]
    assert list_selected(configured(ON), "msp_improv") == []
    named = configured("selection: {corpora: [iemocap], systems: [svm, dnn]}")
    assert list_selected(named, "iemocap") == ["svm", "dnn"]
    assert not is_selected(named, "iemocap", "ga_gru")


@pytest.mark.parametrize("system", DEFAULTS["run"]["systems"])
def test_every_system_has_the_budget_of_different_candidates_of_its_grid_the_configured_one_first(system):
    config = configured(REAL)
    candidates, grid = list_candidates(config, "iemocap", system), config["selection"]["grid"][system]
    assert len(candidates) == 8
    # Patience in batches may lie within patience in epochs: two that differ in it alone can be one training.
    assert len({str(candidate | {"patience_steps": 0}) for candidate in candidates}) == 8
    first = {name: config["systems"][system][name] for name in grid}
    assert candidates[0] == (first if system != "svm" else first | {"train_on": "training"})
    tried = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    assert all(candidate in tried for candidate in candidates[1:])


def test_the_compared_networks_are_tried_with_the_same_settings_and_a_smaller_budget_is_the_beginning():
    config = configured(REAL)
    assert list_candidates(config, "iemocap", "ga_gru") == list_candidates(config, "iemocap", "bigru_att")
    fewer = configured(REAL + "selection: {budget: 4}")
    assert list_candidates(fewer, "iemocap", "dnn") == list_candidates(config, "iemocap", "dnn")[:4]
    other = configured(REAL + "selection: {seed: 1}")
    assert list_candidates(other, "iemocap", "dnn") != list_candidates(config, "iemocap", "dnn")


def test_candidates_of_a_demo_start_from_the_demos_settings():
    assert list_candidates(configured(), "iemocap", "dnn")[0]["lr"] == 1e-3


def test_a_budget_that_a_grid_cannot_fill_is_refused():
    with pytest.raises(InputError, match=r"budget of 9 is more than the grid of svm has, 8"):
        check_selection(configured("selection: {corpora: [iemocap], systems: [svm], budget: 9}"))
    check_selection(configured("selection: {corpora: [iemocap], systems: [svm], budget: 8}"))
    check_selection(configured("selection: {systems: [svm], budget: 9}"))
    check_selection(configured("selection: {corpora: [iemocap], systems: [dnn], budget: 18}"))
    with pytest.raises(InputError, match=r"the grid of dnn has, 18 without `patience_steps`"):
        check_selection(configured("selection: {corpora: [iemocap], systems: [dnn], budget: 19}"))


def test_a_candidate_is_trained_where_its_settings_say_and_the_configured_one_where_it_is_anyway():
    grid = "selection: {corpora: [iemocap], systems: [dnn], budget: 4, grid: {dnn: {dropout: [0.0], "
    text = REAL + grid + "patience_steps: [0], class_weight: [none], lr: [2e-4, 1e-3, 3e-3, 0.01]}}}"
    places = found(text).find_candidates("selected/iemocap", "dnn")
    fixed = {"dropout": 0.0, "patience_steps": 0, "class_weight": "none"}
    assert next(iter(places.items())) == ("iemocap", fixed | {"lr": 2e-4})
    assert places == {
        "iemocap": fixed | {"lr": 2e-4},
        "choices/iemocap/lr=0.001": fixed | {"lr": 1e-3},
        "choices/iemocap/lr=0.003": fixed | {"lr": 3e-3},
        "choices/iemocap/lr=0.01": fixed | {"lr": 0.01},
    }


def test_the_job_at_a_candidates_place_has_its_settings():
    inputs = found(ON)
    candidates = inputs.find_candidates("selected/iemocap", "bigru_att").values()
    for job, candidate in zip(inputs.describe_candidates("selected/iemocap", "bigru_att"), candidates, strict=True):
        assert {name: job["settings"][name] for name in candidate} == candidate
        assert job["settings"]["hidden"] == 32  # of the demo


def test_candidates_under_an_open_choice_lie_there():
    places = found(ON).find_candidates("selected/iemocap/validation=oracle", "ga_gru")
    assert next(iter(places)) == "choices/iemocap/validation=oracle"
    assert all("validation=oracle" in place for place in places)
    assert len(places) == 4


def test_the_files_that_choose_are_histories_alone():
    histories = found(ON).find_candidate_files(paths.HISTORY, "selected/iemocap", "dnn", "0", "Ses01F")
    assert len(histories) == 4
    assert histories[0] == "results/iemocap/dnn/seed0/Ses01F/history.csv"


def test_what_is_selected_under_a_specification_has_a_place_by_what_matters_to_the_system():
    places = Places(configured(ON))
    column = {"graph_normalise": "column"}
    assert places.name_selected("iemocap", column, "ga_gru") == "selected/iemocap/graph_normalise=column"
    assert places.name_selected("iemocap", column, "bigru_att") == "selected/iemocap"
    assert places.find_corpus("selected/iemocap/graph_normalise=column") == "iemocap"


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("choices/iemocap/lr=0.5", r"lr is one of 0.0002, 0.001, 0.003, not '0.5'"),
        ("choices/iemocap/lrate=0.5", r"'lrate=0.5' is no choice: write CHOICE=VALUE, of graph_normalise, .*lr"),
        ("selected/iemocap/graph_normalise=columns", r"graph_normalise is one of row, column, symmetric"),
    ],
)
def test_a_target_at_no_place_is_told(place, why):
    with pytest.raises(InputError, match=why):
        Places(configured(ON)).check_targets([f"results/{place}/dnn/seed0/metrics.json"])


def test_comparisons_are_of_what_is_selected_if_asked_for():
    text = "run: {systems: [svm, dnn]}\nselection: {corpora: [iemocap], use: %s}"
    described, selected = (list_used_runs(configured(text % use)) for use in ("described", "selected"))
    assert [str(run.path) for run in described] == [
        f"results/{corpus}/{system}/seed0" for corpus in ("iemocap", "msp_improv") for system in ("svm", "dnn")
    ]
    assert [str(run.path) for run in selected] == [
        "results/iemocap/svm/seed0",
        "results/selected/iemocap/dnn/seed0",
        "results/msp_improv/svm/seed0",
        "results/msp_improv/dnn/seed0",
    ]
    assert [run[:3] for run in selected] == [run[:3] for run in described]


def test_comparisons_of_what_is_selected_say_so():
    text = "selection: {corpora: [iemocap], use: selected}"
    assert "chose among 8 configurations" in write_note_of_comparisons(configured(text), ["iemocap"])
    assert "chose" not in write_note_of_comparisons(configured(text), ["msp_improv"])
    assert "chose" not in write_note_of_comparisons(configured(ON), ["iemocap"])


def test_attention_under_selection_is_that_of_the_selected_ga_gru():
    selected = list_attention_under_selection(configured(ON), paths.EDGES, ["iemocap"])
    assert [str(run.path) for run in selected] == ["results/selected/iemocap/ga_gru/seed0/edges.parquet"]
    others = configured("selection: {corpora: [iemocap], systems: [dnn]}")
    described = list_attention_under_selection(others, paths.EDGES, ["iemocap"])
    assert [str(run.path) for run in described] == ["results/iemocap/ga_gru/seed0/edges.parquet"]
