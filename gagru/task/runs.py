"""A run, one system on one corpus with one seed, as the programs are given it: `iemocap/ga_gru:0=PATH`."""

import re
from pathlib import Path
from typing import NamedTuple

from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS

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
    if system not in SYSTEMS:
        raise InputError(f"{text}: unknown system {system}; choose from {', '.join(SYSTEMS)}")
    return Run(corpus, system, int(seed), Path(path))
