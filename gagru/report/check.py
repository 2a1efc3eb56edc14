"""The check against the paper for readers, as Markdown."""

import pandas as pd

from gagru.evaluation.results import Results
from gagru.paper.counts import read_class_counts
from gagru.paper.reported import TABLES
from gagru.report.formats import level_in_words, write_head
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed
from gagru.verdicts.agreement import AGREES, FEWEST_SEEDS, HIGHER, LOWER, NO_DRAWS, NOT_COMPARABLE, TOO_FEW_SEEDS

RULE = """\
In per cent. Both runs test the same utterances, so only the random draws of training set them apart. *Measured* is the
mean over seeds; the interval is the one that one more run would fall into: mean ± t sd √(1 + 1/n), from n of at least
{fewest} seeds, at {level}. A value *agrees* if the reported one, misprints repaired, lies in it. The paper's value is
taken as one run. *Found from* is the smallest difference that is found with 80 % power: (t₁ + t₂) sd √(1 + 1/n), with
the quantile of the interval and the one of 0.8.

With *too few seeds* nothing is decided. Set `run: {{seeds: [0, 1, 2, 3, 4]}}`. A system without *random draws* gives
the same value in every run: look at the difference itself.
"""


def render_check(checked: pd.DataFrame, sentences: list[str], notes: list[str], level: float = 0.95) -> str:
    """The page: notes, the sentences of `describe_check`, and a table of the values.

    checked : see `gagru.verdicts.agreement.check`
    """
    parts = write_head("Check against the paper", notes)
    parts.append("".join(f"- {sentence}\n" for sentence in sentences))
    if len(checked):
        table = pd.DataFrame([_tabulate(row) for row in checked.itertuples()])
        parts += [to_markdown(table, right=["Reported", "Measured", "Difference", "Found from"])]
        parts.append(RULE.format(fewest=FEWEST_SEEDS, level=level_in_words(level)))
    return "\n".join(parts)


def describe_check(results: dict[str, Results], synthetic: list[str], checked: pd.DataFrame) -> list[str]:
    """A sentence a corpus on what the check says, or why it says nothing."""
    sentences = []
    for corpus in dict.fromkeys([*TABLES, *results]):
        name = printed(corpus)
        compared = checked[(checked["corpus"] == corpus) & (checked["verdict"] != NOT_COMPARABLE)]
        if corpus not in TABLES:
            sentences.append(f"{name}: the paper reports nothing on this corpus.")
        elif corpus not in results:
            sentences.append(f"{name}: not run, so nothing is compared.")
        elif corpus in synthetic:
            sentences.append(f"{name}: synthetic speech in its place, so nothing is compared.")
        elif compared.empty:
            sentences.append(f"{name}: the paper reports nothing comparable on the systems that were run.")
        else:
            sentences.append(f"{name}: {_count_verdicts(compared)}{_warn_of_part(results[corpus])}")
    return sentences


def _tabulate(row) -> dict[str, str]:
    """The line of a value."""
    return {
        "Corpus": printed(row.corpus),
        "System": row.system,
        "Metric": row.row,
        "Reported": f"{row.compared_with:.2f}",
        "Measured": _with_interval(row.measured, row.low, row.high),
        "Difference": f"{row.difference:+z.2f}",
        "Found from": "" if pd.isna(row.detectable) else f"{row.detectable:.1f}",
        "Verdict": row.verdict,
        "Remark": row.remark,
    }


def _count_verdicts(compared: pd.DataFrame) -> str:
    counts = compared["verdict"].value_counts()
    words = f"{counts.get(AGREES, 0)} of {len(compared)} comparable values agree with the paper."
    if few := counts.get(TOO_FEW_SEEDS, 0):
        words += f" {few} have too few seeds to decide; set run: {{seeds: [0, 1, 2, 3, 4]}}."
    if same := counts.get(NO_DRAWS, 0):
        words += f" {same} are of a system without random draws."
    for verdict, what in ((LOWER, "Lower than reported"), (HIGHER, "Higher than reported")):
        rows = compared[compared["verdict"] == verdict].itertuples()
        if names := [f"{row.system}'s {row.row} ({row.difference:+.1f})" for row in rows]:
            words += f" {what}: {', '.join(names)}."
    return words


def _warn_of_part(results: Results) -> str:
    """A warning where the corpus is not the whole one."""
    whole, ours = read_class_counts()[results.corpus][0].sizes, results.sizes.sum().tolist()
    if ours == list(whole):
        return ""
    return f" These are values of {sum(ours)} of the {sum(whole)} utterances, so they need not agree."


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{value:.2f}" + ("" if pd.isna(low) else f" ({low:.1f} to {high:.1f})")
