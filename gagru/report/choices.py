"""The specification curve of a corpus for readers, as Markdown."""

import pandas as pd

from gagru.evaluation.specification_curve import AS_CONFIGURED, LABORATORYS, LITERAL_READING, Curve, joint_test
from gagru.paper.reported import read_reported
from gagru.report.formats import in_per_cent, p_value, points_interval, write_head
from gagru.report.statistics import explain_detectable, explain_no_intervals, explain_test, has_intervals
from gagru.storage.tables import to_markdown
from gagru.task.choices import CHOICES
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

EXPLAINED = """\
- *Difference*: {first}'s UA minus {second}'s, in points of per cent, pooled over all folds; the mean over seeds where
  there are several.
- *p*, *interval*: {test}.
{no_intervals}- *Found from*: {detectable}.
- *All together*: the specifications share their utterances and are no independent evidence. The test of their median
  exchanges the two systems' predictions of a speaker in all specifications at once.
- *By choice*: the mean difference of the specifications that have the value, whatever else they have. In the design
  `one_at_a_time` that is one specification for each value but the configured one.
- `oracle` stops the training by looking at the test fold. It is here to show what that gains, not as a way to measure.
"""
LABORATORY_EXPLAINED = """\
- *The laboratory's public code* is that of a sister paper, not this paper's: a z-score over all frames of what has one
  name in a dialog, both speakers mixed; the first 2,500 frames; a session held out, and the best step chosen on it.
  What it gains over the configured protocol is how much of a reported level such a protocol explains.
"""


def render_choices(curve: Curve, without_effect: list[str], design: str, level: float, notes: list[str]) -> str:
    """The page: title, notes (such as "Synthetic ..."), what the curve says in words, all of it, and by choice.

    without_effect : choices of the grid that change neither system's results
    """
    corpus = curve.own["corpus"]
    first, second = (SYSTEMS[curve.own[which]].printed for which in ("first", "second"))
    varied = [choice for choice in CHOICES if curve.table[choice].nunique() > 1]
    ranked, by_choice = _tabulate_curve(curve, first, second), _tabulate_by_choice(curve, varied)
    speakers = int(curve.own["speakers"])
    few = "" if has_intervals(speakers, level) else f"- {explain_no_intervals(speakers, level)}\n"
    words = {"first": first, "second": second, "test": explain_test(level), "no_intervals": few}
    words["detectable"] = explain_detectable(level)
    parts = [
        *write_head(f"Open choices on {printed(corpus)}: {first} minus {second}", notes),
        describe_curve(curve, first, second, level),
        f"![{first} minus {second} over the specifications](choices_{corpus}.png)\n",
        _name_left_out([choice for choice in without_effect if choice not in varied], first, second),
        f"## All {len(ranked)} specifications (`{design}`)\n",
        "Differences of UA in points. Choices that are not as configured are named.\n",
        to_markdown(ranked, right=[name for name in ranked.columns if name != "Specification"]),
        "## By choice\n",
        to_markdown(by_choice, right=by_choice.columns[2:]),
        EXPLAINED.format(**words) + LABORATORY_EXPLAINED * (LABORATORYS in set(curve.table["name"])),
    ]
    return "\n".join(filter(None, parts))


def describe_curve(curve: Curve, first: str, second: str, level: float) -> str:
    """What the curve says, and of the specifications that have a name."""
    table, joint = curve.table, joint_test(curve)
    values = 100 * table["difference"]
    which = "all" if joint.specifications == len(table) else f"the {joint.specifications} with the same speakers"
    sentences = [
        f"{first}'s UA minus {second}'s lies between {values.min():+z.2f} and {values.max():+z.2f} points over "
        f"{len(table)} specifications; {(values > 0).sum()} of them are above 0. {_count_found(table, level)}",
        f"All together: the median over {which} is {100 * joint.median:+z.2f}, p = {p_value(joint.p)}.",
    ]
    names = {
        AS_CONFIGURED: "As configured",
        LITERAL_READING: "With equation 5 as it is printed",
        LABORATORYS: "With the protocol of the laboratory's public code",
    }
    for row in table[table["name"] != ""].itertuples():
        test = ", ".join(filter(None, [points_interval(row.low, row.high), f"p = {p_value(row.p)}"]))
        gained = _describe_gain(row, curve.own, first, second) if row.name == LABORATORYS else ""
        sentences.append(f"{names[row.name]}: {100 * row.difference:+z.2f} ({test}), rank {row.rank}.{gained}")
    return "\n".join(f"- {sentence}" for sentence in sentences) + "\n"


