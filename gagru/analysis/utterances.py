"""Edges and profiles of utterances as one table, each utterance with its mean over seeds."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gagru.analysis.edges import PAIRS
from gagru.analysis.profiles import WEIGHTS
from gagru.storage.files import REMEDY
from gagru.storage.parquet import read_parquet
from gagru.task.errors import InputError
from gagru.task.runs import Run

WHO = ["corpus", "speaker", "emotion", "utterance"]


def read_edges(runs: Sequence[Run]) -> pd.DataFrame:
    """Read the `edges.parquet` that the path of each run names.

    Returns a row an utterance, indexed by corpus, speaker, emotion and utterance, and a column a pair of `PAIRS`: its
    share, the mean over the seeds in which the utterance has edges.
    """
    tables = []
    for run in runs:
        table = _read(run, "pair", "share", tuple(PAIRS))
        tables.append(table.pivot(index=WHO, columns="pair", values="share")[list(PAIRS)])
    return _over_seeds(tables)


def read_profiles(runs: Sequence[Run]) -> pd.DataFrame:
    """Read the `profiles.parquet` that the path of each run names.

    Returns a row an utterance, indexed as by `read_edges`, and a column a kind of `WEIGHTS` and bin: its weight.
    """
    tables = []
    for run in runs:
        table = _read(run, "weights", "profile", WEIGHTS)
        profiles = pd.DataFrame(np.stack(table["profile"]), index=pd.MultiIndex.from_frame(table[[*WHO, "weights"]]))
        wide = profiles.astype(np.float64).rename_axis(columns="bin").unstack("weights").swaplevel(axis=1)
        tables.append(wide[list(WEIGHTS)])
    return _over_seeds(tables)


def _read(run: Run, key: str, value: str, possible: tuple[str, ...]) -> pd.DataFrame:
    """The rows of a file; each utterance has one of each of the `possible` keys."""
    table = read_parquet(run.path, ["utterance", "speaker", "emotion", key, value]).to_pandas()
    keys = table.groupby("utterance", observed=True)[key].agg(sorted)
    if any(found != sorted(possible) for found in keys):
        raise InputError(f"{run.path}: not {', '.join(possible)} of each utterance; {REMEDY}")
    return table.astype(dict.fromkeys(("utterance", "speaker", "emotion", key), str)).assign(corpus=run.corpus)


def _over_seeds(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables).groupby(level=WHO).mean()
