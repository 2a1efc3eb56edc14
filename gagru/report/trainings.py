"""What all trainings wrote beside their results: their `provenance.json`."""

import json
from pathlib import Path
from typing import NamedTuple

from gagru.storage.files import REMEDY
from gagru.task.errors import InputError
from gagru.task.runs import Run


class Training(NamedTuple):
    """One system on one fold of one corpus with one seed; provenance : see `gagru.experiment.job.train_fold`."""

    corpus: str
    system: str
    seed: int
    fold: str
    provenance: dict


def read_trainings(runs: list[Run], folds: dict[str, list[str]]) -> list[Training]:
    """The trainings of all folds of runs, whose paths are the folders of the folds.

    folds : the names of each corpus's folds

    Raises `InputError` where a file is missing or damaged.
    """
    found = []
    for run in runs:
        if run.corpus not in folds:
            raise InputError(f"--runs {run}: the corpus is not among --folds")
        for fold in folds[run.corpus]:
            found.append(Training(*run[:3], fold, _read(run.path / fold / "provenance.json")))
    return found


def _read(path: Path) -> dict:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        value["measured"]["seconds"], value["measured"]["peak_memory_mb"]
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error
    return value
