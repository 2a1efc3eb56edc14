"""The check against the paper: are our values, on the real corpora, those that the paper reports?

Both runs test the same utterances of the same speakers, so neither speakers nor counts set them apart: the random draws
of a training do. A value agrees if the reported one lies in the interval that one more run of ours would fall into, a
prediction interval from n seeds: mean +- t sd sqrt(1 + 1/n), with t of n - 1 degrees of freedom (Hahn & Meeker 1991,
Statistical Intervals, section 4.7). Values that the audit finds misprinted are compared as repaired.
"""

import numpy as np
import pandas as pd

from gagru.evaluation.margins import POWER
from gagru.evaluation.results import Results
from gagru.evaluation.tables import METRIC_OF_ROW
from gagru.paper.counts import read_class_counts
from gagru.paper.findings import DISAGREES
from gagru.paper.recalls import audit_system
from gagru.paper.reported import LEAVE_ONE_OUT, NAMES, TABLES, Reported, read_reported
from gagru.paper.uncertainty import printed_value, repaired_recalls, repaired_value
from gagru.task.systems import SYSTEMS

AGREES, HIGHER, LOWER, NOT_COMPARABLE = "agrees", "higher", "lower", "not comparable"
TOO_FEW_SEEDS, NO_DRAWS = "too few seeds", "no random draws"
FEWEST_SEEDS = 5
MEANINGS = {
    AGREES: "{system}'s {row} agrees with the paper: one more run of ours could give the paper's value",
    HIGHER: "{system}'s {row} is higher than the paper's by more than runs with other seeds differ",
    LOWER: "{system}'s {row} is not reached: it is lower than the paper's by more than runs with other seeds differ",
    TOO_FEW_SEEDS: "{system}'s {row}: {seeds} of the five seeds that are needed to tell how far runs differ",
    NO_DRAWS: "{system}'s {row}: every run gives the same, so no spread over seeds says how far is too far",
    NOT_COMPARABLE: "{system}'s {row} cannot be compared: the paper's value is {protocol}",
}
NUMBERS = ["reported", "compared_with", "measured", "low", "high", "detectable", "difference"]
COLUMNS = ["corpus", "system", "row", *NUMBERS, "seeds", "verdict", "meaning", "remark"]
FORMATS = dict.fromkeys(NUMBERS, "{:.2f}".format)


def check(results: dict[str, Results], synthetic: list[str], level: float = 0.95) -> pd.DataFrame:
    """A row a value that was measured on a real corpus and that the paper reports, in the order of its tables.

    Columns, values in per cent:

    corpus, system (as printed), row
    reported, compared_with : as printed, and with a misprint repaired, to which the difference belongs
    measured, low, high, seeds : the mean over seeds, the prediction interval of one more run, missing with fewer than
        `FEWEST_SEEDS`, and how many seeds there are
    detectable : the smallest difference that is found with a power of `POWER`, missing like the interval
    verdict : one of `AGREES`, `HIGHER`, `LOWER`, `NOT_COMPARABLE`, `TOO_FEW_SEEDS`, `NO_DRAWS`; the last two decide
        nothing
    meaning, remark : what follows, and what is amiss in print, in words
    """
    rows = [
        _compare(results[corpus], system, paper, row, level)
        for corpus in TABLES
        if corpus in results and corpus not in synthetic
        for system, paper in read_reported(corpus).items()
        if system in results[corpus].confusions
        for row in METRIC_OF_ROW
    ]
    return pd.DataFrame(list(filter(None, rows)), columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))


def _compare(results: Results, system: str, paper: Reported, row: str, level: float) -> dict | None:
    """A row of the table; None where one of the two values is not there."""
    test_sets = read_class_counts()[results.corpus]
    sizes = test_sets[0].sizes
    runs = results.runs[(results.runs["system"] == system) & (results.runs["metric"] == METRIC_OF_ROW[row])]
    ours = 100 * runs["value"].to_numpy(dtype=float)
    printed = printed_value(paper, row, sizes)
    if printed is None or np.isnan(ours).any():
        return None
    repaired = repaired_value(paper, row, sizes)
    compared = repaired or printed
    value, (low, high) = ours.mean(), predict_interval(ours, level)
    detectable = find_smallest_difference(ours, level)
    difference = value - compared.value
    verdict = _decide(system, paper, compared.value, low, high)
    name = NAMES[system].printed
    return {
        **{"corpus": results.corpus, "system": name, "row": row, "reported": printed.value},
        **{"compared_with": compared.value, "measured": value, "low": low, "high": high},
        **{"detectable": detectable, "difference": difference, "seeds": len(ours), "verdict": verdict},
        "meaning": MEANINGS[verdict].format(system=name, row=row, protocol=paper.protocol, seeds=len(ours)),
        "remark": _remark(results.corpus, system, paper, row, test_sets),
    }


def predict_interval(values, level: float) -> tuple[float, float]:
    """The interval that one more value of the same kind falls into; NaN with fewer than `FEWEST_SEEDS`.

    Example
    -------
    The mean is 62, the deviation 1.581; t of 4 degrees of freedom 2.776, and the root of 1 + 1/5 1.095:

    >>> [round(float(end), 2) for end in predict_interval([60, 61, 62, 63, 64], 0.95)]
    [57.19, 66.81]
    """
    half = _multiply_error(values, (1 + level) / 2)
    return np.mean(values) - half, np.mean(values) + half


def find_smallest_difference(values, level: float) -> float:
    """How far one more value must lie from the mean, were it of another kind, to be told apart with `POWER`.

    It is (t_{(1 + level) / 2} + t_{POWER}) sd sqrt(1 + 1/n); NaN with fewer than `FEWEST_SEEDS`.

    Example
    -------
    As for `predict_interval`, with 0.941 besides 2.776:

    >>> round(float(find_smallest_difference([60, 61, 62, 63, 64], 0.95)), 2)
    6.44
    """
    return _multiply_error(values, (1 + level) / 2) + _multiply_error(values, POWER)


def _multiply_error(values, quantile: float) -> float:
    """A quantile of Student's t times the error of one more value."""
    from scipy.stats import t  # most of a second to import

    number = len(values)
    if number < FEWEST_SEEDS:
        return np.nan
    return t.ppf(quantile, number - 1) * np.std(values, ddof=1) * np.sqrt(1 + 1 / number)


def _decide(system: str, paper: Reported, reported: float, low: float, high: float) -> str:
    if paper.protocol != LEAVE_ONE_OUT:
        return NOT_COMPARABLE
    if not SYSTEMS[system].network:
        return NO_DRAWS
    if np.isnan(low):
        return TOO_FEW_SEEDS
    room = 0.005  # the reported value is rounded
    return HIGHER if reported < low - room else LOWER if reported > high + room else AGREES


def _remark(corpus: str, system: str, paper: Reported, row: str, test_sets) -> str:
    """What the audit finds amiss in a printed value that is compared here."""
    if repaired_value(paper, row, test_sets[0].sizes):
        return f"printed {paper.values[row]}, a misprint that the audit repairs"
    if row not in ("WA", "UA") or paper.protocol != LEAVE_ONE_OUT:
        return ""
    if repaired_recalls(paper, test_sets[0].sizes):
        return "agrees with the recalls only as repaired"
    findings = audit_system(corpus, system, paper, test_sets)
    return next((f.detail for f in findings if f.item == row and f.verdict == DISAGREES), "")
