"""The comparisons of a corpus's systems for readers, as Markdown."""

import pandas as pd

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import smallest_p
from gagru.report.formats import in_per_cent, level_in_words, p_value, points_interval, write_head
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS
from gagru.task.systems import SYSTEMS

METRIC_NAMES = {"UA": "UA", "WA": "WA", **{emotion: emotion.capitalize() for emotion in EMOTIONS}}


def render_comparisons(corpus: str, comparisons: pd.DataFrame, bootstrap: Bootstrap, notes: list[str]) -> str:
    """The page: title, notes (such as "Synthetic ..."), differences, tests, how both were made.

    comparisons : see `gagru.evaluation.comparisons.compare`
    """
    head = write_head(f"Comparisons on {printed(corpus)}", notes)
    if comparisons.empty:
        return "\n".join([*head, "Fewer than two systems were run, so there is nothing to compare.\n"])
    pairs = [_name_pair(*pair) for pair in comparisons[["first", "second"]].itertuples(index=False)]
    table, level = comparisons.assign(Pair=pairs), level_in_words(bootstrap.level)
    tests = _tabulate_tests(table)
    parts = [
        *head,
        describe_pair(comparisons.iloc[0], level),
        f"## Differences, with {level} intervals\n",
        "First system minus second, in points of per cent.\n",
        to_markdown(_tabulate_differences(table)),
        "## Tests of UA and WA\n",
        to_markdown(tests, right=tests.columns[1:]),
        _explain(comparisons, bootstrap),
    ]
    return "\n".join(parts)


def describe_pair(comparison: pd.Series, level: str) -> str:
    """One sentence on the UA of a pair, the claim that the paper rests on."""
    first, second = (SYSTEMS[name].printed for name in comparison[["first", "second"]])
    side = "above" if comparison["difference"] > 0 else "below"
    gap = f"{in_per_cent(abs(comparison['difference']))} points {side}" if comparison["difference"] else "level with"
    return (
        f"{first}'s UA of {in_per_cent(comparison['first_value'])} is {gap} {second}'s "
        f"{in_per_cent(comparison['second_value'])} ({level} interval "
        f"{points_interval(comparison['low'], comparison['high'])}; sign-flip test over {comparison['speakers']} "
        f"speakers p = {p_value(comparison['p_flip'])}, after Holm's correction "
        f"{p_value(comparison['p_flip_holm'])}).\n"
    )


def _name_pair(first: str, second: str) -> str:
    return f"{SYSTEMS[first].printed} against {SYSTEMS[second].printed}"


def _tabulate_differences(table: pd.DataFrame) -> pd.DataFrame:
    """A row a pair, a column a metric."""
    cells = table.assign(cell=table.apply(_write_difference, axis=1))
    wide = cells.pivot(index="Pair", columns="metric", values="cell")
    return wide.loc[table["Pair"].unique(), list(METRIC_NAMES)].rename(columns=METRIC_NAMES).reset_index()


def _write_difference(row: pd.Series) -> str:
    if pd.isna(row["difference"]):
        return ""
    spread = "" if pd.isna(row["over_seeds"]) else f" ± {in_per_cent(row['over_seeds'])}"
    return f"{100 * row['difference']:+.2f}{spread} ({points_interval(row['low'], row['high'])})"


def _tabulate_tests(table: pd.DataFrame) -> pd.DataFrame:
    """A row a pair: the sign-flip tests of UA and WA, and McNemar's of WA."""
    ua, wa = (table[table["metric"] == metric].set_index("Pair") for metric in ("UA", "WA"))
    columns = {
        "UA: p": ua["p_flip"].map(p_value),
        "UA: Holm": ua["p_flip_holm"].map(p_value),
        "WA: p": wa["p_flip"].map(p_value),
        "WA: Holm": wa["p_flip_holm"].map(p_value),
        "First only": wa["only_first"].astype(str),
        "Second only": wa["only_second"].astype(str),
        "McNemar's p": wa["p_mcnemar"].map(p_value),
        "McNemar: Holm": wa["p_mcnemar_holm"].map(p_value),
    }
    return pd.DataFrame(columns).reset_index()


def _explain(comparisons: pd.DataFrame, bootstrap: Bootstrap) -> str:
    """How intervals and tests were made, and what they cannot show."""
    speakers, pairs = int(comparisons["speakers"].iloc[0]), int((comparisons["metric"] == "UA").sum())
    smallest = smallest_p(speakers, bootstrap)
    lines = [
        f"- *Intervals*: percentile bootstrap over the {speakers} speakers, {bootstrap.draws:,} draws, the same "
        "for both systems. Where systems ran with several seeds, of the mean over seeds. With few speakers they "
        "are too narrow: of simulated data sets of ten speakers without a difference, 11 % have an interval without 0, "
        "and the sign-flip test finds something in 5 % (`benchmarks/false_positives.py`).",
        "- *p of UA and WA*: sign-flip test. The two systems' predictions of a speaker are exchanged together, and p "
        "is the share of such exchanges that set the pooled figures as far apart as they are. With "
        f"{speakers} speakers p is at least {smallest:.4f}, after Holm's correction over {pairs} pairs "
        f"{min(1, pairs * smallest):.4f} for the smallest.",
        "- *McNemar's test*: exact, over all utterances that one of the two systems alone got right, first seed of "
        "each. It takes utterances as independent. Those of one speaker are not, so it finds too much where systems "
        "differ from speaker to speaker.",
        "- *Holm*: corrected over the pairs, separately in each figure and test.",
    ]
    if comparisons["over_seeds"].notna().any():
        lines.append("- *±*: standard deviation of the difference over seeds; a system that ran once counts in each.")
    return "\n".join(lines) + "\n"
