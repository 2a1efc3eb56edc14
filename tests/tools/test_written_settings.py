"""What `make config` writes, and that it is written."""

import yaml

from gagru.features.registry import feature_set
from gagru.systems.loading import system_module
from gagru.task.features import FEATURE_SETS
from gagru.task.settings import OPEN, OURS, Group, default_settings, setting
from gagru.task.systems import SYSTEMS
from gagru.workflow.configuration import DEFAULTS, SCHEMA
from tools.settings import defaults_text, grid_text, replace_block, schema, schema_text, settings_lines


def test_the_files_are_those_that_are_written():
    text = DEFAULTS.read_text(encoding="utf-8")
    for block in ("features", "systems"):
        assert replace_block(text, block, defaults_text(block)) == text, "run `make config`"
    assert replace_block(text, "grid", grid_text()) == text, "run `make config`"
    text = SCHEMA.read_text(encoding="utf-8")
    assert replace_block(text, "$defs", schema_text()) == text, "run `make config`"


def test_config_yaml_holds_the_declared_defaults():
    config = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    declared = {name: default_settings(system_module(name).SETTINGS) for name in SYSTEMS}
    assert config["systems"] == declared
    declared = {name: default_settings(feature_set(name).SETTINGS) for name in FEATURE_SETS}
    assert config["features"] == {name: settings for name, settings in declared.items() if settings}


def test_whose_choice_a_setting_is_stands_in_its_description():
    assert schema(setting(3, "Layers", OURS, type="integer", minimum=1)) == {
        "description": "Layers (ours)",
        "type": "integer",
        "minimum": 1,
        "default": 3,
    }
    assert schema(setting(3, "Layers", OPEN))["description"] == "Layers (open in the paper)"
    assert schema(setting(3, "Layers"))["description"] == "Layers"


def test_a_system_that_is_made_for_frames_hears_every_feature_set_of_frames(monkeypatch):
    known = {name: FEATURE_SETS[name] for name in ("egemaps", "lld", "log_mel", "modulation", "waveform")}
    monkeypatch.setattr("gagru.task.features.FEATURE_SETS", known)
    assert schema(setting("lld", "Feature set", rows="frame"))["enum"] == ["lld", "log_mel", "modulation"]
    assert schema(setting("egemaps", "Feature set", rows="utterance"))["enum"] == ["egemaps"]


def test_a_group_is_closed():
    found = schema(Group("Attention", {"size": setting(16, "Units", type="integer")}))
    assert found["additionalProperties"] is False
    assert found["properties"]["size"]["default"] == 16


def test_the_lines_of_config_yaml():
    long = "What this is, in so many words " + 9 * "and more " + "that they stand above"
    settings = {
        "lr": setting(2.0e-4, "Learning rate"),
        "again": setting(1.0, "Learning rate", OURS),
        "attention": Group("Attention", {"size": setting([1, 2], long, OPEN)}),
    }
    assert list(settings_lines(settings, "  ", set())) == [
        "  lr: 2.0e-4                          # Learning rate",
        "  again: 1.0                          # ours",
        "  attention:                          # Attention",
        f"    # open: {long[:106]}\n    # {long[107:]}\n    size: [1, 2]",
    ]


def test_only_what_is_marked_is_replaced():
    text = "a: 1\n# b, written by `make config`\nb: 2\n# end of b\nc: 3\n"
    assert replace_block(text, "b", "b: 4\n") == text.replace("b: 2", "b: 4")
