import re

import pytest
import yaml

from gagru.workflow.configuration import SCHEMA
from gagru.workflow.sources import ROOT
from tools.configuration_page import PAGE, allowed, page

DEFAULTS = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
SMALL = """
properties:
  search:
    description: What is tried
    default: {}
    additionalProperties: false
    properties:
      part: {description: What part, type: [string, "null"], default: null}
      grid:
        description: Values a setting
        type: object
        additionalProperties: {type: array, items: {type: number}}
        default: {}
  copy:
    description: A block that another repeats
    $ref: "#/$defs/block"
  small:
    description: Small settings
    properties:
      copy: {description: In place of those, $ref: "#/$defs/block"}
$defs:
  block:
    properties:
      lr: {description: Rate, type: number, exclusiveMinimum: 0, default: 1.0e-15}
"""


def rows(text):
    """Key -> meaning, value and default of every line of the tables of keys."""
    lines = re.findall(r"^\| `([\w.]+)` +\| (.*?) +\| (.*?) +\| (.*?) +\|$", text, re.MULTILINE)
    assert len({line[0] for line in lines}) == len(lines)
    return {key: rest for key, *rest in lines}


def leaves(config, path=()):
    for name, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))
        else:
            yield ".".join((*path, name)), value


def test_the_page_is_that_of_the_schema():
    written = page(yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))
    assert PAGE.read_text(encoding="utf-8") == written, "run `make config`"


def test_every_key_of_config_yaml_stands_there_with_its_default():
    found = rows(PAGE.read_text(encoding="utf-8"))
    blocks = {name: block for name, block in DEFAULTS.items() if name not in ("corpora", "demo")}
    for key, value in leaves(blocks):
        meaning, values, default = found[key]
        assert len(meaning) > 10
        assert values
        assert yaml.safe_load(default.strip("`")) == value
    assert {key.split(".")[0] for key in found} == set(DEFAULTS)


def test_the_keys_of_a_corpus():
    found = rows(PAGE.read_text(encoding="utf-8"))
    assert found["corpora.NAME.root"][2] == "required"
    assert found["corpora.NAME.validation"][1:] == ["`partner`, `rotate`, `random`, `oracle`", "`partner`"]
    assert found["corpora.NAME.speakers"][1:] == ["`null` or list of at least 2: text", "`null`"]


def test_keys_of_any_form_are_described():
    found = rows(page(yaml.safe_load(SMALL)))
    assert found == {
        "search.part": ["What part", "`null` or text", "`null`"],
        "search.grid.NAME": ["", "list: number", ""],
        "copy.lr": ["Rate", "number, above 0", "`1.0e-15`"],
        "small.copy": ["In place of those", "as `copy`", "see `config.yaml`"],
    }


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("{enum: [balanced, null]}", "`balanced`, `null`"),
        ("{type: boolean}", "`true` or `false`"),
        ("{type: integer, minimum: 1, maximum: 8}", "integer, at least 1, at most 8"),
        ("{type: number, exclusiveMinimum: 0, exclusiveMaximum: 1}", "number, above 0, below 1"),
        ("{type: array, items: {type: integer}, minItems: 2, maxItems: 2}", "list of 2: integer"),
        (
            "{type: array, items: {type: object, properties: {a: {type: string}, b: {enum: [x]}}}}",
            "list: mapping: `a` (text), `b` (`x`)",
        ),
        ("{anyOf: [{type: integer}, {enum: [all]}]}", "integer or `all`"),
    ],
)
def test_what_is_allowed_in_words(part, expected):
    assert allowed({}, yaml.safe_load(part)) == expected
