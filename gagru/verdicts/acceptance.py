"""The acceptance check: are our figures, on the real corpora, those that the paper reports?

A figure agrees if it is no further from the reported one than both leave open: the distance from the measured value to
the end of its interval on that side (speakers) and half the interval of the reported one (counts), as the root of the
sum of squares. Figures that the audit finds misprinted are compared as repaired.
"""

import csv
import io
from math import hypot
from typing import NamedTuple

import numpy as np

from gagru.evaluation.tables import METRIC_OF_ROW, Column
from gagru.paper.columns import audit_column
from gagru.paper.counts import read_class_counts
from gagru.paper.findings import DISAGREES
from gagru.paper.reported import LEAVE_ONE_OUT, TABLES
from gagru.paper.uncertainty import printed_figure, repaired_figure, repaired_recalls
from gagru.storage.files import write_text
from gagru.storage.markdown import table
from gagru.task.corpora import printed

AGREES, HIGHER, LOWER, NOT_COMPARABLE = "agrees", "higher", "lower", "not comparable"
MEANINGS = {
    AGREES: "{system}'s {row} agrees with the paper: what is between them, speakers and counts leave open",
    HIGHER: "{system}'s {row} is higher than the paper's by more than speakers and counts leave open",
    LOWER: "{system}'s {row} is not reached: it is lower than the paper's by more than speakers and counts leave open",
    NOT_COMPARABLE: "{system}'s {row} cannot be compared: the paper's figure is {protocol}",
}


class Checked(NamedTuple):
    """One figure beside the reported one: a line of `check.csv`, in per cent.

    reported, compared_with : as printed, and with a misprint repaired, to which the interval and difference belong
    meaning, remark : what follows, and what is amiss in print, in words
    """

    corpus: str
    system: str
    row: str
    reported: float
    compared_with: float
    reported_low: float | None
    reported_high: float | None
    measured: float
    low: float
    high: float
    difference: float
    verdict: str
    meaning: str
    remark: str


def check(columns: dict[str, dict[str, Column]], synthetic: list[str]) -> list[Checked]:
    """Every figure that was measured on a real corpus and that the paper reports. columns : see `read_columns`."""
    return [
        checked
        for corpus in TABLES
        if corpus in columns and corpus not in synthetic
        for column in columns[corpus].values()
        if column.mean and column.reported
        for row in METRIC_OF_ROW
        if (checked := _checked(corpus, column, row))
    ]


def in_words(columns: dict[str, dict[str, Column]], synthetic: list[str], found: list[Checked]) -> list[str]:
    """A sentence a corpus on what the check says, or why it says nothing."""
    sentences = []
    for corpus in dict.fromkeys([*TABLES, *columns]):
        name, ours = printed(corpus), [one for one in found if one.corpus == corpus]
        compared = [one for one in ours if one.verdict != NOT_COMPARABLE]
        if corpus not in TABLES:
            sentences.append(f"{name}: the paper reports nothing on this corpus.")
        elif corpus not in columns:
            sentences.append(f"{name}: not run, so nothing is compared.")
        elif corpus in synthetic:
            sentences.append(f"{name}: synthetic speech in its place, so nothing is compared.")
        elif not compared:
            sentences.append(f"{name}: the paper reports nothing comparable on the systems that were run.")
        else:
            sentences.append(f"{name}: {_counted(compared)}{_partial(corpus, columns[corpus])}")
    return sentences


