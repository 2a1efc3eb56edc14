"""What all trainings wrote beside their results, their `provenance.json`, as one table."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from gagru.storage.files import REMEDY
from gagru.task.errors import InputError
from gagru.task.runs import Run

TRAINING = ["corpus", "system", "seed", "fold", "values"]
DIGESTS = ["settings_digest", "sources_digest", "data_digest"]
MADE_WITH = ["commit", "processor", "device"]
MEASURED = ["seconds", "peak_memory_mb"]


def read_trainings(
    runs: Sequence[Run], folds: Mapping[str, Sequence[str]], selected: Sequence[Run] = ()
) -> pd.DataFrame:
    """The trainings of all folds of runs, whose paths are the folders of the folds: a row a training.

    folds : the names of each corpus's folds
    selected : runs of what was selected

    Columns: corpus, system, seed, fold, values ("measured", or "selected", as the tables call them), settings_digest,
    sources_digest, data_digest, commit, processor, device, seconds, peak_memory_mb, then the version of Python and of
    each package, sorted by name; missing where there is none.

    Raises `InputError` where a file is missing or damaged.
    """
    rows = []
    for run, values in [*((run, "measured") for run in runs), *((run, "selected") for run in selected)]:
        if run.corpus not in folds:
            raise InputError(f"--runs {run}: the corpus is not among --folds")
        for fold in folds[run.corpus]:
            names = dict(zip(TRAINING, (*run[:3], fold, values), strict=True))
            rows.append(names | _read(run.path / fold / "provenance.json"))
    table = pd.DataFrame(rows)
    known = [*TRAINING, *DIGESTS, *MADE_WITH, *MEASURED]
    return table[[*known, *sorted(set(table.columns) - set(known))]]


def packages_of(trainings: pd.DataFrame) -> list[str]:
    """The columns of `read_trainings` that hold versions."""
    return trainings.columns[len([*TRAINING, *DIGESTS, *MADE_WITH, *MEASURED]) :].tolist()


def _read(path: Path) -> dict:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        measured = {name: float(value["measured"][name]) for name in MEASURED}
        made_with = {name: value[name] for name in MADE_WITH} | {"device": _device(value)}
        return {name: value[name] for name in DIGESTS} | made_with | measured | value["versions"]
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file; run snakemake again") from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise InputError(f"{path}: truncated or damaged; {REMEDY}") from error


def _device(provenance: dict) -> str:
    """The device in words: `cpu`, or `cuda` with the card, its software and how it computes.

    >>> gpu = {"card": "NVIDIA H100", "driver": "580.1", "cuda": "13.0", "cudnn": 91200, "precision": "float32"}
    >>> _device({"device": "cuda", "gpu": {**gpu, "deterministic": True}})
    'cuda: NVIDIA H100, driver 580.1, CUDA 13.0, cuDNN 91200, float32, deterministic'
    """
    if "gpu" not in provenance:
        return provenance["device"]
    gpu = provenance["gpu"]
    software = f"driver {gpu['driver']}, CUDA {gpu['cuda']}, cuDNN {gpu['cudnn']}, {gpu['precision']}"
    return f"{provenance['device']}: {gpu['card']}, {software}, {'' if gpu['deterministic'] else 'not '}deterministic"
