"""The check against the paper: are our figures, on the real corpora, those that the paper reports?

A figure agrees if it is no further from the reported one than both leave open: the distance from the measured value to
the end of its interval on that side (speakers) and half the interval of the reported one (counts), as the root of the
sum of squares. Figures that the audit finds misprinted are compared as repaired.
"""

from math import hypot

import pandas as pd

from gagru.evaluation.results import Results
from gagru.evaluation.tables import METRIC_OF_ROW
from gagru.paper.counts import read_class_counts
from gagru.paper.findings import DISAGREES
from gagru.paper.recalls import audit_system
from gagru.paper.reported import LEAVE_ONE_OUT, NAMES, TABLES, Reported, read_reported
from gagru.paper.uncertainty import printed_figure, repaired_figure, repaired_recalls

AGREES, HIGHER, LOWER, NOT_COMPARABLE = "agrees", "higher", "lower", "not comparable"
MEANINGS = {
    AGREES: "{system}'s {row} agrees with the paper: what is between them, speakers and counts leave open",
    HIGHER: "{system}'s {row} is higher than the paper's by more than speakers and counts leave open",
    LOWER: "{system}'s {row} is not reached: it is lower than the paper's by more than speakers and counts leave open",
    NOT_COMPARABLE: "{system}'s {row} cannot be compared: the paper's figure is {protocol}",
}
NUMBERS = ["reported", "compared_with", "reported_low", "reported_high", "measured", "low", "high", "difference"]
COLUMNS = ["corpus", "system", "row", *NUMBERS, "verdict", "meaning", "remark"]
FORMATS = dict.fromkeys(NUMBERS, "{:.2f}".format)


def check(results: dict[str, Results], synthetic: list[str]) -> pd.DataFrame:
    """A row a figure that was measured on a real corpus and that the paper reports, in the order of its tables.

    Columns, figures in per cent:

    corpus, system (as printed), row
    reported, compared_with, reported_low, reported_high : as printed, and with a misprint repaired, to which the
        interval and the difference belong; the interval is missing where the counts are not known
    measured, low, high, difference
    verdict : one of `AGREES`, `HIGHER`, `LOWER`, `NOT_COMPARABLE`
    meaning, remark : what follows, and what is amiss in print, in words
    """
    rows = [
        _compare(results[corpus], system, paper, row)
        for corpus in TABLES
        if corpus in results and corpus not in synthetic
        for system, paper in read_reported(corpus).items()
        if system in results[corpus].confusions
        for row in METRIC_OF_ROW
    ]
    return pd.DataFrame(list(filter(None, rows)), columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))


def _compare(results: Results, system: str, paper: Reported, row: str) -> dict | None:
    """A row of the table; None where one of the two figures is not there."""
    test_sets = read_class_counts()[results.corpus]
    sizes = test_sets[0].sizes
    ours = results.means.loc[(system, METRIC_OF_ROW[row])]
    printed = printed_figure(paper, row, sizes)
    if printed is None or ours[["value", "low"]].isna().any():
        return None
    repaired = repaired_figure(paper, row, sizes)
    compared = repaired or printed
    interval = compared.interval(results.bootstrap.level)
    value, low, high = (100 * ours[name] for name in ("value", "low", "high"))
    difference = value - compared.value
    verdict = NOT_COMPARABLE
    if paper.protocol == LEAVE_ONE_OUT and interval:
        room = hypot(value - low if difference > 0 else high - value, (interval[1] - interval[0]) / 2)
        verdict = AGREES if abs(difference) <= room else HIGHER if difference > 0 else LOWER
    name, (reported_low, reported_high) = NAMES[system].printed, interval or (None, None)
    return {
        **{"corpus": results.corpus, "system": name, "row": row, "reported": printed.value},
        **{"compared_with": compared.value, "reported_low": reported_low, "reported_high": reported_high},
        **{"measured": value, "low": low, "high": high, "difference": difference, "verdict": verdict},
        "meaning": MEANINGS[verdict].format(system=name, row=row, protocol=paper.protocol),
        "remark": _remark(results.corpus, system, paper, row, test_sets),
    }


def _remark(corpus: str, system: str, paper: Reported, row: str, test_sets) -> str:
    """What the audit finds amiss in a printed figure that is compared here."""
    if repaired_figure(paper, row, test_sets[0].sizes):
        return f"printed {paper.figures[row]}, a misprint that the audit repairs"
    if row not in ("WA", "UA") or paper.protocol != LEAVE_ONE_OUT:
        return ""
    if repaired_recalls(paper, test_sets[0].sizes):
        return "agrees with the recalls only as repaired"
    findings = audit_system(corpus, system, paper, test_sets)
    return next((f.detail for f in findings if f.item == row and f.verdict == DISAGREES), "")
