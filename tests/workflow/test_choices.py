"""Specifications of the open choices, and where their files lie."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from gagru.task.choices import CHOICES, LITERAL
from gagru.task.errors import InputError
from gagru.workflow.choices import find_idle, list_specifications, locate_metrics, select_relevant
from gagru.workflow.configuration import SCHEMA, check_configuration
from gagru.workflow.places import Places, choose, read_choices
from gagru.workflow.sources import ROOT

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text())
EMODB = "run: {corpora: [emodb]}\ncorpora:\n  emodb: {reader: emodb, root: corpora/emodb, validation: rotate}\n"


def checked(text=""):
    config = copy.deepcopy(DEFAULTS)
    update_config(config, yaml.safe_load(text) or {})
    return check_configuration(config)


def with_grid(text="", design="one_at_a_time", corpus="", **grid):
    """The defaults with a grid of just these choices."""
    config = checked(corpus + text)
    config["choices"] |= {"design": design, "grid": {choice: [] for choice in config["choices"]["grid"]} | grid}
    return config


def changed(config, corpus):
    """Of each specification what is not as configured."""
    own = read_choices(config, corpus)
    return [{c: v for c, v in s.items() if v != own[c]} for s in list_specifications(config, corpus)]


# Specifications.


def test_one_at_a_time_changes_one_choice_in_each():
    config = with_grid(stop_on=["ua", "loss"], remainder=["average", "drop"], normalisation=["none", "speaker"])
    assert changed(config, "iemocap") == [{}, {"stop_on": "loss"}, {"normalisation": "none"}, {"remainder": "drop"}]


def test_factorial_has_every_combination_and_the_literal_reading_second():
    grid = {"graph_normalise": ["row", "column", "symmetric"], "graph_propagate": ["frames", "attention"]}
    config = with_grid(design="factorial", **grid)
    found = changed(config, "iemocap")
    assert len(found) == 6
    assert found[:2] == [{}, {"graph_normalise": "column"}]
    assert list_specifications(config, "iemocap")[1].items() >= LITERAL.items()


def test_random_is_a_seeded_part_of_the_factorial_with_both_named_ones():
    grid = {"graph_normalise": ["row", "column"], "stop_on": ["ua", "loss"], "remainder": ["average", "drop"]}
    grid |= {"normalisation": ["speaker", "training_speakers", "none"], "validation": ["partner", "rotate"]}
    factorial = changed(with_grid(design="factorial", **grid), "iemocap")
    config = with_grid(design="random", **grid)
    config["choices"] |= {"number": 7, "seed": 1}
    found = changed(config, "iemocap")
    assert len(found) == 7
    assert found[:2] == [{}, {"graph_normalise": "column"}]
    assert all(one in factorial for one in found)
    assert found == changed(config, "iemocap")
    config["choices"]["seed"] = 2
    assert found != changed(config, "iemocap")


LABORATORY = {"speaker_rule": "dialog", "statistics_over": "all", "validation": "oracle", "max_frames": "2500"}


@pytest.mark.parametrize("design", ["one_at_a_time", "factorial", "random"])
def test_the_protocol_of_the_laboratorys_public_code_is_a_specification_of_iemocap(design):
    grid = {choice: [value] for choice, value in LABORATORY.items()}
    config = with_grid(design=design, graph_normalise=["column"], **grid)
    found = changed(config, "iemocap")
    assert found[:3] == [{}, {"graph_normalise": "column"}, LABORATORY]
    chosen = choose(config, "iemocap", read_choices(config, "iemocap") | LABORATORY)
    assert chosen["features"]["lld"]["max_frames"] == 2500
    assert chosen["corpora"]["iemocap"]["speaker_rule"] == "dialog"


def test_a_corpus_or_a_grid_without_all_of_it_has_not_that_protocol():
    assert LABORATORY in changed(checked(), "iemocap")
    assert LABORATORY not in changed(checked(), "msp_improv")  # its speakers are its actors
    config = with_grid(design="factorial", **{choice: [value] for choice, value in list(LABORATORY.items())[:3]})
    assert LABORATORY not in changed(config, "iemocap")


def test_specifications_that_train_alike_are_one():
    # without a z-score there is nothing to take statistics over
    config = with_grid(design="factorial", normalisation=["speaker", "none"], statistics_over=["task", "all"])
    assert changed(config, "iemocap") == [
        {},
        {"statistics_over": "all"},
        {"normalisation": "none"},
    ]


def test_what_changes_nothing_is_as_configured():
    config = with_grid(design="factorial", egemaps=["eGeMAPSv02", "eGeMAPSv01a"], stop_on=["loss"])
    assert changed(config, "iemocap") == [{}, {"stop_on": "loss"}]
    config["choices"] |= {"design": "random", "number": 2}
    assert changed(config, "iemocap") == [{}, {"stop_on": "loss"}]


def test_what_a_corpus_cannot_have_is_left_out():
    config = checked(EMODB)
    values = [next(iter(one.values())) for one in changed(config, "emodb")[1:]]
    assert not {"partner", "improvised", "scripted", "dialog"} & set(values)
    assert {"random", "oracle"} <= set(values)
    assert {"improvised", "scripted", "dialog"} <= {v for one in changed(checked(), "iemocap") for v in one.values()}
    assert "dialog" not in {v for one in changed(checked(), "msp_improv") for v in one.values()}


def test_the_version_of_egemaps_changes_nothing_for_systems_that_do_not_hear_them():
    assert find_idle(checked(), "iemocap") == ["egemaps"]
    config = checked("choices: {systems: [dnn, bigru_att]}")
    assert find_idle(config, "iemocap") == ["graph_normalise", "graph_propagate"]
    assert {"egemaps": "eGeMAPSv01a"} in changed(config, "iemocap")


def test_a_specification_sets_every_key_of_its_choices():
    specification = read_choices(checked(), "iemocap") | {
        "graph_normalise": "symmetric",
        "validation": "oracle",
        "stop_on": "loss",
        "normalisation": "none",
        "remainder": "drop",
        "part": "scripted",
    }
    config = choose(checked(), "iemocap", specification)
    assert config["systems"]["ga_gru"]["graph"]["normalise"] == "symmetric"
    assert {block.get("stop_on") for block in config["systems"].values()} == {None, "loss"}
    assert {config["features"][name]["remainder"] for name in ("lld", "log_mel", "modulation")} == {"drop"}
    assert (config["corpora"]["iemocap"]["validation"], config["corpora"]["msp_improv"]["validation"]) == (
        "oracle",
        "partner",
    )
    assert (config["normalisation"]["method"], config["corpora"]["iemocap"]["part"]) == ("none", "scripted")


# The configuration's own values.


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("choices: {systems: [cmn, dnn]}\nsystems: {cmn: {stop_on: loss}, dnn: {stop_on: loss}}", "loss"),
        ("choices: {systems: [ga_gru, dnn]}\nsystems: {dnn: {stop_on: loss}}", "ua / loss"),
        ("choices: {systems: [dnn, ga_gru]}\nsystems: {dnn: {stop_on: loss}}", "loss / ua"),
        ("choices: {systems: [svm, dnn]}\nsystems: {dnn: {stop_on: loss}}", "loss"),
        ("choices: {systems: [ga_gru, bigru_att]}\nsystems: {dnn: {stop_on: loss}}", "ua"),
        ("demo: {systems: {ga_gru: {stop_on: loss}, bigru_att: {stop_on: loss}}}", "loss"),
    ],
)
def test_a_value_is_that_of_the_systems_compared(text, own):
    config = checked(text)
    assert read_choices(config, "iemocap")["stop_on"] == own
    assert list_specifications(config, "iemocap")[0]["stop_on"] == own


def test_a_value_is_that_of_the_feature_sets_that_are_heard():
    config = checked("choices: {systems: [cvae_lstm, dnn]}\nfeatures: {log_mel: {remainder: drop}}")
    assert read_choices(config, "iemocap")["remainder"] == "drop"
    assert read_choices(checked("features: {log_mel: {remainder: drop}}"), "iemocap")["remainder"] == "average"


def test_systems_that_differ_are_given_one_value_in_turn():
    config = with_grid("systems: {bigru_att: {stop_on: loss}}\n", stop_on=["ua", "loss"])
    assert changed(config, "iemocap") == [{}, {"stop_on": "ua"}, {"stop_on": "loss"}]
    files = [locate_metrics(config, "iemocap", one) for one in list_specifications(config, "iemocap")]
    places = [[path.removeprefix("results/").rsplit("/", 3)[0] for (path,) in pair] for pair in files]
    ua, loss = "choices/iemocap/stop_on=ua", "choices/iemocap/stop_on=loss"
    assert places == [["iemocap", "iemocap"], ["iemocap", ua], [loss, "iemocap"]]


def test_the_demos_own_value_is_changed_by_a_choice():
    config = checked("demo: {systems: {ga_gru: {stop_on: loss}, bigru_att: {stop_on: loss}}}")
    assert choose(config, "iemocap", {"stop_on": "ua"})["demo"]["systems"]["ga_gru"]["stop_on"] == "ua"


def test_a_system_more_than_those_compared_changes_nothing(monkeypatch):
    config = checked()
    expected = list_specifications(config, "iemocap")
    keys = (("systems", "tenth", "stop_on"), *CHOICES["stop_on"].keys)
    monkeypatch.setitem(CHOICES, "stop_on", CHOICES["stop_on"]._replace(keys=keys))
    config["systems"]["tenth"] = {"features": "lld", "stop_on": "loss"}
    assert list_specifications(config, "iemocap") == expected
    assert list_specifications(select_relevant(config, "iemocap"), "iemocap") == expected


def test_the_grids_values_are_those_of_the_schema():
    grid = yaml.safe_load(SCHEMA.read_text())["properties"]["choices"]["properties"]["grid"]["properties"]
    assert {name: list(choice.values) for name, choice in CHOICES.items()} == {
        name: [str(value) for value in entry["default"]] for name, entry in grid.items()
    }


def test_the_curve_is_made_of_what_is_selected_if_asked_for():
    text = "selection: {corpora: [iemocap], use: selected}\nchoices: {systems: [ga_gru, svm]}"
    column = {"graph_normalise": "column"}
    first, second = locate_metrics(checked(text), "iemocap", column)
    assert first == ["results/selected/iemocap/graph_normalise=column/ga_gru/seed0/metrics.json"]
    assert second == ["results/iemocap/svm/seed0/metrics.json"]  # the networks alone are selected
    described = locate_metrics(checked(text.replace("use: selected", "use: described")), "iemocap", column)
    assert described[0] == ["results/choices/iemocap/graph_normalise=column/ga_gru/seed0/metrics.json"]


# Places.


@pytest.mark.parametrize(
    ("choice", "value", "own"),
    [  # which stages have files of their own, by hand
        ("graph_normalise", "column", {"ga_gru"}),
        ("stop_on", "loss", {"ga_gru", "bigru_att"}),
        ("remainder", "drop", {"normalised", "ga_gru", "bigru_att"}),
        ("normalisation", "none", {"normalised", "ga_gru", "bigru_att"}),
        ("statistics_over", "all", {"features", "statistics", "normalised", "ga_gru", "bigru_att"}),
        ("validation", "oracle", {"folds", "statistics", "ga_gru", "bigru_att"}),
        ("part", "improvised", {"index", "folds", "statistics", "normalised", "ga_gru", "bigru_att"}),
        ("speaker_rule", "dialog", {"index", "folds", "features", "statistics", "normalised", "ga_gru", "bigru_att"}),
        ("max_frames", "2500", {"normalised", "ga_gru", "bigru_att"}),
        ("class_weight", "balanced", {"ga_gru", "bigru_att"}),
        ("egemaps", "eGeMAPSv01a", set()),
    ],
)
def test_what_a_choice_does_not_change_is_made_once(choice, value, own):
    places = Places(checked())
    place = f"choices/iemocap/{choice}={value}"
    stages = {"index": ("index",), "folds": ("folds",)}
    stages |= {stage: (stage, "lld") for stage in ("features", "statistics", "normalised")}
    stages |= {system: ("training", system) for system in ("ga_gru", "bigru_att")}
    found = {name: places.locate(place, *stage) for name, stage in stages.items()}
    assert found == {name: place if name in own else "iemocap" for name in stages}


def test_several_choices_share_what_single_ones_make():
    places = Places(checked())
    place = "choices/iemocap/graph_normalise=column,validation=oracle,remainder=drop"
    assert places.locate(place, "folds") == "choices/iemocap/validation=oracle"
    assert places.locate(place, "normalised", "lld") == "choices/iemocap/remainder=drop"
    assert places.locate(place, "training", "bigru_att") == "choices/iemocap/validation=oracle,remainder=drop"
    assert places.locate(place, "training", "ga_gru") == place
    assert places.locate(place, "training", "svm") == "choices/iemocap/validation=oracle"


def test_a_corpus_is_its_own_place():
    config = checked()
    places = Places(config)
    assert places.locate("iemocap", "training", "ga_gru") == "iemocap"
    assert places.configure("iemocap") == config
    assert places.find_corpus("iemocap") == places.find_corpus("choices/iemocap/part=scripted") == "iemocap"


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("choices/iemocap/colour=red", "'colour=red' is no choice: write CHOICE=VALUE, of graph_normalise, "),
        ("choices/iemocap/typo", "'typo' is no choice"),
        ("choices/iemocap/validation=", "'validation=' is no choice"),
        ("choices/iemocap/validation=typo", "validation is one of partner, rotate, random, oracle, not 'typo'"),
        ("choices/iemocap/validation=random,validation=oracle", "validation is there twice"),
        ("choices/msp_improv/speaker_rule=dialog", "reader 'msp_improv' its `speaker_rule` can be actor, not dialog"),
        ("choices/urdu/validation=oracle", "no corpus is called 'urdu'; iemocap, msp_improv are"),
    ],
)
def test_what_is_no_place_is_refused(place, message):
    with pytest.raises(InputError, match=f"^results/{place}: .*{message}"):
        Places(checked()).configure(place)
    with pytest.raises(InputError, match=f"^results/{place}: "):
        Places(checked()).check_targets(["snakemake", f"results/{place}/svm/seed0/metrics.json"])


@pytest.mark.parametrize("target", ["all", "results/choices_iemocap.csv", "results/choices/iemocap/part=all/folds.csv"])
def test_other_targets_are_let_by(target):
    Places(checked()).check_targets([target])


def test_files_are_of_every_seed():
    config = checked("run: {seeds: [3, 4]}\nchoices: {systems: [ga_gru, svm]}")
    specification = read_choices(config, "iemocap") | {"graph_propagate": "attention"}
    folder = "results/choices/iemocap/graph_propagate=attention/ga_gru"
    assert locate_metrics(config, "iemocap", specification) == (
        [f"{folder}/seed3/metrics.json", f"{folder}/seed4/metrics.json"],
        ["results/iemocap/svm/seed3/metrics.json"],
    )


def test_the_relevant_part_of_the_configuration_gives_the_same_specifications():
    config = checked()
    part = select_relevant(config, "iemocap")
    assert list_specifications(part, "iemocap") == list_specifications(config, "iemocap")
    one = list_specifications(config, "iemocap")[5]
    assert locate_metrics(part, "iemocap", one) == locate_metrics(config, "iemocap", one)
