"""What was measured on several corpora, from the files that the programs are given."""

import re
from pathlib import Path

from gagru.evaluation.tables import Column, columns
from gagru.task.errors import InputError

ARGUMENT = re.compile(r"([a-z0-9_]+)/([a-z0-9_]+):(\d+)=(.+)")


def read_columns(arguments: list[str]) -> dict[str, dict[str, Column]]:
    """The columns of each corpus's table, by system, from arguments such as `iemocap/ga_gru:0=path/of/metrics.json`."""
    files: dict[str, dict[tuple[str, int], Path]] = {}
    for text in arguments:
        found = ARGUMENT.fullmatch(text)
        if not found:
            raise InputError(f"--metrics {text}: write CORPUS/SYSTEM:SEED=FILE, as iemocap/svm:0=metrics.json")
        corpus, system, seed, path = found.groups()
        files.setdefault(corpus, {})[system, int(seed)] = Path(path)
    return {corpus: {column.system: column for column in columns(corpus, of)} for corpus, of in files.items()}
