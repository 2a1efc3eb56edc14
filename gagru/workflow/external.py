"""Systems that were trained elsewhere: what the configuration says of them."""

import os

from gagru.task.errors import InputError, Problems
from gagru.task.systems import SYSTEMS

ABOUT = ("protocol", "printed")


def allow_external(schema: dict, config: dict) -> None:
    """Let the schema take the systems that are described under `external` for systems that can be run."""
    described = config.get("external")
    if isinstance(described, dict):
        names = [*SYSTEMS, *map(str, described)]
        schema["properties"]["run"]["properties"]["systems"]["items"] = {"enum": names}


def take_external(config: dict, problems: Problems) -> None:
    """Take the external systems out of `run.systems`, and keep under `external` those that are run.

    Each is then `printed`, `protocol`, and `predictions`: corpus -> path of the CSV file. What is wrong goes to
    `problems`.
    """
    asked, kept = config["run"]["systems"], {}
    for name, entry in config["external"].items():
        try:
            found = _check(name, entry, config)
        except InputError as error:
            problems.add(str(error))
        else:
            if name in asked:
                kept[name] = found
    config["external"] = {name: kept[name] for name in asked if name in kept}
    config["run"]["systems"] = [name for name in asked if name in SYSTEMS]


def _check(name: str, entry: dict, config: dict) -> dict:
    if name in SYSTEMS:
        raise InputError(f"external.{name}: a system of the workflow is called so; take another name")
    files = {corpus: path for corpus, path in entry.items() if corpus not in ABOUT}
    if unknown := [corpus for corpus in files if corpus not in config["corpora"]]:
        known = ", ".join(config["corpora"])
        raise InputError(f"external.{name}.{unknown[0]}: no corpus is called so; there are {known}")
    if name in config["run"]["systems"] and not set(files) & set(config["run"]["corpora"]):
        corpora = ", ".join(config["run"]["corpora"])
        raise InputError(f"external.{name}: has no predictions for a corpus that is run; name a CSV file for {corpora}")
    found = {}
    for corpus, path in files.items():
        found[corpus] = os.path.expandvars(os.path.expanduser(path))
        if not os.path.isfile(found[corpus]):
            raise InputError(f"external.{name}.{corpus}: there is no file {found[corpus]}; name the CSV of predictions")
        if set("{}") & set(found[corpus]):
            raise InputError(f"external.{name}.{corpus}: the path {found[corpus]} holds braces; rename the file")
    printed = entry.get("printed") or name
    return {"printed": f"{printed} (external)", "protocol": entry["protocol"], "predictions": found}
