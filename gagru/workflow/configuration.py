"""The configuration: checked against its schema before anything runs, then asked for what the rules need.

Imported by the Snakefile, so nothing here needs more than jsonschema, which Snakemake itself uses.
"""

import copy
import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import yaml

from gagru.corpora.registry import check_options, reader
from gagru.data.folds import check_protocol
from gagru.demo import plan as demo
from gagru.task.corpora import READERS, printed
from gagru.task.errors import InputError, Problems
from gagru.task.features import FEATURE_SETS, find_form, is_own
from gagru.task.systems import SYSTEMS
from gagru.workflow.complaints import complaints
from gagru.workflow.external import allow_external, take_external
from gagru.workflow.names import check_speakers, fault
from gagru.workflow.typed import typed
from gagru.workflow.written import Written, without_quotes

SCHEMA = Path(__file__).parents[2] / "config" / "schema.yaml"
DEFAULTS = Path(__file__).parents[2] / "config.yaml"
VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")


def check_configuration(config: dict, written: Written | None = None) -> dict:
    """A complete copy of `config`, or `InputError` that lists everything wrong with it.

    A top-level `NAME=PATH` (as `--config iemocap=/corpora/IEMOCAP` gives) sets the root of the corpus NAME;
    what a corpus leaves out gets the schema's default. Text is read as the type that the schema wants.

    written : where the settings come from, for messages and for paths that look like numbers
    """
    written = written or Written()
    config = copy.deepcopy(config)
    corpora = config.get("corpora")
    for name in corpora if isinstance(corpora, dict) else ():
        if name in config:
            root = written.roots.get(name, config.pop(name))
            if isinstance(corpora[name], dict):  # what is no mapping is for the schema to refuse
                corpora[name]["root"] = root
                written.move((name,), ("corpora", name, "root"))
    schema = _schema()
    check_registries(schema)
    allow_external(schema, config)
    config = typed(schema, schema, config)
    problems = Problems("The configuration cannot be used")
    for problem in dict.fromkeys([*written.problems, *complaints(schema, config, written)]):
        problems.add(problem)
    problems.raise_if_any()
    corpus_keys = schema["properties"]["corpora"]["additionalProperties"]["properties"]
    defaults = {key: entry["default"] for key, entry in corpus_keys.items()}
    config["corpora"] = {name: {**defaults, **corpus} for name, corpus in config["corpora"].items()}
    for unknown in _list_undescribed(config):
        problems.add(unknown)
    if config["run"]["missing"] == "skip" and not problems.found:
        config["run"]["skipped"] = _skip_missing(config)
    for name, corpus in config["corpora"].items():
        try:
            _check_corpus(name, corpus)
        except InputError as error:
            problems.add(str(error))
    take_external(config, problems)
    for name, system in _list_hearing_own(config):
        if not config["corpora"][name]["own_features"]:
            what = f"systems.{system}.features is `own`; say which folder holds the files"
            problems.add(f"corpora.{name}.own_features: {what}")
    problems.raise_if_any()
    return config


def _list_undescribed(config: dict) -> list[str]:
    """A line for each corpus that is asked for and not described."""
    known = ", ".join(config["corpora"])
    return [
        f"{block}.corpora: {name!r} is not described; describe it under `corpora:`, or name {known}"
        for block in ("run", "choices", "selection")
        for name in config[block]["corpora"]
        if name not in config["corpora"]
    ]


def _list_hearing_own(config: dict) -> list[tuple[str, str]]:
    """The corpora and systems of the run where the system hears the user's own features."""
    run = config["run"]
    pairs = [(name, system) for name in run["corpora"] for system in run["systems"]]
    pairs += [(name, system) for name in config["choices"]["corpora"] for system in config["choices"]["systems"]]
    described = [pair for pair in dict.fromkeys(pairs) if pair[0] in config["corpora"]]
    return [pair for pair in described if is_own(find_feature_set(config, *pair))]


