"""What is written from the settings that systems and feature sets declare, and from the registries: `make config`.

The blocks `features`, `systems` and `grid` (of `selection`) in config.yaml, and `$defs` of config/schema.yaml. A block
stands between two lines that say so; what is written beside them stays. `tools.configuration_page` writes
config/README.md from the schema.
"""

import json
import re
import textwrap
from collections.abc import Iterator

import yaml

from gagru.corpora.registry import ACTOR, ALL, reader
from gagru.features.registry import feature_set
from gagru.storage.files import write_text
from gagru.systems.loading import system_module
from gagru.task.corpora import READERS
from gagru.task.features import FEATURE_SETS, list_heard
from gagru.task.settings import OPEN, OURS, PAPER, Group, Setting, Settings
from gagru.task.systems import SYSTEMS
from gagru.workflow.configuration import DEFAULTS, SCHEMA
from gagru.workflow.program import run

MODULES = {
    "features": {name: feature_set(name) for name in FEATURE_SETS},
    "systems": {name: system_module(name) for name in SYSTEMS},
}
WHOSE = {PAPER: "", OPEN: " (open in the paper)", OURS: " (ours)"}
WIDTH = 120
COLUMN = 38  # of the comments in config.yaml


def definitions() -> dict:
    """`$defs` of the schema: the names in the registries, and the settings of every feature set and system."""
    readers = [reader(name) for name in READERS]
    named = {
        "system": [*SYSTEMS],
        "feature_set": [*FEATURE_SETS],
        "reader": [*READERS],
        "part": [ALL, *dict.fromkeys(part for module in readers for part in getattr(module, "PARTS", ()))],
        "speaker_rule": [ACTOR, *dict.fromkeys(r for module in readers for r in getattr(module, "SPEAKER_RULES", ()))],
    }
    blocks = {
        block: _object({n: _block(m) for n, m in found.items() if m.SETTINGS}) for block, found in MODULES.items()
    }
    grid = {"description": "Values tried of the settings of each system", **_object(_grids()), "default": {}}
    return {name: {"enum": names} for name, names in named.items()} | blocks | {"grid": grid}


def _grids() -> dict:
    """The schema of what `selection` tries of each system."""
    grids = {}
    for name, settings in list_grids().items():
        tried = {
            one: {
                "description": f"Values tried of `systems.{name}.{one}`",
                **{"type": "array", "items": declared.schema, "minItems": 1, "uniqueItems": True},
                "default": [*declared.grid],
            }
            for one, declared in settings.items()
        }
        grids[name] = {"description": f"Values tried of the settings of {name}", **_object(tried), "default": {}}
    return grids


def list_grids() -> dict[str, dict[str, Setting]]:
    """The settings of each system that `selection` tries values of."""
    declared = {name: module.SETTINGS for name, module in MODULES["systems"].items()}
    return {
        name: {one: setting for one, setting in settings.items() if isinstance(setting, Setting) and setting.grid}
        for name, settings in declared.items()
    }


def _block(module) -> dict:
    first = module.__doc__.split("\n\n")[0]
    return {
        "description": " ".join(first.split()).removesuffix("."),
        **_object(_schemas(module.SETTINGS)),
        "default": {},
    }


def _schemas(settings: Settings) -> dict:
    return {name: schema(one) for name, one in settings.items()}


def _object(properties: dict) -> dict:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def schema(one: Setting | Group) -> dict:
    """The JSON Schema of a setting, or of a group of them."""
    if isinstance(one, Group):
        return {"description": one.meaning, **_object(_schemas(one.settings)), "default": {}}
    constraints = dict(one.schema)
    if rows := constraints.pop("rows", None):
        constraints = {"enum": list_heard(rows)}
    return {"description": one.meaning + WHOSE[one.whose], **constraints, "default": one.default}


def schema_text() -> str:
    """`$defs` as YAML."""
    plain = json.loads(json.dumps({"$defs": definitions()}))  # nothing that occurs twice is written as an alias
    return yaml.safe_dump(plain, default_flow_style=None, sort_keys=False, allow_unicode=True, width=WIDTH)


def defaults_text(block: str) -> str:
    """A block of config.yaml: every setting with its default and, where it is met first, its meaning."""
    said: set[str] = set()
    lines = [f"{block}:"]
    for name, module in MODULES[block].items():
        if module.SETTINGS:
            lines += [f"  {name}:", *settings_lines(module.SETTINGS, "    ", said)]
    return "\n".join(lines) + "\n"


def grid_text() -> str:
    """The block `grid` of `selection` in config.yaml: the values that each system declares."""
    lines = ["  grid:"]
    for name, settings in list_grids().items():
        tried = (f"{one}: [{', '.join(map(yaml_text, setting.grid))}]" for one, setting in settings.items())
        lines.append(f"    {name}: {{{', '.join(tried)}}}")
    return "\n".join(lines) + "\n"


def settings_lines(settings: Settings, indent: str, said: set[str]) -> Iterator[str]:
    for name, one in settings.items():
        if isinstance(one, Group):
            yield _commented(f"{indent}{name}:", indent, one.meaning if one.meaning not in said else "")
            said.add(one.meaning)
            yield from settings_lines(one.settings, f"{indent}  ", said)
        else:
            words = [one.whose] * (one.whose != PAPER) + [one.meaning] * (one.meaning not in said)
            said.add(one.meaning)
            yield _commented(f"{indent}{name}: {yaml_text(one.default)}", indent, ": ".join(words))


def _commented(line: str, indent: str, comment: str) -> str:
    """A line with its comment; one that is too long for that has it above."""
    if not comment:
        return line
    beside = f"{line:<{COLUMN}}# {comment}"
    if len(beside) <= WIDTH and len(line) < COLUMN:
        return beside
    above = textwrap.wrap(comment, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
    return "\n".join([*above, line])


def yaml_text(value) -> str:
    """A value as YAML on one line, small numbers as `2.0e-4`."""
    if isinstance(value, float) and 0 < abs(value) < 0.01:
        return re.sub(r"e-0?", "e-", f"{value:.1e}")
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000).removesuffix("...\n").strip()


def replace_block(text: str, name: str, block: str) -> str:
    """`text` with `block` between the two lines that mark the block called `name`."""
    begin, end = f"# {name}, written by `make config`\n", f"# end of {name}\n"
    before, rest = text.split(begin)
    return before + begin + block + end + rest.split(end)[1]


def main() -> None:
    text = DEFAULTS.read_text(encoding="utf-8")
    for block in MODULES:
        text = replace_block(text, block, defaults_text(block))
    write_text(DEFAULTS, replace_block(text, "grid", grid_text()))
    write_text(SCHEMA, replace_block(SCHEMA.read_text(encoding="utf-8"), "$defs", schema_text()))


if __name__ == "__main__":
    run(main)
