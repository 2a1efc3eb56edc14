"""Specifications of the open choices, and where their files lie."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from gagru.task.errors import InputError
from gagru.workflow.choices import (
    LITERAL,
    Places,
    chosen,
    metrics_files,
    own_choices,
    relevant,
    specifications,
    without_effect,
)
from gagru.workflow.configuration import check_configuration
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
    own = own_choices(config, corpus)
    return [{c: v for c, v in s.items() if v != own[c]} for s in specifications(config, corpus)]


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
    assert specifications(config, "iemocap")[1].items() >= LITERAL.items()


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
    assert without_effect(checked(), "iemocap") == ["egemaps"]
    config = checked("choices: {systems: [dnn, bigru_att]}")
    assert without_effect(config, "iemocap") == ["graph_normalise", "graph_propagate"]
    assert {"egemaps": "eGeMAPSv01a"} in changed(config, "iemocap")


def test_a_specification_sets_every_key_of_its_choices():
    specification = own_choices(checked(), "iemocap") | {
        "graph_normalise": "symmetric",
        "validation": "oracle",
        "stop_on": "loss",
        "normalisation": "none",
        "remainder": "drop",
        "part": "scripted",
    }
    config = chosen(checked(), "iemocap", specification)
    assert config["systems"]["ga_gru"]["graph"]["normalise"] == "symmetric"
    assert {block.get("stop_on") for block in config["systems"].values()} == {None, "loss"}
    assert {config["features"][name]["remainder"] for name in ("lld", "log_mel", "modulation")} == {"drop"}
    assert (config["corpora"]["iemocap"]["validation"], config["corpora"]["msp_improv"]["validation"]) == (
        "oracle",
        "partner",
    )
    assert (config["normalisation"]["method"], config["corpora"]["iemocap"]["part"]) == ("none", "scripted")


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
        ("egemaps", "eGeMAPSv01a", set()),
    ],
)
def test_what_a_choice_does_not_change_is_made_once(choice, value, own):
    places = Places(checked())
    place = f"choices/iemocap/{choice}={value}"
    stages = {"index": ("index",), "folds": ("folds",)}
    stages |= {stage: (stage, "lld") for stage in ("features", "statistics", "normalised")}
    stages |= {system: ("training", system) for system in ("ga_gru", "bigru_att")}
    found = {name: places.of(place, *stage) for name, stage in stages.items()}
    assert found == {name: place if name in own else "iemocap" for name in stages}


def test_several_choices_share_what_single_ones_make():
    places = Places(checked())
    place = "choices/iemocap/graph_normalise=column,validation=oracle,remainder=drop"
    assert places.of(place, "folds") == "choices/iemocap/validation=oracle"
    assert places.of(place, "normalised", "lld") == "choices/iemocap/remainder=drop"
    assert places.of(place, "training", "bigru_att") == "choices/iemocap/validation=oracle,remainder=drop"
    assert places.of(place, "training", "ga_gru") == place
    assert places.of(place, "training", "svm") == "choices/iemocap/validation=oracle"


def test_a_corpus_is_its_own_place():
    config = checked()
    places = Places(config)
    assert places.of("iemocap", "training", "ga_gru") == "iemocap"
    assert places.config("iemocap") == config
    assert (places.corpus("iemocap"), places.corpus("choices/iemocap/part=scripted")) == ("iemocap", "iemocap")


def test_a_place_of_no_choice_is_refused():
    with pytest.raises(InputError, match="colour: choose from graph_normalise"):
        Places(checked()).config("choices/iemocap/colour=red")


def test_files_are_of_every_seed():
    config = checked("run: {seeds: [3, 4]}\nchoices: {systems: [ga_gru, svm]}")
    specification = own_choices(config, "iemocap") | {"graph_propagate": "attention"}
    folder = "results/choices/iemocap/graph_propagate=attention/ga_gru"
    assert metrics_files(config, "iemocap", specification) == (
        [f"{folder}/seed3/metrics.json", f"{folder}/seed4/metrics.json"],
        ["results/iemocap/svm/seed3/metrics.json"],
    )


def test_the_relevant_part_of_the_configuration_gives_the_same_specifications():
    config = checked()
    part = relevant(config, "iemocap")
    assert specifications(part, "iemocap") == specifications(config, "iemocap")
    one = specifications(config, "iemocap")[5]
    assert metrics_files(part, "iemocap", one) == metrics_files(config, "iemocap", one)
