"""The audit as a short page; everything on it is taken from the findings."""

import pandas as pd

from gagru.paper.findings import AGREES, AGREES_ROUGHLY, DISAGREES, FOUND, NOT_WHOLE, UNCHECKED, WHOLE, Finding
from gagru.paper.reported import NAMES, ROWS
from gagru.storage.tables import to_markdown
from gagru.task.corpora import PAPER_TABLES, name_table, title_table

TITLES = {name_table(corpus): title_table(corpus) for corpus in PAPER_TABLES}
INTRODUCTION = """\
# Audit of the paper's tables

A recall is a whole number of correct utterances over the size of its class, so the printed recalls can be decoded into
counts, and the counts give WA and UA. Computed from the printed values (`gagru/paper/table1_reported.csv`,
`table2_reported.csv`, `text_values.csv`) and the class sizes (`class_counts.csv`); every line is in `audit.csv`.
"""


def render_audit(findings: list[Finding]) -> str:
    """The Markdown page: the decoded tables, what does not agree in them, and the same for the text."""
    parts = [INTRODUCTION]
    for name, title in TITLES.items():
        ours = [f for f in findings if f.table == name and f.part == "table"]
        parts += [f"## {title}\n", _decoded(ours), _remarks(ours)]
    return "\n".join([*parts, "## Values in the text\n", _text([f for f in findings if f.part == "text"])])


def _by_system(findings: list[Finding]) -> dict[str, dict[str, Finding]]:
    systems: dict[str, dict[str, Finding]] = {}
    for finding in findings:
        systems.setdefault(finding.system, {})[finding.item] = finding
    return systems


def _decoded(findings: list[Finding]) -> str:
    averages = [f"{row} {what}" for row in ("WA", "UA") for what in ("printed", "recomputed")]
    columns = ["System", *ROWS[:4], *averages, "Verdict"]
    rows = []
    for system, items in _by_system(findings).items():
        recalls = [_recall(items.get(row)) for row in ROWS[:4]]
        printed = [
            text
            for row in ("WA", "UA")
            for text in ((items[row].printed, items[row].recomputed) if row in items else ("", ""))
        ]
        rows.append([NAMES[system].printed, *recalls, *printed, _verdict(list(items.values()))])
    return to_markdown(pd.DataFrame(rows, columns=columns), right=columns[1:-1])


def _recall(finding: Finding | None) -> str:
    if finding is None:
        return ""
    return finding.recomputed if finding.verdict == WHOLE else f"{finding.printed} %"


def _verdict(findings: list[Finding]) -> str:
    """One line on a system: what of its recalls, WA and UA does not hold."""
    printed = [f for f in findings if f.item in ROWS]
    if all(f.verdict == UNCHECKED for f in printed):
        return "cannot be checked: quoted, no recalls"
    loose = sum(f.verdict == NOT_WHOLE for f in printed)
    faults = [f"{loose} recalls are no whole counts"] if loose > 1 else ["1 recall is no whole count"] * loose
    faults += [f"{f.item} disagrees" for f in printed if f.verdict == DISAGREES]
    return "; ".join(faults) or "consistent"


def _remarks(findings: list[Finding]) -> str:
    """A line for each system with something amiss, and what would explain it."""
    lines = []
    for system, items in _by_system(findings).items():
        amiss = [f for f in items.values() if f.verdict in (NOT_WHOLE, DISAGREES) or f.item in ("repair", "test set")]
        if amiss:
            loose = [f for f in amiss if f.verdict == NOT_WHOLE]
            lines.append(f"- **{NAMES[system].printed}**")
            lines += [f"    - Not whole counts: {'; '.join(map(_nearest, loose))}."] if loose else []
            lines += [f"    - {_remark(finding)}" for finding in amiss if finding not in loose]
    return "\n".join(lines) + "\n" if lines else "Everything that can be checked agrees.\n"


def _nearest(f: Finding) -> str:
    return f"{f.item.lower()} {f.printed} ({f.detail})"


def _remark(f: Finding) -> str:
    if f.item == "repair":
        return f"Repair {f.verdict}{f' ({f.recomputed})' if f.verdict == FOUND else ''}: {f.detail}."
    if f.item == "test set":
        return f"Another test set fits: the recalls are {f.recomputed} of {f.detail}."
    if f.detail:
        return f"{f.item} {f.printed} {DISAGREES}: {f.detail}."
    return f"{f.item} would be {f.recomputed}, not {f.printed}."


def _text(findings: list[Finding]) -> str:
    agreeing = [f for f in findings if f.verdict in (AGREES, AGREES_ROUGHLY)]
    # A claim that agrees with the table as printed may still rest on a misprint; its detail says so.
    shown = [f for f in findings if f not in agreeing or "repaired" in f.detail]
    lines = f"{len(agreeing)} of {len(findings)} values quoted in the text agree with the tables as printed.\n"
    if not shown:
        return lines
    columns = ["Table", "Value", "Text", "Table gives", "Verdict", "Where"]
    rows = [[TITLES[f.table].split(":")[0], _item(f), f.printed, f.recomputed, f.verdict, f.detail] for f in shown]
    table = to_markdown(pd.DataFrame(rows, columns=columns), right=["Text", "Table gives"])
    return f"{lines}The others, and those that rest on a misprint:\n\n{table}"


def _item(f: Finding) -> str:
    return f"{NAMES[f.system].printed}, {f.item}" if f.system else f.item