def write_check(found: list[Checked], path) -> None:
    """Write the CSV file, figures with two decimals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Checked._fields)
    writer.writerows([_two(cell) if isinstance(cell, float) else cell for cell in one] for one in found)
    write_text(path, text.getvalue())


def page(found: list[Checked], sentences: list[str], notes: list[str]) -> str:
    """The Markdown page: notes, the sentences, and a table of the figures."""
    header = ["Corpus", "System", "Figure", "Reported", "Measured", "Difference", "Verdict", "Remark"]
    rows = [
        [
            printed(one.corpus),
            one.system,
            one.row,
            _range(one.compared_with, one.reported_low, one.reported_high),
            _range(one.measured, one.low, one.high),
            f"{one.difference:+.2f}",
            one.verdict,
            one.remark,
        ]
        for one in found
    ]
    parts = ["# Check against the paper\n", *(f"> **{note}**\n" for note in notes)]
    parts.append("".join(f"- {sentence}\n" for sentence in sentences))
    if rows:
        parts += [table(header, rows, right={3, 4, 5}), RULE]
    return "\n".join(parts)


RULE = """\
In per cent. Measured figures have the interval of the bootstrap over speakers, reported ones that of their counts. A
figure *agrees* if the difference is at most the root of the sum of the squares of what both leave open on that side.
"""


def _checked(corpus: str, column: Column, row: str) -> Checked | None:
    test_sets = read_class_counts()[corpus]
    sizes, paper = test_sets[0].sizes, column.reported
    measured = column.mean["pooled"][METRIC_OF_ROW[row]]
    reported = printed_figure(paper, row, sizes)
    if reported is None or measured["value"] is None or measured["low"] is None:
        return None
    repaired = repaired_figure(paper, row, sizes)
    compared = repaired or reported
    interval = compared.interval(column.mean["intervals"]["level"])
    value, low, high = (100 * measured[key] for key in ("value", "low", "high"))
    difference = value - compared.value
    verdict = NOT_COMPARABLE
    if paper.protocol == LEAVE_ONE_OUT and interval:
        room = hypot(value - low if difference > 0 else high - value, (interval[1] - interval[0]) / 2)
        verdict = AGREES if abs(difference) <= room else HIGHER if difference > 0 else LOWER
    meaning = MEANINGS[verdict].format(system=column.printed, row=row, protocol=paper.protocol)
    figures = (reported.value, compared.value, *(interval or (None, None)), value, low, high, difference)
    remark = _remark(corpus, column, row, test_sets, repaired is not None)
    return Checked(corpus, column.printed, row, *figures, verdict, meaning, remark)


def _remark(corpus: str, column: Column, row: str, test_sets, repaired: bool) -> str:
    """What the audit finds amiss in a printed figure that is compared here."""
    if repaired:
        return f"printed {column.reported.figures[row]}, a misprint that the audit repairs"
    if row not in ("WA", "UA") or column.reported.protocol != LEAVE_ONE_OUT:
        return ""
    if repaired_recalls(column.reported, test_sets[0].sizes):
        return "agrees with the recalls only as repaired"
    findings = audit_column(corpus, column.system, column.reported, test_sets)
    return next((f.detail for f in findings if f.item == row and f.verdict == DISAGREES), "")


def _counted(compared: list[Checked]) -> str:
    agreeing = sum(one.verdict == AGREES for one in compared)
    words = f"{agreeing} of {len(compared)} comparable figures agree with the paper."
    for verdict, what in ((LOWER, "Lower than reported"), (HIGHER, "Higher than reported")):
        if names := [f"{one.system}'s {one.row} ({one.difference:+.1f})" for one in compared if one.verdict == verdict]:
            words += f" {what}: {', '.join(names)}."
    return words


def _partial(corpus: str, columns: dict[str, Column]) -> str:
    """A warning where the corpus is not the whole one."""
    sizes = read_class_counts()[corpus][0].sizes
    one = next(column for column in columns.values() if column.mean)
    ours = np.sum(list(next(iter(one.seeds.values()))["speakers"].values()), axis=(0, 2)).tolist()
    if ours == list(sizes):
        return ""
    return f" These are figures of {sum(ours)} of the {sum(sizes)} utterances, so they need not agree."


def _two(value: float) -> str:
    return f"{value:.2f}"


def _range(value: float, low: float | None, high: float | None) -> str:
    return f"{value:.2f}" + ("" if low is None else f" ({low:.1f} to {high:.1f})")
