"""What was measured on several corpora, from the files that the programs are given."""

from pathlib import Path

from gagru.evaluation.tables import Column, columns
from gagru.task.runs import Run


def read_columns(runs: list[Run]) -> dict[str, dict[str, Column]]:
    """The columns of each corpus's table, by system, from the `metrics.json` of runs."""
    files: dict[str, dict[tuple[str, int], Path]] = {}
    for run in runs:
        files.setdefault(run.corpus, {})[run.system, run.seed] = run.path
    return {corpus: {column.system: column for column in columns(corpus, of)} for corpus, of in files.items()}
