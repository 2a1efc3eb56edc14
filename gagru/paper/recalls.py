"""What a printed table says of one system, checked against the class sizes of its corpus."""

from gagru.paper.counts import CandidateSet, correct_of, other_test_set
from gagru.paper.findings import (
    DISAGREES,
    FOUND,
    NOT_FOUND,
    NOT_WHOLE,
    UNCHECKED,
    WHOLE,
    Finding,
    compare,
)
from gagru.paper.repairs import Repair, candidates, repairs
from gagru.paper.reported import ROWS, Reported


def audit_system(table: str, system: str, reported: Reported, test_sets: list[CandidateSet]) -> list[Finding]:
    """Can the recalls be counts over the corpus, do they give the printed WA and UA, and if not, what would?

    test_sets : the corpus's candidate test sets, the whole corpus first
    """
    if reported.recalls is None:
        why = f"no recalls are printed: {reported.protocol}"
        averages = {row: reported.values[row] for row in ("WA", "UA") if reported.values[row]}
        return [Finding(table, "table", system, row, cell, "", UNCHECKED, why) for row, cell in averages.items()]
    sizes = test_sets[0].sizes
    recalls = zip(ROWS[:4], reported.recalls, sizes, strict=True)
    findings = [_recall(table, system, row, recall, n) for row, recall, n in recalls]
    findings += _averages(table, system, reported, sizes)
    if any(finding.verdict in (NOT_WHOLE, DISAGREES) for finding in findings):
        findings.append(_repair(table, system, reported, sizes))
        findings += _other_test_set(table, system, reported, test_sets)
    return findings


def find_repairs(reported: Reported, sizes) -> list[Repair]:
    """The single repairs of the recalls that give the printed WA and UA over these class sizes."""
    wa, ua = reported.values["WA"], reported.values["UA"]
    return repairs(reported.recalls, float(wa), float(ua), sizes) if reported.recalls and wa and ua else []


def _recall(table: str, system: str, row: str, recall: float, size: int) -> Finding:
    correct = correct_of(recall, size)
    if correct is not None:
        return Finding(table, "table", system, row, f"{recall:.2f}", f"{correct}/{size}", WHOLE)
    nearest = round(recall * size / 100)
    detail = f"the nearest is {nearest}/{size} = {100 * nearest / size:.2f}"
    return Finding(table, "table", system, row, f"{recall:.2f}", "", NOT_WHOLE, detail)


def _averages(table: str, system: str, reported: Reported, sizes) -> list[Finding]:
    """WA and UA from the counts where the recalls are whole counts, else from the recalls as printed."""
    total = sum(sizes)
    correct = [correct_of(recall, n) for recall, n in zip(reported.recalls, sizes, strict=True)]
    whole = None not in correct
    exact = [100 * k / n for k, n in zip(correct, sizes, strict=True)] if whole else reported.recalls
    averages = {
        "WA": sum(recall * n for recall, n in zip(exact, sizes, strict=True)) / total,
        "UA": sum(exact) / len(exact),
    }
    slack = 0.0 if whole else 0.005  # recalls rounded to two decimals leave their means uncertain by as much
    findings = []
    for row, value in averages.items():
        printed = reported.values[row]
        verdict = compare(value, printed, slack) if printed else UNCHECKED
        detail = ""
        if verdict == DISAGREES:
            difference = value - float(printed)
            detail = f"the recalls give {value:.2f}, {abs(difference):.2f} {'more' if difference > 0 else 'less'}"
            if row == "WA":
                detail += f" ({value * total / 100:.0f} of {total} correct, not {float(printed) * total / 100:.0f})"
        findings.append(Finding(table, "table", system, row, printed, f"{value:.2f}", verdict, detail))
    return findings


def _repair(table: str, system: str, reported: Reported, sizes) -> Finding:
    tried = len(candidates(reported.recalls))
    found = find_repairs(reported, sizes)
    if found:
        recomputed = " or ".join(_slashed(repair.recalls) for repair in found)
        steps = "; or ".join(", ".join(repair.steps) for repair in found)
        verdict, detail = FOUND, f"{steps}: whole counts, and the printed WA and UA exactly"
        detail += f" (the only one of {tried} tried)" if len(found) == 1 else f" ({len(found)} of {tried} tried)"
    else:
        recomputed, verdict = "", NOT_FOUND
        detail = (
            f"none of {tried} exchanges of two recalls and transpositions of two digits gives the printed WA and UA"
        )
    return Finding(table, "table", system, "repair", _slashed(reported.recalls), recomputed, verdict, detail)


def _other_test_set(table: str, system: str, reported: Reported, test_sets) -> list[Finding]:
    """Where the recalls are no counts over the corpus: the test set they point to, with its WA and UA."""
    fit = other_test_set(reported.recalls, test_sets)
    if fit is None:
        return []
    counts = ", ".join(f"{k}/{n}" for k, n in zip(fit.correct, fit.sizes, strict=True))
    detail = (
        f"{fit.test_set.name}, if the rows are {', '.join(fit.emotions)}; arbitrary recalls fit it in some order "
        f"once in {1 / fit.chance:,.0f} times. Not a leave-one-person-out value"
    )
    findings = [Finding(table, "table", system, "test set", _slashed(reported.recalls), counts, FOUND, detail)]
    averages = {
        "WA": 100 * sum(fit.correct) / sum(fit.sizes),
        "UA": sum(100 * k / n for k, n in zip(fit.correct, fit.sizes, strict=True)) / len(fit.sizes),
    }
    for row, value in averages.items():
        if printed := reported.values[row]:
            item, verdict = f"{row} over that test set", compare(value, printed)
            findings.append(Finding(table, "table", system, item, printed, f"{value:.2f}", verdict))
    return findings


def _slashed(recalls) -> str:
    return " / ".join(f"{recall:.2f}" for recall in recalls)
