"""`config/README.md`, the page of every key of the configuration, from the schema: `make config`.

The Snakemake workflow catalogue shows that page.
"""

from collections.abc import Iterator

import pandas as pd
import yaml

from gagru.storage.files import write_text
from gagru.storage.tables import to_markdown
from gagru.workflow.configuration import SCHEMA
from gagru.workflow.program import run
from gagru.workflow.typed import resolved

PAGE = SCHEMA.with_name("README.md")
HEAD = """\
# Configuration

Written from `config/schema.yaml` by `make config`.

## How to configure

`config.yaml` holds the defaults: the paper's settings, on the synthetic demo corpora. Leave it as it is. Put what you
change, and only that, into a file of your own, here `mine.yaml`:

```yaml
run:
  corpora: [iemocap]
  seeds: [0, 1, 2]
corpora:
  iemocap: {root: /path/to/IEMOCAP_full_release}
```

```sh
.venv/bin/snakemake --cores 8 --configfile mine.yaml
```

- Mappings merge, lists replace. Of several files after `--configfile` the later ones win.
- `--config iemocap=/path/to/IEMOCAP_full_release` sets the `root` of a corpus that `corpora` describes. Write blocks in
  quotes: `--config 'run={seeds: [0, 1]}' 'check={fail: true}'`. Name all after one `--config`.
- A value is read as the type that its key wants: `1e-3` is a number, and `emodb=2024_08` a folder of that name. In a
  file quote text that YAML takes for something else: `speakers: ["03", "08"]`, `corpora: ["no"]`.
- Everything is checked before anything runs. An unknown key or a value that is not allowed stops the run with its name.
- A changed setting re-runs what depends on it, and nothing else.

| file | holds |
| --- | --- |
| `config/paper.yaml` | the paper's experiment, on the two licensed corpora |
| `config/emodb.yaml` | EMO-DB |
| `config/open.yaml` | the open corpora that you have, of seven |
| `config/demo_full.yaml` | the demo with the open choices |

For a corpus of your own, name its manifest, a CSV file, in `corpora`, as [docs/corpora.md](../docs/corpora.md) shows.

Every key follows, as `block.key`; `NAME` stands for the name of a corpus. *Open in the paper* means that the paper
leaves a choice open. *Ours* means that the paper gives no value, and we chose one.
"""
# JSON Schema's types in words. An object without keys of its own is described by those of its members.
TYPES = {
    "array": "list",
    "boolean": "`true` or `false`",
    "integer": "integer",
    "null": "`null`",
    "number": "number",
    "object": "mapping",
    "string": "text",
}
COLUMNS = ["key", "meaning", "value", "default"]
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}


def page(schema: dict) -> str:
    """The page, in Markdown, of a schema of the form of config/schema.yaml."""
    blocks = [HEAD]
    shared = {block["$ref"]: name for name, block in schema["properties"].items() if "$ref" in block}
    for name, block in schema["properties"].items():
        block = resolved(schema, block)
        whole = f" Default: {default(block)}." if block.get("default") else ""
        rows = list(keys(schema, block, name, shared))
        blocks += [
            f"## `{name}`\n",
            f"{block['description']}.{whole}\n",
            to_markdown(pd.DataFrame(rows, columns=COLUMNS)),
        ]
    return "\n".join(blocks)


def keys(schema: dict, parent: dict, path: str, shared: dict[str, str]) -> Iterator[list[str]]:
    """A row for every key below `parent`, whose own name is `path`: key, meaning, allowed values, default.

    shared : what blocks of the top level refer to -> the block's name; a key that refers to it too has its keys
    """
    children = dict(parent.get("properties", {}))
    if isinstance(parent.get("additionalProperties"), dict):
        children["NAME"] = parent["additionalProperties"]
    for name, child in children.items():
        same = shared.get(child.get("$ref"))
        child = resolved(schema, child)
        key, meaning = f"{path}.{name}", child.get("description", "")
        if same:
            yield [f"`{key}`", meaning, f"as `{same}`", "see `config.yaml`"]
        elif inner := list(keys(schema, child, key, shared)):
            yield from [[f"**`{key}`**", f"**{meaning}**", "", ""]] if meaning else []
            yield from inner
        else:
            required = name in parent.get("required", [])
            yield [f"`{key}`", meaning, allowed(schema, child), "required" if required else default(child)]


def allowed(schema: dict, part: dict) -> str:
    """The values that a part of the schema allows, in words."""
    part = resolved(schema, part)
    if "enum" in part:
        return ", ".join(f"`{yaml_text(value)}`" for value in part["enum"])
    if alternatives := part.get("oneOf", part.get("anyOf")):
        return " or ".join(allowed(schema, alternative) for alternative in alternatives)
    types = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return " or ".join(words(schema, part, kind) for kind in sorted(types, key=lambda kind: kind != "null"))


def words(schema: dict, part: dict, kind: str) -> str:
    """What a part of the schema allows of one type."""
    said = TYPES[kind]
    if kind in ("integer", "number"):
        bounds = [f"{word} {yaml_text(part[key])}" for key, word in BOUNDS.items() if key in part]
        return ", ".join([said, *bounds])
    if kind == "array":
        least, most = part.get("minItems", 0), part.get("maxItems")
        count = f" of {least}" if least == most else f" of at least {least}" if least > 1 else ""
        return f"{said}{count}: {allowed(schema, part['items'])}"
    if kind == "object" and "properties" in part:
        members = (f"`{name}` ({allowed(schema, member)})" for name, member in part["properties"].items())
        return f"{said}: {', '.join(members)}"
    return said


def default(part: dict) -> str:
    """The default, as YAML."""
    return f"`{yaml_text(part['default'])}`" if "default" in part else ""


def yaml_text(value) -> str:
    """A value as YAML on one line."""
    return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000).removesuffix("...\n").strip()


def main() -> None:
    write_text(PAGE, page(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    run(main)
