"""What validation parts chose among the configurations of each system on a corpus, and what was measured with it."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from gagru.evaluation.results import Results, read_corpus_results
from gagru.storage.files import read_checked_json
from gagru.task.runs import Run


class Selected(NamedTuple):
    """The results of the systems that were selected, and how they were.

    results : as of any other runs
    chosen : a row a system and configuration that a fold chose, the most frequent first: system, settings (of the grid,
        in words), times (in how many folds and seeds), of (how many there are)
    budget : among how many configurations each fold chose
    refit : whether the chosen ones were trained once more, on training and validation part
    """

    results: Results
    chosen: pd.DataFrame
    budget: int
    refit: bool


def read_selected(corpus: str, metrics: Sequence[Run], folders: Sequence[Run], folds: Sequence[str]) -> Selected | None:
    """Read the `metrics.json` of selected runs, and the `selection.json` of all their folds; None without runs.

    metrics, folders : runs with their `metrics.json`, and with the folders of their folds
    Raises `InputError` for a file that cannot be read.
    """
    if not metrics:
        return None
    rows, selection = [], {}
    for run in folders:
        for fold in folds:
            selection = read_checked_json(run.path / fold / "selection.json")
            rows.append((run.system, describe_settings(selection["candidates"][selection["chosen"]]["settings"])))
    table = pd.DataFrame(rows, columns=["system", "settings"])
    chosen = table.groupby(["system", "settings"], sort=False).size().rename("times").reset_index()
    chosen["of"] = chosen.groupby("system", sort=False)["times"].transform("sum")
    order = list(dict.fromkeys(table["system"]))
    ranks = chosen["system"].map({system: i for i, system in enumerate(order)})
    chosen = chosen.assign(rank=ranks).sort_values(["rank", "times"], ascending=[True, False], kind="stable")
    results = read_corpus_results(corpus, metrics)
    return Selected(results, chosen.drop(columns="rank"), selection["budget"], selection["refit"])


def describe_settings(settings: dict) -> str:
    """Settings in words, as `dropout 0.2, lr 0.001`."""
    return ", ".join(f"{name} {value}" for name, value in settings.items())
