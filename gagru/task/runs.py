"""A run, one system on one corpus with one seed, as the programs are given it: `iemocap/ga_gru:0=PATH`."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS, add_external

DESCRIPTION = "external.json"  # of a system that was trained elsewhere, in the folder of its run
FORM = re.compile(r"([a-z0-9_]+)/([a-z0-9_]+):(\d+)=(.+)", re.ASCII)


class Run(NamedTuple):
    """One run, and the file or folder of it that a program is to read.

    >>> str(Run("iemocap", "ga_gru", 0, Path("metrics.json")))
    'iemocap/ga_gru:0=metrics.json'
    """

    corpus: str
    system: str
    seed: int
    path: Path

    def __str__(self) -> str:
        return f"{self.corpus}/{self.system}:{self.seed}={self.path}"


def parse_run(text: str) -> Run:
    """Read the form that `str` of a run writes; `InputError` where it is another one, or an unknown system.

    >>> parse_run("msp_improv/svm:3=metrics.json").seed
    3
    """
    found = FORM.fullmatch(text)
    if not found:
        raise InputError(f"{text}: write CORPUS/SYSTEM:SEED=PATH, as iemocap/ga_gru:0=results/iemocap/ga_gru/seed0")
    corpus, system, seed, path = found.groups()
    run = Run(corpus, system, int(seed), Path(path))
    if system not in SYSTEMS:
        _read_external(run)
    return run


def _read_external(run: Run) -> None:
    """Make a system known that was trained elsewhere; `InputError` where the run's folder does not describe it."""
    folder = run.path if run.path.is_dir() else run.path.parent
    try:
        add_external(run.system, **json.loads((folder / DESCRIPTION).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InputError(f"{run}: unknown system {run.system}; choose from {', '.join(SYSTEMS)}") from error
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"{folder / DESCRIPTION}: damaged; delete it and run snakemake again") from error
