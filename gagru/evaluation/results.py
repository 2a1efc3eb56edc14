"""What was measured on a corpus, from the files `metrics.json` of all its runs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from gagru.evaluation.evaluate import METHOD, summarise
from gagru.storage.files import REMEDY, read_checked_json
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS
from gagru.task.runs import Run

MEANS = ["value", "low", "high", "over_seeds", "fold_mean", "fold_deviation"]


class Results(NamedTuple):
    """What was measured on a corpus; metrics as fractions, NaN where there is none.

    runs : a row a system, seed and metric, in the order of systems' names and seeds: system, seed, metric, value, low,
        high
    means : a row a system and metric, by which it is indexed, of the mean over seeds: value, low, high; over_seeds, the
        deviation of the value over seeds (n - 1); fold_mean and fold_deviation, over the folds' own metrics
    confusions : of each system the counts of each speaker, summed over seeds: (speakers, 4, 4)
    sizes : how many utterances each speaker has of each emotion: a row a speaker
    level : of all intervals; None where nothing was run
    dialogs : whether the corpus has dialogs
    """

    corpus: str
    runs: pd.DataFrame
    means: pd.DataFrame
    confusions: dict[str, np.ndarray]
    sizes: pd.DataFrame
    level: float | None
    dialogs: bool

    def seeds(self, system: str) -> list[int]:
        """The seeds that a system ran for, in ascending order; none for a system that was not run."""
        return self.runs.loc[self.runs["system"] == system, "seed"].drop_duplicates().tolist()


def read_results(runs: Sequence[Run]) -> dict[str, Results]:
    """Read the `metrics.json` that the path of each run names: what was measured on each corpus, in the order given."""
    corpora = dict.fromkeys(run.corpus for run in runs)
    return {corpus: read_corpus_results(corpus, [run for run in runs if run.corpus == corpus]) for corpus in corpora}


def read_corpus_results(corpus: str, runs: Sequence[Run]) -> Results:
    """Read the `metrics.json` that the path of each run names, which may be none.

    Raises `InputError` for a file that cannot be read, and where the runs do not test the same utterances or have
    intervals that were made differently.
    """
    found = {run: read_checked_json(run.path) for run in sorted(runs, key=lambda run: run[:3])}
    _check_alike(found)
    first = next(iter(found.values()), None)
    level = first["intervals"]["level"] if first else None
    confusions, means = {}, {}
    for system in dict.fromkeys(run.system for run in found):
        seeds = [metrics for run, metrics in found.items() if run.system == system]
        summed = np.sum([list(metrics["speakers"].values()) for metrics in seeds], axis=0)
        confusions[system] = summed
        means[system] = _mean_over_seeds(dict(zip(first["speakers"], summed, strict=True)), seeds, level)
    return Results(
        corpus,
        pd.DataFrame(
            [(*run[1:3], *row) for run, metrics in found.items() for row in _pooled(metrics)],
            columns=["system", "seed", "metric", "value", "low", "high"],
        ),
        pd.concat(means, names=["system", "metric"]) if means else pd.DataFrame(columns=MEANS),
        confusions,
        pd.DataFrame(_sizes(first) if first else {}, index=list(EMOTIONS)).T,
        level,
        first.get("dialogs", True) if first else True,
    )


def _check_alike(found: dict[Run, dict]) -> None:
    """Class sizes by speaker and intervals must be equal everywhere, or metrics could not be compared."""
    first = next(iter(found), None)
    for run, metrics in found.items():
        if metrics["intervals"].get("method") != METHOD:
            raise InputError(f"{run.path}: its intervals are not made by {METHOD}; {REMEDY}")
        if _sizes(metrics) != _sizes(found[first]) or metrics["intervals"] != found[first]["intervals"]:
            raise InputError(
                f"{run.path}: other utterances or intervals than {first.path}; evaluate all systems on one index"
            )


def _mean_over_seeds(speakers: dict[str, np.ndarray], seeds: list[dict], level: float) -> pd.DataFrame:
    """A row a metric. Every seed tests the same utterances, so the summed counts have the means over seeds."""
    mean = summarise(speakers, level)
    table = pd.DataFrame(mean["pooled"]).T.astype(float)
    values = [[metrics["pooled"][name]["value"] for metrics in seeds] for name in METRICS]
    table["over_seeds"] = [np.std(v, ddof=1) if len(v) > 1 and None not in v else np.nan for v in values]
    for column, statistic in (("fold_mean", "mean"), ("fold_deviation", "deviation")):
        table[column] = pd.Series(mean["folds"][statistic], dtype=float)
    return table


def _pooled(metrics: dict) -> list[tuple]:
    """The metric's name, value, low and high of each metric."""
    return [(name, *(metrics["pooled"][name][key] for key in ("value", "low", "high"))) for name in METRICS]


def _sizes(metrics: dict) -> dict[str, list[int]]:
    """The utterances of each emotion, by speaker."""
    return {speaker: np.sum(counts, axis=1).tolist() for speaker, counts in metrics["speakers"].items()}