def _describe_gain(row, own: pd.Series, first: str, second: str) -> str:
    """What each of the two systems gains over itself as configured, and reaches where the paper reports a figure."""
    gains = [100 * (row.first_ua - own["first_ua"]), 100 * (row.second_ua - own["second_ua"])]
    gained = f" Over itself as configured, {first} gains {gains[0]:+z.2f} points and {second} {gains[1]:+z.2f}."
    reported = read_reported(own["corpus"])
    if not {own["first"], own["second"]} <= reported.keys():
        return gained
    printed_ua = [reported[own[which]].values["UA"] for which in ("first", "second")]
    reached = f"{100 * row.first_ua:.2f} and {100 * row.second_ua:.2f}"
    return f"{gained} They reach {reached}; the paper reports {printed_ua[0]} and {printed_ua[1]}."


def _count_found(table: pd.DataFrame, level: float) -> str:
    """In how many specifications the test finds a difference, to each side."""
    found = table[table["p"] <= 1 - level + 1e-12]["difference"]
    return f"The test finds {(found > 0).sum()} of them above 0 and {(found < 0).sum()} below."


def _describe_specification(row: pd.Series, own: pd.Series) -> str:
    """What of a specification is not as configured, `validation oracle`; a name stands out."""
    changed = ", ".join(f"{choice} {row[choice]}" for choice in CHOICES if row[choice] != own[choice])
    text = f"**{changed or AS_CONFIGURED}**" if row["name"] else changed
    return f"{text} ({row['name']})" if row["name"] in (LITERAL_READING, LABORATORYS) else text


def _tabulate_curve(curve: Curve, first: str, second: str) -> pd.DataFrame:
    """A row a specification."""
    table = curve.table
    spread = table["over_seeds"].map(lambda value: "" if pd.isna(value) else f" ± {in_per_cent(value)}")
    return pd.DataFrame(
        {
            "Rank": table["rank"].astype(str),
            "Specification": [_describe_specification(row, curve.own) for _, row in table.iterrows()],
            first: table["first_ua"].map(in_per_cent),
            second: table["second_ua"].map(in_per_cent),
            "Difference": table["difference"].map(lambda value: f"{100 * value:+z.2f}") + spread,
            "Interval": [points_interval(*ends) for ends in table[["low", "high"]].itertuples(index=False)],
            "p": table["p"].map(p_value),
            "Found from": table["detectable"].map(in_per_cent),
        }
    )


def _tabulate_by_choice(curve: Curve, varied: list[str]) -> pd.DataFrame:
    """A row a value of a choice, the configured one first: mean and range of the differences of what has it."""
    rows = []
    for choice in varied:
        differences = (100 * curve.table["difference"]).groupby(curve.table[choice])
        own = curve.own[choice]
        for value, found in sorted(differences, key=lambda group: (group[0] != own, group[0])):
            numbers = [f"{number:+z.2f}" for number in (found.mean(), found.min(), found.max())]
            rows.append([CHOICES[choice].printed, value, str(len(found)), *numbers])
    return pd.DataFrame(rows, columns=["Choice", "Value", "Specifications", "Mean difference", "From", "To"])


def _name_left_out(choices: list[str], first: str, second: str) -> str:
    if not choices:
        return ""
    named = ", ".join(CHOICES[choice].printed for choice in choices)
    return f"Not in the curve, since neither {first} nor {second} depends on it: {named}.\n"
