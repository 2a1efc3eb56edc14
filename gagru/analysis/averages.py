"""From the edges and profiles of utterances to the numbers that Figures 2 and 3 draw."""

from collections.abc import Sequence
from itertools import product

import pandas as pd

from gagru.analysis.edges import CHANCE
from gagru.analysis.utterances import read_edges, read_profiles
from gagru.task.emotions import EMOTIONS
from gagru.task.runs import Run

GROUP = ["corpus", "emotion"]
EDGE_FORMATS = dict.fromkeys(("share", "chance"), "{:.6f}".format)
PROFILE_FORMATS = {"time": "{:.6g}".format, "weight": "{:.8f}".format}


def average_edges(runs: Sequence[Run]) -> pd.DataFrame:
    """The table of `figure2.csv` from `edges.parquet` files: corpus, emotion, pair, share, chance, utterances.

    The share is the mean over utterances, each with its mean over seeds. Utterances without edges are not among
    `utterances`.
    """
    edges = read_edges(runs)
    table = _average(edges, runs).stack().rename("share").reset_index()
    table["chance"] = table["pair"].map(CHANCE)
    return table.join(edges.groupby(level=GROUP).size().rename("utterances"), on=GROUP)


def average_profiles(runs: Sequence[Run], over_utterances: str = "mean") -> pd.DataFrame:
    """The table of `figure3.csv` from `profiles.parquet` files: corpus, emotion, weights, time, weight.

    The weight is the mean of a bin over utterances, or their sum, as `over_utterances` says; `time` (0 to 1) is the
    bin's centre.
    """
    means = _average(read_profiles(runs), runs, over_utterances).stack(["weights", "bin"], future_stack=True)
    table = means.rename("weight").reset_index()
    bins = table.pop("bin")
    table.insert(3, "time", (bins + 0.5) / bins.nunique())
    return table


def _average(utterances: pd.DataFrame, runs: Sequence[Run], how: str = "mean") -> pd.DataFrame:
    """Means (or sums) over utterances, a row a corpus (as given) and emotion (in order); none without utterances."""
    found = utterances.groupby(level=GROUP).agg(how)
    corpora = dict.fromkeys(run.corpus for run in runs)
    return found.loc[[group for group in product(corpora, EMOTIONS) if group in found.index]]
