"""Text read as the type that the schema wants, where that can mean one thing only."""

import re

WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
NOTHING = ("", "~", "null")


def resolved(schema: dict, part: dict) -> dict:
    """A part of the schema with what its `$ref` names; keys beside the `$ref` hold too."""
    if "$ref" not in part:
        return part
    target = schema
    for step in part["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return {**resolved(schema, target), **part}


def types(part: dict) -> list[str]:
    """The types that a part of the schema allows, `[]` where it names none."""
    found = part.get("type", [])
    return found if isinstance(found, list) else [found]


def typed(schema: dict, part: dict, value):
    """`value` with every text in it read as `part` of the schema wants it; what cannot be read so is left as it is.

    >>> typed({}, {"type": "number"}, "1e-3")
    0.001
    >>> typed({}, {"type": "array", "items": {"type": "integer"}}, ["0", 2.0, "08"])
    [0, 2, '08']
    """
    part = resolved(schema, part)
    if isinstance(value, dict):
        others = part.get("additionalProperties")
        rest = others if isinstance(others, dict) else {}
        return {name: typed(schema, part.get("properties", {}).get(name, rest), item) for name, item in value.items()}
    if isinstance(value, list):
        return [typed(schema, part.get("items", {}), item) for item in value]
    if isinstance(value, float) and "integer" in types(part) and value.is_integer():
        return int(value)
    return _read(value, part) if isinstance(value, str) else value


def _read(text: str, part: dict):
    wanted = types(part)
    if "string" in wanted or text in part.get("enum", []):
        return text
    if text in NOTHING and (wanted or None in part.get("enum", [])):
        return None
    if "integer" in wanted and WHOLE.fullmatch(text):
        return int(text)
    if {"integer", "number"} & set(wanted) and NUMBER.fullmatch(text) and not re.match(r"[-+]?0[0-9]", text):
        number = float(text)
        return number if "number" in wanted else int(number) if number.is_integer() else text
    return TRUTH.get(text.lower(), text) if "boolean" in wanted else text
