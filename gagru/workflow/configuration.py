"""The configuration: checked against its schema before anything runs, then asked for what the rules need.

Imported by the Snakefile, so nothing here needs more than jsonschema, which Snakemake itself uses.
"""

import copy
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from gagru.corpora.registry import check_options, reader
from gagru.data.folds import check_protocol
from gagru.demo import plan as demo
from gagru.task.corpora import printed
from gagru.task.errors import InputError, Problems
from gagru.task.systems import SYSTEMS

SCHEMA = Path(__file__).parents[2] / "config" / "schema.yaml"
DEFAULTS = Path(__file__).parents[2] / "config.yaml"
REMEDIES = {
    "additionalProperties": "check its spelling against config/schema.yaml",
    "enum": "choose one of these",
    "type": "YAML reads 1e-3 as text: write 1.0e-3",
}


def check_configuration(config: dict) -> dict:
    """A complete copy of `config`, or `InputError` that lists everything wrong with it.

    A top-level `NAME=PATH` (as `--config iemocap=/corpora/IEMOCAP` gives) sets the root of the corpus NAME;
    what a corpus leaves out gets the schema's default.
    """
    config = copy.deepcopy(config)
    corpora = config.get("corpora")
    for name in corpora if isinstance(corpora, dict) else ():
        root = config.pop(name, None)
        if root is not None and isinstance(corpora[name], dict):  # what is no mapping is for the schema to refuse
            corpora[name]["root"] = str(root)
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    problems = Problems("The configuration cannot be used")
    errors = Draft202012Validator(schema).iter_errors(config)
    for error in sorted(errors, key=lambda error: [str(step) for step in error.absolute_path]):
        problems.add(describe(error))
    problems.raise_if_any()
    corpus_keys = schema["properties"]["corpora"]["additionalProperties"]["properties"]
    defaults = {key: entry["default"] for key, entry in corpus_keys.items()}
    config["corpora"] = {name: {**defaults, **corpus} for name, corpus in config["corpora"].items()}
    for block in ("run", "choices"):
        for name in config[block]["corpora"]:
            if name not in config["corpora"]:
                described = ", ".join(config["corpora"])
                problems.add(f"{block}.corpora: {name!r} is not described in `corpora`: {described} are")
    for name, corpus in config["corpora"].items():
        if corpus["root"] == "demo" and corpus["reader"] not in demo.SESSIONS:
            problems.add(f"corpora.{name}: reader '{corpus['reader']}' has no demo corpus: give its `root`")
        elif set("{}") & set(corpus["root"]):
            problems.add(
                f"corpora.{name}: the path {corpus['root']} holds braces, which Snakemake takes for a wildcard: "
                "rename the folder, or give a link to it"
            )
        else:
            try:
                check_options(name, corpus["reader"], corpus["part"], corpus["speaker_rule"])
                check_protocol(name, sessions(corpus), corpus["validation"])
            except InputError as error:
                problems.add(str(error))
    problems.raise_if_any()
    return config


def read_configuration(settings: list[Path]) -> dict:
    """The checked configuration of a run with these settings files, on top of config.yaml, as Snakemake merges them.

    Raises `InputError` for a file that cannot be read, and for whatever `check_configuration` refuses.
    """
    config = {}
    for path in [DEFAULTS, *settings]:
        try:
            merge(config, yaml.safe_load(path.read_text(encoding="utf-8")) or {})
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); correct `--configfile`") from error
        except (yaml.YAMLError, UnicodeDecodeError, AttributeError) as error:
            raise InputError(f"{path}: is not YAML of settings ({error}); correct it") from error
    return check_configuration(config)


def describe(error) -> str:
    """One of jsonschema's errors as `key: what is wrong; what to do`."""
    key = ".".join(str(step) for step in error.absolute_path) or "top level"
    remedy = REMEDIES.get(error.validator)
    looks_numeric = isinstance(error.instance, str) and error.instance[:1].isdigit()
    if error.validator == "type" and not looks_numeric:
        remedy = None
    return f"{key}: {error.message}" + (f"; {remedy}" if remedy else "")


def is_demo(corpus: dict) -> bool:
    """Whether a corpus's entry asks for the synthesised stand-in."""
    return corpus["root"] == "demo"


def sessions(corpus: dict) -> dict[str, str | None]:
    """Every speaker of a corpus's entry, in order -> its session, known without reading audio."""
    if is_demo(corpus):
        found = demo.SESSIONS[corpus["reader"]]
    else:
        found = reader(corpus["reader"]).sessions(Path(corpus["root"]))
    if corpus["speakers"] is None:
        return dict(found)
    return {speaker: found.get(speaker) for speaker in corpus["speakers"]}


def settings(config: dict, corpus: str, system: str) -> dict:
    """The settings of `system` on `corpus`: of `systems`, and for a demo corpus of `demo.systems` on top."""
    chosen = copy.deepcopy(config["systems"][system])
    if is_demo(config["corpora"][corpus]):
        merge(chosen, config["demo"]["systems"].get(system, {}))
    return chosen


def merge(into: dict, changes: dict) -> None:
    """Put `changes` into `into`: mappings merge, anything else replaces."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def seeds(config: dict, system: str) -> list[int]:
    """The seeds that `system` runs for: all of them, but for a system without random draws the first only."""
    return config["run"]["seeds"] if SYSTEMS[system].network else config["run"]["seeds"][:1]


def note(config: dict, corpora: list[str]) -> str:
    """What must stand on the face of anything made from `corpora`; empty where there is nothing to warn of."""
    sentences = []
    if synthetic := [name for name in corpora if is_demo(config["corpora"][name])]:
        sentences.append(f"Synthetic demo speech (espeak-ng) in place of {printed(*synthetic)}, small demo settings.")
    if oracle := [name for name in corpora if config["corpora"][name]["validation"] == "oracle"]:
        sentences.append(f"Oracle validation on {printed(*oracle)}: training stopped by looking at the test fold.")
    return " ".join(sentences)
