"""The claims that the paper makes, as it makes them: place, words, and what its printed values say by themselves."""

import csv
from pathlib import Path
from typing import NamedTuple

from gagru.paper.counts import opened, read_class_counts
from gagru.paper.findings import DISAGREES, compare
from gagru.paper.reported import LEAVE_ONE_OUT, NAMES, ROWS, TABLES, read_reported
from gagru.paper.uncertainty import Estimate, printed_value, repaired_recalls, repaired_value
from gagru.task.errors import InputError

CLAIMS = Path(__file__).with_name("claims_made.csv")
BOTH, EVERY_OTHER = "both", "every other"
SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"


class Claim(NamedTuple):
    """A row of `claims_made.csv`.

    corpus, section, quote : on which corpus (or `both` of the paper's), where and in which words the claim is made
    measure, subject, against : what is compared: a row of the tables, for a system, against a system or every other; or
        what `gagru.verdicts.claims` knows of the edges and profiles of an emotion
    printed : the difference that the text gives, or empty; claim : what is claimed, in our words
    """

    corpus: str
    section: str
    measure: str
    subject: str
    against: str
    printed: str
    claim: str
    quote: str


class PrintedMargin(NamedTuple):
    """By how much a claim holds in the printed tables, in per cent: of the closest rival, where there are several.

    verdict : what the margins' own intervals decide, misprints repaired; empty where none has an interval
    """

    value: float
    interval: tuple[float, float] | None
    verdict: str
    remark: str


class _Margin(NamedTuple):
    """A system's value over a rival's as printed, and with the misprints repaired that the audit finds."""

    printed: Estimate
    repaired: Estimate
    remarks: list[str]


def read_claims(path=CLAIMS) -> list[Claim]:
    """Read the claims; `InputError` for a file of another shape."""
    try:
        return [Claim(*(row[name] for name in Claim._fields)) for row in csv.DictReader(opened(path))]
    except KeyError as error:
        raise InputError(f"{path}: needs the columns {', '.join(Claim._fields)}") from error


def printed_margin(claim: Claim, level: float) -> PrintedMargin | None:
    """What the tables print for a claim; None for claims on Figures 2 and 3, and on corpora that the paper lacks."""
    if claim.measure == "gain":
        gains = [_margins(corpus, "UA", "ga_gru", "bigru_att", level)[0] for corpus in (claim.subject, claim.against)]
        margins = [_Margin(gains[0].printed - gains[1].printed, gains[0].repaired - gains[1].repaired, [])]
    elif claim.measure in ROWS and claim.corpus in TABLES:
        margins = _margins(claim.corpus, claim.measure, claim.subject, claim.against, level)
    else:
        return None
    closest = min(margins, key=lambda margin: margin.printed.value)
    remarks = [*closest.remarks]
    if claim.printed and claim.against != EVERY_OTHER and compare(closest.printed.value, claim.printed) == DISAGREES:
        remarks.insert(0, f"The text says {claim.printed}, its table gives {closest.printed.value:.2f}")
    intervals = [margin.repaired.interval(level) for margin in margins]
    words = ". ".join([*remarks, ""]).strip()
    return PrintedMargin(closest.printed.value, closest.printed.interval(level), _verdict(intervals), words)


def _margins(corpus: str, row: str, subject: str, against: str, level: float) -> list[_Margin]:
    """A system's value over one rival's, or over those of every other system with such a value."""
    systems, sizes = read_reported(corpus), read_class_counts()[corpus][0].sizes
    others = [name for name in systems if name != subject] if against == EVERY_OTHER else [against]
    own = printed_value(systems[subject], row, sizes)
    repaired = repaired_value(systems[subject], row, sizes)
    margins = []
    for name in others:
        if (other := printed_value(systems[name], row, sizes)) is None:
            continue
        margin = _Margin(own - other, (repaired or own) - other, [])
        if repaired:
            margin.remarks.append(f"Misprint: with the recalls repaired it is {_shown(margin.repaired, level)}")
        elif row in ("WA", "UA") and repaired_recalls(systems[subject], sizes):
            margin.remarks.append(f"The printed recalls do not give {row} {own.value:.2f}, the repaired ones do")
        if systems[name].protocol != LEAVE_ONE_OUT:
            margin.remarks.append(f"{NAMES[name].printed}'s value is not comparable: {systems[name].protocol}")
        margins.append(margin)
    return margins


def _shown(estimate: Estimate, level: float) -> str:
    low, high = estimate.interval(level)
    return f"{estimate.value:+.2f} ({low:+.1f} to {high:+.1f})"


def _verdict(intervals: list[tuple[float, float] | None]) -> str:
    """What the printed values decide by themselves; a margin without an interval can support nothing."""
    if not any(intervals):
        return ""
    if any(interval and interval[1] < 0 for interval in intervals):
        return CONTRADICTED
    return SUPPORTED if all(interval and interval[0] > 0 for interval in intervals) else UNDECIDED
