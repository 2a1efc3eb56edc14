"""The values that the paper prints, and under which protocol each was obtained."""

import csv
from collections import ChainMap
from pathlib import Path
from typing import NamedTuple

from gagru.paper.counts import opened, other_test_set, read_class_counts
from gagru.task.corpora import PAPER_TABLES, name_table
from gagru.task.errors import InputError
from gagru.task.systems import SYSTEMS, System

ROWS = ("Happiness", "Neutrality", "Sadness", "Anger", "WA", "UA")
TABLES = {corpus: Path(__file__).with_name(f"{name_table(corpus)}_reported.csv") for corpus in PAPER_TABLES}
# Table 2 also quotes the corpus's own paper; that system is not one of the nine, and is not built here.
NAMES = ChainMap({"baseline": System("Baseline", "quoted")}, SYSTEMS)

LEAVE_ONE_OUT = "leave one person out (the paper)"
QUOTED = "quoted from its own paper"


class Reported(NamedTuple):
    """What a table prints of one system: its values in per cent as printed, by row, and their protocol."""

    values: dict[str, str]
    protocol: str

    @property
    def recalls(self) -> tuple[float, ...] | None:
        """The four printed recalls, or None unless all four are printed."""
        cells = [self.values[row] for row in ROWS[:4]]
        return tuple(map(float, cells)) if all(cells) else None


def read_reported(corpus: str, path=None, test_sets=None) -> dict[str, Reported]:
    """What the paper prints for `corpus`, by system in the table's order; empty for a corpus the paper does not have.

    path : a file of the shape of `table1_reported.csv` in place of the paper's; test_sets : see `read_class_counts`
    """
    if corpus not in TABLES:
        return {}
    test_sets = test_sets or read_class_counts()[corpus]
    systems = read_table(path or TABLES[corpus])
    return {system: Reported(cells, find_protocol(cells, test_sets)) for system, cells in systems.items()}


def read_table(path) -> dict[str, dict[str, str]]:
    """Read a table of the paper's shape: the cells of each system by row, empty where nothing is printed."""
    header, *lines = [line for line in csv.reader(opened(path)) if line] or [[""]]
    printed = {name.printed: system for system, name in NAMES.items()}
    unknown = [name for name in header[1:] if name not in printed]
    if header[0] != "row" or unknown or tuple(line[0] for line in lines) != ROWS:
        raise InputError(f"{path}: needs the column row with {', '.join(ROWS)}, then the systems' printed names")
    for line in lines:
        if len(line) != len(header) or not all(map(_is_per_cent, line[1:])):
            raise InputError(f"{path}: row {line[0]} needs a value in per cent, or nothing, for every system")
    return {printed[name]: {line[0]: line[i] for line in lines} for i, name in enumerate(header) if i}


def find_protocol(cells: dict[str, str], test_sets) -> str:
    """How the values of a system were obtained, as far as the values themselves tell.

    The paper re-implemented what it prints recalls for and quotes the rest (section 3.2). Recalls that are whole counts
    over another test set and not over the corpus did not come from leaving one person out.
    """
    reported = Reported(cells, "")
    if not any(cells.values()):
        return ""
    if reported.recalls is None:
        return QUOTED
    other = other_test_set(reported.recalls, test_sets)
    return f"only {other.test_set.name} (found by the audit)" if other else LEAVE_ONE_OUT


def _is_per_cent(cell: str) -> bool:
    try:
        return not cell or 0 <= float(cell) <= 100
    except ValueError:
        return False
