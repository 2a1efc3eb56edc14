"""The figures that the paper's text quotes, checked against its tables as printed."""

import csv
from pathlib import Path

from gagru.paper.counts import CandidateSet, opened
from gagru.paper.findings import AGREES, DISAGREES, UNCHECKED, Finding, compare
from gagru.paper.recalls import find_repairs
from gagru.paper.reported import NAMES, ROWS, Reported
from gagru.task.errors import InputError

TEXT_FIGURES = Path(__file__).with_name("text_figures.csv")


def audit_text(path, tables: dict[str, dict[str, Reported]], test_sets: dict[str, list[CandidateSet]]) -> list[Finding]:
    """A finding for each row of `text_figures.csv`; tables and test sets by table name."""
    findings = []
    for number, row in enumerate(csv.DictReader(opened(path)), start=2):
        try:
            item, recomputed, verdict, detail = _check(row, tables[row["table"]], test_sets[row["table"]][0].sizes)
            place = "abstract" if row["section"] == "Abstract" else f"section {row['section']}"
            source = f'{place}: "{row["quote"]}"' + (f"; {detail}" if detail else "")
            value = row["value"]
            findings.append(Finding(row["table"], "text", row["system"], item, value, recomputed, verdict, source))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}:{number}: not a figure of the tables ({error!r})") from error
    return findings


def _check(row: dict, systems: dict[str, Reported], sizes) -> tuple[str, str, str, str]:
    """Item, recomputed figure, verdict and detail of one quoted figure."""
    figure, system, against, value = row["figure"], row["system"], row["against"], row["value"]
    if figure == "utterances":
        return figure, str(sum(sizes)), compare(sum(sizes), value), ""
    own = systems[system].figures[figure]
    if not against:
        return figure, own, compare(float(own), value), ""
    if against == "every other":
        others = {name: float(c.figures[figure]) for name, c in systems.items() if name != system and c.figures[figure]}
        best = max(others, key=others.get)
        verdict = AGREES if float(own) > others[best] else DISAGREES
        return f"{figure} above every other", f"{float(own) - others[best]:+.2f}", verdict, f"next: {_name(best)}"
    item, other = f"{figure} above {_name(against)}", systems[against].figures[figure]
    if not own or not other:
        return item, "", UNCHECKED, "the table does not print both figures"
    difference = float(own) - float(other)
    detail = _after_repair(systems[system], figure, float(other), sizes)
    return item, f"{difference:.2f}", compare(difference, value), detail


def _after_repair(reported: Reported, figure: str, other: float, sizes) -> str:
    """What becomes of a difference in recall once the system's misprints are repaired, if one repair explains them."""
    found = find_repairs(reported, sizes)
    if len(found) != 1 or figure not in ROWS[:4]:
        return ""
    recall = found[0].recalls[ROWS.index(figure)]
    return "" if recall == float(reported.figures[figure]) else f"with the recalls repaired it is {recall - other:+.2f}"


def _name(system: str) -> str:
    return NAMES[system].printed
