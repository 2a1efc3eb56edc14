"""Which of several trainings of a fold is kept, by what they get right of its validation part, and nothing else.

Each candidate is a system with settings of its own. Every system has the same number of them (Dodge et al.: Show your
work: improved reporting of experimental results, EMNLP 2019).
"""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

from gagru.storage.files import REMEDY, read_checked_json, whole
from gagru.task.errors import InputError

RULE = "highest validation UA, of equal ones the lowest validation loss, of equal ones the first"
FILES = ("predictions.parquet", "history.csv", "model.safetensors", "model.json", "provenance.json")


def choose_candidate(candidates: Sequence[dict], histories: Sequence, refit: bool) -> dict:
    """What `selection.json` holds: every candidate with the result of its best epoch, and which is chosen.

    candidates : the settings that differ between them, by name, the configured ones first
    histories : the file `history.csv` of each; no other file of a training is looked at
    refit : whether the chosen one is trained once more, on the validation part too
    """
    tried = [{"settings": c, **read_best_epoch(h)} for c, h in zip(candidates, histories, strict=True)]
    chosen = max(range(len(tried)), key=lambda number: (*_rate(tried[number]), -number))
    return {"rule": RULE, "budget": len(tried), "refit": refit, "chosen": chosen, "candidates": tried}


def read_best_epoch(path) -> dict:
    """The best epoch of a `history.csv`: epoch, validation_ua, validation_loss (None for a system without).

    Raises `InputError` where the file is damaged, or nothing was validated.
    """
    try:
        with open(path, encoding="utf-8", newline="") as file:
            (row,) = (row for row in csv.DictReader(file) if row["best"] == "1")
        loss = float(row["validation_loss"]) if row["validation_loss"] else None
        return {"epoch": int(row["epoch"]), "validation_ua": float(row["validation_ua"]), "validation_loss": loss}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: has no best epoch with a validation result; {REMEDY}") from error


def read_selection(path) -> dict:
    """What `selection.json` holds; `InputError` where it is missing, damaged or was altered."""
    return read_checked_json(path)


def copy_chosen(selection: dict, folders: Sequence, out) -> None:
    """Copy the results of the chosen one; `folders` hold those of the candidates, in their order."""
    for name in FILES:
        with whole(Path(out) / name) as temporary:
            shutil.copyfile(Path(folders[selection["chosen"]]) / name, temporary)


def describe_refit(selection: dict, jobs: Sequence[dict]) -> dict:
    """The job that trains the chosen one once more, on training and validation part, from those of the candidates.

    A network is trained for as many epochs as were best.
    """
    chosen = selection["chosen"]
    job, settings = jobs[chosen], jobs[chosen]["settings"]
    if "max_epochs" in settings:
        return job | {"refit": True, "settings": settings | {"max_epochs": selection["candidates"][chosen]["epoch"]}}
    return job | {"refit": True, "settings": settings | {"train_on": "both"}}


def _rate(candidate: dict) -> tuple[float, float]:
    loss = candidate["validation_loss"]
    return candidate["validation_ua"], 0.0 if loss is None else -loss
