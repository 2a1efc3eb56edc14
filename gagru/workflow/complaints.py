"""What is wrong with a configuration, in words: the key, where it was written, the cause, and what to write instead."""

import difflib
import math
from collections.abc import Iterator

from jsonschema import Draft202012Validator, ValidationError

from gagru.workflow.typed import types
from gagru.workflow.written import Key, Written

WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
    "null": "null",
}
REMEDIES = {
    "minItems": "name more",
    "minLength": "write it",
    "maxLength": "shorten it to 100 letters",
    "uniqueItems": "name each once",
    "required": "add it",
}
BOUNDS = {
    "minimum": "{} or more",
    "exclusiveMinimum": "more than {}",
    "maximum": "{} or less",
    "exclusiveMaximum": "less than {}",
}


def complaints(schema: dict, config: dict, written: Written) -> list[str]:
    """What the schema does not allow in `config`, and numbers that are not what they look like, each as one text."""
    errors = sorted(Draft202012Validator(schema).iter_errors(config), key=_key)
    errors = [error for error in errors if _key(error) not in written.unread]
    found = [describe(error, written) for error in errors]
    for key in sorted(written.odd - {_key(error) for error in errors}):
        what = f"YAML reads {written.plain[key]} as a number in base 8 or 60; write it without the 0 or the colon"
        found.append(_say(key, written, what))
    infinite = (key for key, value in _leaves(config) if isinstance(value, float) and not math.isfinite(value))
    return found + [_say(key, written, "not a finite number; write one") for key in infinite]


def describe(error: ValidationError, written: Written) -> str:
    """One of jsonschema's errors as `key (file:line): what is wrong; what to write`."""
    key, value, kind = _key(error), error.instance, error.validator
    place = key
    if value is None and kind in ("type", "enum"):
        what = f"nothing is given; write {_wanted(error.schema)}, or leave the key out"
    elif kind == "type":
        what = _of_another_type(error, written)
    elif kind == "additionalProperties":
        what = _unknown_keys(error, written)
        place = next((*key, name) for name in value if name not in error.schema.get("properties", {}))
    elif kind == "enum":
        what = f"{error.message}; {_nearest(str(value), map(str, error.validator_value)) or 'choose one of these'}"
    elif kind == "not":
        what = f"{value!r} is a name that the workflow itself uses; take another"
    elif kind == "pattern":
        what = f"{value!r} must consist of {error.schema['$comment']}"
    elif kind in ("maximum", "exclusiveMaximum") and 1 < value <= 100 and error.validator_value <= 1:
        what = f"{error.message}; write a share of 1, for {value:g} % {value / 100:g}"
    elif kind in BOUNDS:
        what = f"{error.message}; write {BOUNDS[kind].format(error.validator_value)}"
    else:
        what = f"{error.message}; {REMEDIES[kind]}" if kind in REMEDIES else error.message
    return _say(key, written, what, place)


def _of_another_type(error: ValidationError, written: Written) -> str:
    """A value of one type where another is wanted, and how to write that."""
    key, value, wanted = _key(error), error.instance, types(error.schema)
    text = written.plain.get(key, str(value))
    if "string" in wanted and not isinstance(value, (dict, list)):
        kind = {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "a date")
        return f'YAML reads {text} as {kind}, and this is text; quote it: "{text}"'
    what = f"{text!r} is not {_wanted(error.schema)}"
    if "array" in wanted and not isinstance(value, dict):
        return f"{what}; write [{text}]"
    if "object" in wanted and isinstance(value, str):
        example = f"root: {text}" if key[0] == "corpora" and len(key) == 2 else "key: value"
        return f"{what}; write {{{example}}}, with a space after each colon"
    examples = {"boolean": "true or false", "integer": "digits, as in 10", "number": "digits and a point, as in 0.001"}
    return f"{what}; write {examples.get(wanted[0], _wanted(error.schema))}"


def _unknown_keys(error: ValidationError, written: Written) -> str:
    """Keys that the schema does not know, and what they may have been meant to be."""
    known = error.schema.get("properties", {})
    remedies = []
    for name in sorted(error.instance.keys() - known.keys()):
        if not error.absolute_path and name in written.roots:
            remedies.append(
                f"no corpus `{name}` is described; describe it under `corpora:` in a file and name that after "
                "`--configfile`, as config/emodb.yaml for EMO-DB"
            )
        elif ":" in name:
            remedies.append(f"write a space after the colon of `{name}`")
        else:
            remedies.append(_nearest(name, known))
    remedies = [remedy for remedy in dict.fromkeys(remedies) if remedy]
    return "; ".join([error.message, *(remedies or ["check its spelling against config/schema.yaml"])])


def _wanted(part: dict) -> str:
    """What a part of the schema wants, in words."""
    if "enum" in part:
        return f"one of {', '.join(map(str, part['enum']))}"
    return " or ".join(WORDS[kind] for kind in types(part))


def _nearest(name: str, known) -> str | None:
    """The remedy for a word that is nearly a known one; None where there is no such one."""
    folded = {word.lower(): word for word in known}
    near = difflib.get_close_matches(name.lower(), folded, 1, 0.7)
    return f"write {folded[near[0]]}" if near else None


def _say(key: Key, written: Written, what: str, place: Key | None = None) -> str:
    """A message on `key`, with the place of another key, where that is the one to look for."""
    where = written.places.get(place or key)
    return f"{'.'.join(key) or 'top level'}{f' ({where})' if where else ''}: {what}"


def _key(error: ValidationError) -> Key:
    return tuple(str(step) for step in error.absolute_path)


def _leaves(value, key: Key = ()) -> Iterator[tuple[Key, object]]:
    """Every value that is no list and no mapping, with its key."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from _leaves(item, (*key, str(step)))
    if not isinstance(value, (dict, list)):
        yield key, value