def _skip_missing(config: dict) -> str:
    """Take the corpora to run that are not there out of the configuration, and name them with their places.

    Raises `InputError` where none is there.
    """
    asked = {name: find_root(name, config["corpora"][name]["root"]) for name in config["run"]["corpora"]}
    there = [name for name, root in asked.items() if root == "demo" or os.path.exists(root)]
    missing = {name: root for name, root in asked.items() if name not in there}
    named = ", ".join(f"{name} at {root}" for name, root in missing.items())
    if not there:
        raise InputError(
            f"run.corpora: none of the corpora is there. Say where one is, as in `--config {next(iter(asked))}="
            f"/path/to/it`, or put it where it was looked for: {named}"
        )
    config["corpora"] = {name: corpus for name, corpus in config["corpora"].items() if name not in missing}
    config["run"]["corpora"] = there
    return named


def _check_corpus(name: str, corpus: dict) -> None:
    """Put in the root's full path; `InputError` where the corpus cannot be run as its entry says."""
    if wrong := fault(name):
        raise InputError(f"corpora.{name}: the name {wrong}")
    corpus["root"] = find_root(name, corpus["root"])
    if corpus["own_features"]:
        corpus["own_features"] = find_root(name, corpus["own_features"])
        if not os.path.isdir(corpus["own_features"]):
            raise InputError(
                f"corpora.{name}.own_features: there is no folder {corpus['own_features']}; name the one that holds "
                "the utterances' .npy files"
            )
    if is_demo(corpus) and corpus["reader"] not in demo.SESSIONS:
        raise InputError(f"corpora.{name}: reader '{corpus['reader']}' has no demo corpus: give its `root`")
    if set("{}") & set(corpus["root"]):
        raise InputError(
            f"corpora.{name}: the path {corpus['root']} holds braces, which Snakemake takes for a wildcard: "
            "rename the folder, or give a link to it"
        )
    for other in READERS:
        if other != corpus["reader"] and corpus.get(other):
            raise InputError(
                f"corpora.{name}: `{other}` describes a corpus for the reader '{other}', and its reader is "
                f"'{corpus['reader']}'; write `reader: {other}`, or leave `{other}` out"
            )
    try:
        reader(corpus["reader"], find_reader_options(corpus))
    except InputError as error:
        raise InputError(f"corpora.{name}: {error}") from error
    check_options(name, corpus["reader"], corpus["part"], corpus["speaker_rule"])
    found = list_sessions(corpus)
    check_speakers(name, found)
    check_protocol(name, found, corpus["validation"])


def read_written(files: Sequence[Path], arguments: Sequence[str] = (), command: Sequence[str] = ()) -> Written:
    """What settings files, the words after `--config` and the whole command line say; `InputError` for no file.

    Of several files the later ones win, and over them `arguments`.
    """
    written = Written()
    for path in files:
        try:
            written.read_file(path)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or f"not UTF-8 text, {error.reason}"
            raise InputError(f"{path}: cannot be read ({reason}); correct the file after `--configfile`") from error
    written.read_arguments(arguments, _schema()["properties"])
    written.read_command(command)
    return written


def read_configuration(settings: Sequence[Path], arguments: Sequence[str] = ()) -> dict:
    """The checked configuration of a run with these settings, on top of config.yaml, as Snakemake merges them.

    settings, arguments : what is given to `--configfile` and to `--config`

    Raises `InputError` for a file that cannot be read, and for whatever `check_configuration` refuses.
    """
    for argument in arguments:
        if "=" not in argument:
            raise InputError(f"--config {argument}: is not KEY=VALUE; write it like emodb=/path/to/emodb")
    config, written = {}, read_written([DEFAULTS, *settings], arguments)
    for path in [DEFAULTS, *settings]:
        try:
            merge(config, yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {})
        except (yaml.YAMLError, AttributeError) as error:
            raise InputError(f"{path}: is not YAML of settings ({error}); correct it") from error
    for name, _, text in (argument.partition("=") for argument in arguments):
        with suppress(yaml.YAMLError):  # which `written` tells of
            merge(config, {name: yaml.load(without_quotes(text), Loader=yaml.BaseLoader)})  # all text, as Snakemake
    return check_configuration(config, written)


