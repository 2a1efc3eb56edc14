"""The values that the paper's text quotes, checked against its tables as printed."""

import csv
from pathlib import Path

from gagru.paper.counts import CandidateSet, opened
from gagru.paper.findings import AGREES, DISAGREES, UNCHECKED, Finding, compare
from gagru.paper.recalls import find_repairs
from gagru.paper.reported import NAMES, ROWS, Reported
from gagru.task.errors import InputError

TEXT_VALUES = Path(__file__).with_name("text_values.csv")


def audit_text(path, tables: dict[str, dict[str, Reported]], test_sets: dict[str, list[CandidateSet]]) -> list[Finding]:
    """A finding for each row of `text_values.csv`; tables and test sets by table name."""
    findings = []
    for number, row in enumerate(csv.DictReader(opened(path)), start=2):
        try:
            item, recomputed, verdict, detail = _check(row, tables[row["table"]], test_sets[row["table"]][0].sizes)
            place = "abstract" if row["section"] == "Abstract" else f"section {row['section']}"
            source = f'{place}: "{row["quote"]}"' + (f"; {detail}" if detail else "")
            value = row["value"]
            findings.append(Finding(row["table"], "text", row["system"], item, value, recomputed, verdict, source))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path}:{number}: not a value of the tables ({error!r})") from error
    return findings


def _check(row: dict, systems: dict[str, Reported], sizes) -> tuple[str, str, str, str]:
    """Item, recomputed value, verdict and detail of one quoted value."""
    metric, system, against, value = row["row"], row["system"], row["against"], row["value"]
    if metric == "utterances":
        return metric, str(sum(sizes)), compare(sum(sizes), value), ""
    own = systems[system].values[metric]
    if not against:
        return metric, own, compare(float(own), value), ""
    if against == "every other":
        others = {name: float(c.values[metric]) for name, c in systems.items() if name != system and c.values[metric]}
        best = max(others, key=others.get)
        verdict = AGREES if float(own) > others[best] else DISAGREES
        return f"{metric} above every other", f"{float(own) - others[best]:+.2f}", verdict, f"next: {_name(best)}"
    item, other = f"{metric} above {_name(against)}", systems[against].values[metric]
    if not own or not other:
        return item, "", UNCHECKED, "the table does not print both values"
    difference = float(own) - float(other)
    detail = _after_repair(systems[system], metric, float(other), sizes)
    return item, f"{difference:.2f}", compare(difference, value), detail


def _after_repair(reported: Reported, metric: str, other: float, sizes) -> str:
    """What becomes of a difference in recall once the system's misprints are repaired, if one repair explains them."""
    found = find_repairs(reported, sizes)
    if len(found) != 1 or metric not in ROWS[:4]:
        return ""
    recall = found[0].recalls[ROWS.index(metric)]
    return "" if recall == float(reported.values[metric]) else f"with the recalls repaired it is {recall - other:+.2f}"


def _name(system: str) -> str:
    return NAMES[system].printed
