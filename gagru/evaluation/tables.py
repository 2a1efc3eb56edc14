"""The paper's tables from our results: measured figures beside the reported ones.

The CSV has the paper's shape (rows of figures, a column a system); the Markdown and LaTeX tables turn it round, so that
measured, interval and reported figures of a system stand under one another; the long table holds every seed.
"""

import csv
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gagru.evaluation.evaluate import summary
from gagru.evaluation.intervals import Bootstrap
from gagru.paper.reported import NAMES, ROWS, Reported, reported
from gagru.storage.files import read_checked_json, write_text
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS
from gagru.task.systems import SYSTEMS

METRIC_OF_ROW = dict(zip(ROWS, METRICS, strict=True))
LONG_COLUMNS = [
    "corpus",
    "row",
    "system",
    "seed",
    "measured",
    "low",
    "high",
    "reported",
    "reported_protocol",
    "fidelity",
]


class Column(NamedTuple):
    """All that a table holds of one system.

    seeds : what `metrics.json` holds, by seed in ascending order; empty for a system that was not run
    mean : the same summary of all seeds together, the mean over seeds of every figure; None likewise
    reported : what the paper prints, or None
    """

    system: str
    printed: str
    fidelity: str
    seeds: dict[int, dict]
    mean: dict | None
    reported: Reported | None

    def deviation(self, figure: str) -> float | None:
        """Sample standard deviation (n - 1) of a pooled figure over seeds; None for fewer than two seeds."""
        values = [metrics["pooled"][figure]["value"] for metrics in self.seeds.values()]
        return float(np.std(values, ddof=1)) if len(values) > 1 and None not in values else None


def columns(corpus: str, metrics: dict[tuple[str, int], Path]) -> list[Column]:
    """The columns of a corpus's table: the paper's in its order, then the remaining systems in Table 1's.

    metrics : the file `metrics.json` of each system and seed that was run
    Raises `InputError` for an unknown system, an unreadable file, or results that do not test the same utterances.
    """
    unknown = sorted({system for system, _ in metrics} - SYSTEMS.keys())
    if unknown:
        raise InputError(f"--metrics: unknown system {', '.join(unknown)}; choose from {', '.join(SYSTEMS)}")
    results = {key: read_checked_json(path) for key, path in sorted(metrics.items())}
    _check_same_utterances(results, metrics)
    printed = reported(corpus)
    order = list(dict.fromkeys([*printed, *SYSTEMS]))
    found = []
    for system in order:
        seeds = {seed: result for (name, seed), result in results.items() if name == system}
        name = NAMES[system]
        mean = _mean_over_seeds(list(seeds.values())) if seeds else None
        found.append(Column(system, name.printed, name.fidelity, seeds, mean, printed.get(system)))
    return found


def write_table(table_columns: list[Column], path) -> None:
    """Write the table in the paper's shape, per cent with two decimals; empty where a system was not run."""
    rows = [["row", *(column.printed for column in table_columns)]]
    for row, figure in METRIC_OF_ROW.items():
        rows.append([row, *(per_cent(c.mean["pooled"][figure]["value"]) if c.mean else "" for c in table_columns)])
    _write_csv(path, rows)


def write_long(corpus: str, table_columns: list[Column], path) -> None:
    """Write a line a system, seed and row: measured with its interval, and what is reported."""
    lines: list[list] = [LONG_COLUMNS]
    for column in table_columns:
        for seed, metrics in column.seeds.items() or [("", None)]:
            for row, figure in METRIC_OF_ROW.items():
                pooled = metrics["pooled"][figure] if metrics else dict.fromkeys(("value", "low", "high"))
                measured = [per_cent(pooled[key]) for key in ("value", "low", "high")]
                printed = column.reported.figures[row] if column.reported else ""
                protocol = column.reported.protocol if printed else ""
                lines.append([corpus, row, column.system, seed, *measured, printed, protocol, column.fidelity])
    _write_csv(path, lines)


def per_cent(value: float | None) -> str:
    """A fraction in per cent with two decimals; empty for None."""
    return "" if value is None else f"{100 * value:.2f}"


def _check_same_utterances(results: dict, paths: dict) -> None:
    """Class sizes by speaker must be equal everywhere, or the figures of a table could not be compared."""
    sizes = {key: {name: np.sum(c, axis=1).tolist() for name, c in r["speakers"].items()} for key, r in results.items()}
    intervals = {key: [r["intervals"][k] for k in ("draws", "level", "seed")] for key, r in results.items()}
    for key in list(results)[1:]:
        first = next(iter(results))
        if sizes[key] != sizes[first] or intervals[key] != intervals[first]:
            raise InputError(
                f"{paths[key]}: other utterances or intervals than {paths[first]}; evaluate all systems on one index"
            )


def _mean_over_seeds(results: list[dict]) -> dict:
    """Every seed tests the same utterances, so the figures of the summed counts are the means over seeds."""
    speakers = {name: sum(np.array(r["speakers"][name]) for r in results) for name in results[0]["speakers"]}
    settings = results[0]["intervals"]
    return summary(speakers, Bootstrap(settings["draws"], settings["level"], settings["seed"]))


def _write_csv(path, rows) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_text(path, text.getvalue())
