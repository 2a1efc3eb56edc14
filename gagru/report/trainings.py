"""What all trainings wrote beside their results: their `provenance.json`."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from gagru.storage.files import REMEDY
from gagru.task.errors import InputError

ARGUMENT = re.compile(r"([a-z0-9_]+)/([a-z0-9_]+):(\d+)=(.+)")


class Training(NamedTuple):
    """One system on one fold of one corpus with one seed; provenance : see `gagru.experiment.job.train_fold`."""

    corpus: str
    system: str
    seed: int
    fold: str
    provenance: dict


def read_trainings(runs: list[str], folds: dict[str, list[str]]) -> list[Training]:
    """The trainings of all folds of runs, given as `iemocap/ga_gru:0=results/iemocap/ga_gru/seed0`.

    folds : the names of each corpus's folds

    Raises `InputError` where a file is missing or damaged.
    """
    found = []
    for text in runs:
        match = ARGUMENT.fullmatch(text)
        if not match or match[1] not in folds:
            raise InputError(f"--runs {text}: write CORPUS/SYSTEM:SEED=FOLDER, with the corpus among --folds")
        corpus, system, seed, folder = match.groups()
        for fold in folds[corpus]:
            found.append(Training(corpus, system, int(seed), fold, _read(Path(folder) / fold / "provenance.json")))
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
