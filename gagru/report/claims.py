"""The claims and their verdicts for readers, as Markdown."""

from collections.abc import Mapping

import pandas as pd

from gagru.evaluation.evidence import Evidence
from gagru.paper.printed_claims import BOTH
from gagru.paper.reported import TABLES
from gagru.report.formats import level_in_words, p_value, write_head
from gagru.report.statistics import COVERAGE, FALSE_POSITIVES, explain_detectable
from gagru.storage.tables import to_markdown
from gagru.task.corpora import printed

EXPLAINED = """\
## How to read this

- *Reported*, *measured*: the margin by which a claim holds, in points of per cent, positive where it holds: a
  difference of two figures of a table, of two shares of edges (Figure 2), of attention before and after the graph
  (Figure 3; all of an utterance's attention is 100), or of two shapes of its profile (half the sum of the absolute
  differences of profiles that sum to 100). Of a claim with several margins, over rivals, emotions or parts of an
  utterance, the table shows the one that decides: the surest of those that contradict it, else the smallest.
- *p*, and *interval, measured*: sign-flip test over speakers. A margin is a sum of what each speaker adds to it, and p
  is the share of all choices of signs for the speakers after which the sum is as far from 0. The {level} interval holds
  the margins that this test does not reject, so it excludes 0 exactly where p is at most {alpha:g}. In simulated data
  sets {coverage} of 95 % intervals hold the truth, and {false_positives} of data sets without a difference have p of at
  most 0.05 (`benchmarks/calibration.py`). Fewer than six speakers have no 95 % interval, since their smallest p is
  2 / 2^5 = 0.0625: nothing is decided then.
- *Found from*: {detectable}.
- That one emotion's shape changes more than another's is no sum over speakers. The parts are those of the jackknife,
  which leaves out a speaker at a time. That a shape changes at all has no interval, for a distance cannot be below 0:
  its test exchanges a speaker's shapes before and after the graph.
- *Beside it*, under the table: what the weight of the beginning and the end is to be held against. Where the graph adds
  weight everywhere, the middle gains as well. The ends' shares of all weight say whether it moves to them.
- *Interval, reported*: {level}, from the printed recalls as counts over the class sizes, misprints repaired. The
  utterances and the systems are taken as independent. Values quoted from other papers have none.
- *Print alone*: what the printed values decide by their own interval, misprints repaired.
- *Verdict*: **supported** if every margin of the claim is above 0 with p of at most {alpha:g}; **contradicted** if one
  is below 0 and its p, times the number of margins, is at most {alpha:g}; **undecided** otherwise, and where something
  that the claim needs was not run. Each claim stands for itself: of claims without any truth to them, one in
  {once:.0f} would get a verdict.
- The beginning and the end of an utterance are its first and last {ends:g} %. Edges "for as many as there could be" are
  shares as multiples of what edges that fall anywhere would have: 1/9 within a third, 2/9 between two.
"""
UNDER_SELECTION = """\
- *Under selection*: the same with what the validation part of every fold chose among as many configurations of each
  network (see the tables); empty where a network that the claim needs was not selected. The SVM stands as described,
  unless it was selected too. A verdict *as described, not under selection* holds for the systems as configured alone:
  under selection it is undecided.
"""


def render_claims(
    judged: pd.DataFrame, joint: Mapping[str, Evidence | None], ends: float, level: float, notes: list[str]
) -> str:
    """The page: notes (such as "Synthetic ..."), a count of verdicts and a table a corpus, and the rules.

    judged : see `gagru.verdicts.claims.judge`
    joint : see `gagru.verdicts.weighing.weigh_jointly`; by the words that stand before it, such as "Under selection: "
    """
    parts = write_head("The paper's claims", notes)
    if any(joint.values()):
        parts.append("## The primary comparison on all corpora together\n")
        parts += [words + describe_joint(found) for words, found in joint.items() if found]
    for corpus, claims in judged.groupby("corpus", sort=False):
        table = pd.DataFrame([_tabulate(claim) for claim in claims.itertuples()])
        parts += [f"## {_title(corpus)}\n", _count_verdicts(claims)]
        parts.append(to_markdown(table, right=["Reported", "Measured", "p", "Found from"]))
        remarks = claims[claims["remark"].astype(bool) & claims["reported"].notna()]  # on this claim, as a misprint is
        parts.append("".join(f"- {row.claim}: {row.remark}\n" for row in remarks.itertuples()))
        controls = claims[claims["controls"].astype(bool)]
        parts.append("".join(f"- {row.claim}. Beside it: {row.controls}.\n" for row in controls.itertuples()))
    alpha = round(1 - level, 9)
    words = {"level": level_in_words(level), "alpha": alpha, "once": 1 / alpha, "detectable": explain_detectable(level)}
    words |= {"coverage": COVERAGE, "false_positives": FALSE_POSITIVES}
    explained = EXPLAINED.format(**words, ends=100 * ends) + UNDER_SELECTION * ("selected_verdict" in judged)
    return "\n".join([*filter(None, parts), explained])


def describe_joint(joint: Evidence) -> str:
    """The joint test in words."""
    interval = _with_interval(100 * joint.value, 100 * joint.low, 100 * joint.high)
    smallest = "" if pd.isna(joint.detectable) else f", and from {100 * joint.detectable:.1f} it would be found"
    return (
        f"On {joint.against}, GA-GRU's UA minus BiGRU+Att's is {interval} points in the mean of the corpora, which "
        f"count alike: p = {p_value(joint.p)}{smallest}. Means over seeds; one test flips the "
        "signs of all corpora's speakers. It has the most speakers, and so the most power here.\n"
    )


def _title(corpus: str) -> str:
    if corpus == BOTH:
        return printed(*TABLES)
    return printed(corpus) if corpus in TABLES else f"{printed(corpus)}, which the paper has not"


def _count_verdicts(claims: pd.DataFrame) -> str:
    counts = claims["verdict"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    return ", ".join(f"{number} {word}" for word, number in counts.items()) + ".\n"


def _tabulate(claim) -> dict[str, str]:
    """The line of a claim."""
    over = f" (decided by: {claim.against})" if claim.margins > 1 else ""
    _, words, names = claim.why.rpartition("not run: ")
    not_run = f" ({words}{names})" if words else ""
    under_selection = {}
    if hasattr(claim, "selected_verdict"):
        interval = _with_interval(claim.selected_measured, claim.selected_low, claim.selected_high)
        under_selection = {"Under selection": interval, "Its p": p_value(claim.selected_p)}
    return {
        "Claim": claim.claim + over,
        "Place": claim.section,
        "Reported": _with_interval(claim.reported, claim.reported_low, claim.reported_high),
        "Print alone": claim.by_print,
        "Measured": _with_interval(claim.measured, claim.low, claim.high),
        "p": p_value(claim.p),
        "Found from": "" if pd.isna(claim.detectable) else f"{claim.detectable:.1f}",
        **under_selection,
        "Verdict": claim.verdict + not_run,
    }


def _with_interval(value: float, low: float, high: float) -> str:
    """In points, which the margins of claims are in already."""
    if pd.isna(value):
        return ""
    return f"{value:+z.2f}" + ("" if pd.isna(low) else f" ({low:+.1f} to {high:+.1f})")
