"""The paper's tables from our results: in the paper's shape, and long, with what is reported beside every seed."""

import pandas as pd

from gagru.evaluation.results import Results
from gagru.evaluation.selected import Selected
from gagru.paper.reported import NAMES, ROWS, read_reported
from gagru.storage.tables import per_cent
from gagru.task.metrics import METRICS
from gagru.task.systems import SYSTEMS

METRIC_OF_ROW = dict(zip(ROWS, METRICS, strict=True))
SELECTED = ["selected", "selected_low", "selected_high"]
LONG_FORMATS = dict.fromkeys(("measured", "low", "high"), per_cent)
SELECTED_FORMATS = dict.fromkeys(SELECTED, per_cent)


def table_systems(corpus: str) -> list[str]:
    """The systems of a corpus's table: the paper's in its order, then the remaining ones in Table 1's."""
    return list(dict.fromkeys([*read_reported(corpus), *SYSTEMS]))


def build_table(results: Results, selected: Selected | None = None) -> pd.DataFrame:
    """The table in the paper's shape: `row`, then a column a system, fractions; missing where a system was not run.

    Behind a system that was selected as well stands one more, `GA-GRU selected`.
    """
    columns = {NAMES[system].printed: _mean_values(results, system) for system in table_systems(results.corpus)}
    for system in table_systems(results.corpus) if selected else ():
        if selected.results.seeds(system):
            columns[f"{NAMES[system].printed} selected"] = _mean_values(selected.results, system)
    order = [name for system in table_systems(results.corpus) for name in _name_columns(system) if name in columns]
    table = pd.DataFrame(columns, index=list(METRICS))[order]
    table.insert(0, "row", ROWS)
    return table


def build_long_table(results: Results, selected: Selected | None = None) -> pd.DataFrame:
    """A row a system, seed and row of the table: measured with its interval, and what is reported beside it.

    A system that was not run has the rows of one seed, which is missing. Where systems were selected, there are columns
    of what is selected, its interval and the budget behind these.
    """
    corpus, systems = results.corpus, table_systems(results.corpus)
    absent = [system for system in systems if not results.seeds(system)]
    not_run = pd.MultiIndex.from_product([absent, METRICS], names=["system", "metric"]).to_frame(index=False)
    table = pd.concat([results.runs, not_run.assign(seed=pd.NA)], ignore_index=True)
    table["row"] = table["metric"].map({metric: row for row, metric in METRIC_OF_ROW.items()})
    table = table.merge(_reported_cells(corpus), how="left", on=["system", "row"])
    order = {name: position for position, name in enumerate([*systems, *METRICS])}
    table = table.sort_values(["system", "seed", "metric"], key=lambda c: c.map(order) if c.name != "seed" else c)
    table["fidelity"] = table["system"].map({system: NAMES[system].fidelity for system in systems})
    table = table.rename(columns={"value": "measured"}).assign(corpus=corpus).astype({"seed": "Int64"})
    columns = [
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
    if selected:
        names = dict(zip(("value", "low", "high"), SELECTED, strict=True))
        beside = selected.results.runs.rename(columns=names).assign(budget=selected.budget)
        table = table.merge(beside, how="left", on=["system", "seed", "metric"]).astype({"budget": "Int64"})
        columns += [*SELECTED, "budget"]
    return table[columns]


def _mean_values(results: Results, system: str) -> pd.Series:
    """The means over seeds of a system's metrics; missing where it was not run."""
    if not results.seeds(system):
        return pd.Series(index=list(METRICS), dtype=float)
    return results.means["value"].loc[system].reindex(METRICS).astype(float)


def _name_columns(system: str) -> tuple[str, str]:
    return NAMES[system].printed, f"{NAMES[system].printed} selected"


def _reported_cells(corpus: str) -> pd.DataFrame:
    """What the paper prints: a row a printed cell, as text."""
    cells = [
        (system, row, cell, reported.protocol)
        for system, reported in read_reported(corpus).items()
        for row, cell in reported.values.items()
        if cell
    ]
    return pd.DataFrame(cells, columns=["system", "row", "reported", "reported_protocol"])