def _schema() -> dict:
    return yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))


def find_root(name: str, path: str) -> str:
    """The corpus's path with `~` and environment variables put in, unless something lies at the path as it is.

    Raises `InputError` that names a user or a variable that there is not.
    """
    if os.path.exists(path):
        return path
    for variable in ("".join(names) for names in VARIABLE.findall(path)):
        if not os.environ.get(variable):
            raise InputError(f"corpora.{name}: the path {path} names the environment variable {variable}: set it")
    found = os.path.expanduser(os.path.expandvars(path))
    if found.startswith("~"):
        raise InputError(f"corpora.{name}: the path {path} names a user that there is not: write it in full")
    return found


def check_registries(schema: dict) -> None:
    """Raise `InputError` where a registry has other members than the schema was written for."""
    for name, registry in (("system", SYSTEMS), ("reader", READERS), ("feature_set", FEATURE_SETS)):
        written = schema["$defs"][name]["enum"]
        if different := sorted(registry.keys() ^ set(written)):
            raise InputError(
                f"config/schema.yaml was not written for the {registry.kind} {different[0]!r}: run `make config`"
            )


def is_demo(corpus: dict) -> bool:
    """Whether a corpus's entry asks for the synthesised stand-in."""
    return corpus["root"] == "demo"


def list_sessions(corpus: dict) -> dict[str, str | None]:
    """Every speaker of a corpus's entry, in order -> its session, known without reading audio."""
    if is_demo(corpus):
        found = demo.SESSIONS[corpus["reader"]]
    else:
        found = _read_sessions(corpus["reader"], corpus["root"], find_reader_options(corpus))
    if corpus["speakers"] is None:
        return dict(found)
    return {speaker: found.get(speaker) for speaker in corpus["speakers"]}


@cache
def _read_sessions(name: str, root: str, options: str) -> dict[str, str | None]:
    """What a reader says of the corpus at `root`, read once."""
    return reader(name, options).sessions(Path(root))


def find_reader_options(corpus: dict) -> str:
    """JSON of what a corpus's entry says under its reader's name, for a reader that takes options; else nothing."""
    name = corpus["reader"]
    return json.dumps(corpus[name] or {}, sort_keys=True) if name in corpus else ""


def find_settings(config: dict, corpus: str, system: str) -> dict:
    """The settings of `system` on `corpus`: of `systems`, and for a demo corpus of `demo.systems` on top."""
    chosen = copy.deepcopy(config["systems"][system])
    if is_demo(config["corpora"][corpus]):
        merge(chosen, config["demo"]["systems"].get(system, {}))
    return chosen


def find_feature_set(config: dict, corpus: str, system: str) -> str:
    """The feature set that `system` hears on `corpus`."""
    return find_form(find_settings(config, corpus, system)["features"], SYSTEMS[system].hears)


def merge(into: dict, changes: dict) -> None:
    """Put `changes` into `into`: mappings merge, anything else replaces."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def list_seeds(config: dict, system: str) -> list[int]:
    """The seeds that `system` runs for: all of them, but for a system without random draws the first only."""
    return config["run"]["seeds"] if SYSTEMS[system].network else config["run"]["seeds"][:1]


def write_note(config: dict, corpora: list[str]) -> str:
    """What must stand on the face of anything made from `corpora`; empty where there is nothing to warn of."""
    sentences = []
    if synthetic := [name for name in corpora if is_demo(config["corpora"][name])]:
        sentences.append(f"Synthetic demo speech (espeak-ng) in place of {printed(*synthetic)}, small demo settings.")
    if oracle := [name for name in corpora if config["corpora"][name]["validation"] == "oracle"]:
        sentences.append(f"Oracle validation on {printed(*oracle)}: training stopped by looking at the test fold.")
    if chosen := [name for name in oracle if name in config["selection"]["corpora"]]:
        sentences.append(f"What is selected on {printed(*chosen)} was chosen by the test fold as well.")
    return " ".join(sentences)
