"""The comparisons of a corpus's systems for readers, as Markdown."""

import pandas as pd

from gagru.evaluation.comparisons import EXPLORATORY, PRIMARY, PRIMARY_FAMILY
from gagru.report.formats import in_per_cent, level_in_words, p_value, points_interval, write_head
from gagru.report.statistics import (
    MCNEMAR,
    describe_external,
    explain_detectable,
    explain_no_intervals,
    explain_test,
    has_intervals,
)
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS
from gagru.task.systems import SYSTEMS

METRIC_NAMES = {"UA": "UA", "WA": "WA", **{emotion: emotion.capitalize() for emotion in EMOTIONS}}
FAMILIES = """\
- *Primary*: the comparison that the paper rests on, planned before anything was measured. Its p of UA stands as it is.
- *Planned*: GA-GRU against each other system. *Adjusted*: p over all these pairs together, the primary one included, in
  one metric, by the step-down maximum statistic: the speakers' signs are flipped in all pairs at once.
- *Exploratory*: all other pairs. Their p-values are not adjusted; of {exploratory} pairs some are small by chance. They
  suggest what to test on other data, and prove nothing.
"""
MCNEMAR_WARNING = """\
For comparison with older papers only. The test takes utterances as independent, and those of one speaker are not. Where
systems differ from speaker to speaker it finds a difference in {rate} of simulated data sets that have none
(`benchmarks/calibration.py`). It decides nothing here. Exact, first seed of each system.
"""


def render_comparisons(corpus: str, comparisons: pd.DataFrame, level: float, notes: list[str]) -> str:
    """The page: title, notes (such as "Synthetic ..."), the primary comparison, differences, tests, McNemar's last.

    comparisons : see `gagru.evaluation.comparisons.compare`
    """
    head = write_head(f"Comparisons on {printed(corpus)}", notes)
    if comparisons.empty:
        return "\n".join([*head, "Fewer than two systems were run, so there is nothing to compare.\n"])
    pairs = [_name_pair(*pair) for pair in comparisons[["first", "second"]].itertuples(index=False)]
    table, speakers = comparisons.assign(Pair=pairs), int(comparisons["speakers"].iloc[0])
    few = not has_intervals(speakers, level)
    external = [s for s in pd.unique(comparisons[["first", "second"]].to_numpy().ravel()) if SYSTEMS[s].protocol]
    tests, mcnemar = _tabulate_tests(table), _tabulate_mcnemar(table)
    parts = [
        *head,
        describe_primary(comparisons, level),
        "".join(f"- *{SYSTEMS[system].printed}*: {describe_external(system)}\n" for system in external),
        f"{explain_no_intervals(speakers, level)}\n" if few else "",
        "## Differences\n" if few else f"## Differences, with {level_in_words(level)} intervals\n",
        "First system minus second, in points of per cent.\n",
        to_markdown(_tabulate_differences(table)),
        "## Tests of UA and WA\n",
        to_markdown(tests, right=tests.columns[2:]),
        _explain(comparisons, level),
        "## McNemar's test of WA\n",
        MCNEMAR_WARNING.format(rate=MCNEMAR),
        to_markdown(mcnemar, right=mcnemar.columns[1:]),
    ]
    return "\n".join(filter(None, parts))


def describe_primary(comparisons: pd.DataFrame, level: float) -> str:
    """One sentence on the UA of the primary pair, the claim that the paper rests on."""
    rows = comparisons[(comparisons["family"] == PRIMARY_FAMILY) & (comparisons["metric"] == "UA")]
    if rows.empty:
        names = " and ".join(SYSTEMS[system].printed for system in PRIMARY)
        return f"The primary comparison needs {names}, which were not both run.\n"
    row = rows.iloc[0]
    first, second = (SYSTEMS[name].printed for name in row[["first", "second"]])
    side = "above" if row["difference"] > 0 else "below"
    gap = f"{in_per_cent(abs(row['difference']))} points {side}" if row["difference"] else "level with"
    interval = points_interval(row["low"], row["high"])
    test = f"sign-flip test over {row['speakers']} speakers, p = {p_value(row['p'])}"
    smallest = in_per_cent(row["detectable"])
    found = f" With 80 % power it would be found from {smallest} points." if smallest else ""
    return (
        f"Primary comparison: {first}'s UA of {in_per_cent(row['first_value'])} is {gap} {second}'s "
        f"{in_per_cent(row['second_value'])} "
        f"({f'{level_in_words(level)} interval {interval}; ' if interval else ''}{test}).{found}\n"
    )


def _name_pair(first: str, second: str) -> str:
    return f"{SYSTEMS[first].printed} against {SYSTEMS[second].printed}"


def _tabulate_differences(table: pd.DataFrame) -> pd.DataFrame:
    """A row a pair, a column a metric."""
    cells = table.assign(cell=table.apply(_write_difference, axis=1))
    wide = cells.pivot(index="Pair", columns="metric", values="cell")
    wide = wide.loc[table["Pair"].unique(), list(METRIC_NAMES)].rename(columns=METRIC_NAMES)
    wide.insert(0, "Family", _families(table))
    return wide.reset_index()


def _families(table: pd.DataFrame) -> pd.Series:
    return table[table["metric"] == "UA"].set_index("Pair")["family"]


def _write_difference(row: pd.Series) -> str:
    if pd.isna(row["difference"]):
        return ""
    spread = "" if pd.isna(row["over_seeds"]) else f" ± {in_per_cent(row['over_seeds'])}"
    interval = points_interval(row["low"], row["high"])
    return f"{100 * row['difference']:+z.2f}{spread}" + (f" ({interval})" if interval else "")


def _tabulate_tests(table: pd.DataFrame) -> pd.DataFrame:
    """A row a pair: the sign-flip tests of UA and WA, and which difference they find."""
    columns = {"Family": _families(table)}
    for metric in ("UA", "WA"):
        rows = table[table["metric"] == metric].set_index("Pair")
        columns |= {f"{metric}: p": rows["p"].map(p_value), f"{metric}: adjusted": rows["p_adjusted"].map(p_value)}
        columns[f"{metric}: found from"] = rows["detectable"].map(in_per_cent)
    return pd.DataFrame(columns).reset_index()


def _tabulate_mcnemar(table: pd.DataFrame) -> pd.DataFrame:
    """A row a pair."""
    wa = table[table["metric"] == "WA"].set_index("Pair")
    columns = {"First only": wa["only_first"].astype(str), "Second only": wa["only_second"].astype(str)}
    return pd.DataFrame(columns | {"McNemar's p": wa["p_mcnemar"].map(p_value)}).reset_index()


def _explain(comparisons: pd.DataFrame, level: float) -> str:
    """How tests and intervals were made, and what they can show."""
    in_ua = comparisons[comparisons["metric"] == "UA"]
    lines = [
        f"- *p*: {explain_test(level)}.",
        f"- *Found from*: {explain_detectable(level)}.",
        FAMILIES.format(exploratory=(in_ua["family"] == EXPLORATORY).sum()).rstrip(),
        "- Each metric stands for itself: nothing is adjusted for there being six.",
    ]
    if comparisons["over_seeds"].notna().any():
        lines.append("- *±*: standard deviation of the difference over seeds; a system that ran once counts in each.")
    return "\n".join(lines) + "\n"
