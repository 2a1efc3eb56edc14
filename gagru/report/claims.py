"""The claims and their verdicts for readers, as Markdown."""

import pandas as pd

from gagru.evaluation.intervals import Bootstrap
from gagru.paper.printed_claims import BOTH
from gagru.paper.reported import TABLES
from gagru.report.formats import level_in_words, p_value, write_head
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed

EXPLAINED = """\
## How to read this

- *Reported*, *measured*: the margin by which a claim holds, in points of per cent, positive where it holds: a
  difference of two figures of a table, of two shares of edges (Figure 2), of attention before and after the graph
  (Figure 3; all of an utterance's attention is 100), or of two shapes of its profile (half the sum of the absolute
  differences of profiles that sum to 100). Of a claim over several rivals or emotions, the smallest margin is shown.
- *Interval, measured*: {level}, percentile bootstrap over speakers, {draws:,} draws, the same for both systems.
- *Interval, reported*: {level}, from the printed recalls as counts over the class sizes, misprints repaired. The
  utterances and the systems are taken as independent. Figures quoted from other papers have none.
- *Print alone*: what the printed figures decide by their own interval, misprints repaired.
- *p*: sign-flip test over speakers. For systems, their predictions of a speaker are exchanged together; for edges and
  profiles, the signs of the speakers' own margins. With ten speakers intervals alone find a difference too easily, in
  one of nine simulated data sets without any (`benchmarks/false_positives.py`), the test in one of twenty. The gain on
  two corpora has no test. A distance of two shapes is above 0 by chance alone, and drawn speakers make it larger: of
  this claim only the test decides.
- *Verdict*: **supported** if every margin of the claim has an interval above 0 and p of at most {alpha:g};
  **contradicted** if the interval of one is below 0 and its p, times the number of margins, is at most {alpha:g};
  **undecided** otherwise, and where something that the claim needs was not run. Each claim stands for itself: of
  claims without any truth to them, one in {once:.0f} would get a verdict.
- The beginning and the end of an utterance are its first and last {ends:g} %. Edges "for as many as there could be" are
  shares as multiples of what edges that fall anywhere would have: 1/9 within a third, 2/9 between two.
"""


def render_claims(judged: pd.DataFrame, ends: float, bootstrap: Bootstrap, notes: list[str]) -> str:
    """The page: notes (such as "Synthetic ..."), a count of verdicts and a table a corpus, and the rules.

    judged : see `gagru.verdicts.claims.judge`
    """
    parts = write_head("The paper's claims", notes)
    for corpus, claims in judged.groupby("corpus", sort=False):
        table = pd.DataFrame([_tabulate(claim) for claim in claims.itertuples()])
        parts += [f"## {_title(corpus)}\n", _count_verdicts(claims)]
        parts.append(to_markdown(table, right=["Reported", "Measured", "p"]))
        remarks = claims[claims["remark"].astype(bool) & claims["reported"].notna()]  # on this claim, as a misprint is
        parts.append("".join(f"- {row.claim}: {row.remark}\n" for row in remarks.itertuples()))
    alpha = round(1 - bootstrap.level, 9)
    words = {"level": level_in_words(bootstrap.level), "draws": bootstrap.draws, "alpha": alpha, "once": 1 / alpha}
    return "\n".join([*filter(None, parts), EXPLAINED.format(**words, ends=100 * ends)])


def _title(corpus: str) -> str:
    if corpus == BOTH:
        return printed(*TABLES)
    return printed(corpus) if corpus in TABLES else f"{printed(corpus)}, which the paper has not"


def _count_verdicts(claims: pd.DataFrame) -> str:
    counts = claims["verdict"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return ", ".join(f"{number} {word}" for word, number in counts.items()) + ".\n"


def _tabulate(claim) -> dict[str, str]:
    """The line of a claim."""
    over = f" (smallest: {claim.against})" if claim.margins > 1 else ""
    not_run = f" ({claim.why})" if claim.why.startswith("not run") else ""
    return {
        "Claim": claim.claim + over,
        "Place": claim.section,
        "Reported": _with_interval(claim.reported, claim.reported_low, claim.reported_high),
        "Print alone": claim.by_print,
        "Measured": _with_interval(claim.measured, claim.low, claim.high),
        "p": p_value(claim.p),
        "Verdict": claim.verdict + not_run,
    }


def _with_interval(value: float, low: float, high: float) -> str:
    """In points, which the margins of claims are in already."""
    if pd.isna(value):
        return ""
    return f"{value:+.2f}" + ("" if pd.isna(low) else f" ({low:+.1f} to {high:+.1f})")
