"""The paper's statements that data can decide: where each is made, what is reported, what we measure, and a verdict.

A claim rests on one or more margins, each positive where the claim holds. It is

- supported, if every margin is above 0 and its test over speakers gives p of at most 1 - level (where all margins are
  needed, their number needs no correction);
- contradicted, if one is below 0 and its p, times the number of margins (Bonferroni), is as small;
- undecided otherwise, also where a margin cannot be tested, and if something that it needs was not run.

A margin's interval is the inverse of its test: it excludes 0 exactly where p is at most 1 - level.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from gagru.evaluation.evidence import Evidence
from gagru.paper.printed_claims import (
    BOTH,
    CLAIMS,
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    Claim,
    printed_margin,
    read_claims,
)
from gagru.paper.reported import TABLES
from gagru.task.systems import SYSTEMS
from gagru.verdicts.weighing import Measured, Weighed, corpora_of, systems_of, weigh

POINTS = ["reported", "reported_low", "reported_high", "measured", "low", "high", "detectable"]
SELECTED = {name: f"selected_{name}" for name in ("measured", "low", "high", "p", "verdict")}
FORMATS = dict.fromkeys(POINTS, "{:.2f}".format) | {"p": "{:.4g}".format}
SELECTED_FORMATS = {SELECTED[name]: FORMATS[name] for name in ("measured", "low", "high", "p")}


def judge(measured: dict[str, Measured], synthetic: list[str], ends: float, level: float) -> pd.DataFrame:
    """Every claim on the paper's corpora, then the same on the other corpora where it makes sense: a row a claim.

    synthetic : corpora that are demos, whose verdicts say so; ends : share of an utterance that is its beginning or end

    Columns, margins in points of per cent and missing where there is none:

    corpus, section, claim, quote : of `claims_made.csv`
    reported, reported_low, reported_high, by_print : the margin that is printed, with the interval that follows from
        its counts, and the verdict of print alone
    measured, low, high, p, detectable, against : the margin that the verdict rests on (see `find_deciding` and
        `gagru.evaluation.margins.assess`), and over what it is; margins : their number
    verdict : says so where the speech is synthetic
    why : every margin, and what was not run; controls : margins beside these, which decide nothing
    remark : on the print
    """
    rows = []
    for claim in list_claims(measured):
        weighed = weigh(claim, measured, ends, level)
        verdict = decide(weighed.evidence, weighed.missing, 1 - level)
        if weighed.evidence and any(corpus in synthetic for corpus in corpora_of(claim)):
            verdict += ", on synthetic speech"
        rows.append(_row(claim, weighed, verdict, level))
    return pd.DataFrame(rows).astype(dict.fromkeys([*POINTS, "p"], float))


def list_claims(corpora: Iterable[str]) -> list[Claim]:
    """Every claim of the paper, and what is asked of those of `corpora` that it has not, in the order of `judge`."""
    claims = read_claims(CLAIMS)
    return claims + transfer_claims(claims, [corpus for corpus in corpora if corpus not in TABLES])


def add_selected(
    described: pd.DataFrame, selected: pd.DataFrame, claims: Sequence[Claim], chosen: Collection[tuple[str, str]]
) -> pd.DataFrame:
    """The claims as described, with columns of what becomes of them under selection, and a verdict that says both.

    Parameters
    ----------
    described, selected : of `judge`, row by row the same claims
    claims : those, see `list_claims`
    chosen : (corpus, system) of what was selected. Where a network that a claim needs was not, the columns `SELECTED`
        are missing; an SVM is taken as it is
    """
    both = described.assign(**{name: selected[column] for column, name in SELECTED.items()})
    there = pd.Series([_is_selected(claim, chosen) for claim in claims], index=both.index)
    both.loc[~there, [*SELECTED.values()]] = None
    both.loc[there, "verdict"] = [
        join_verdicts(*pair) for pair in both.loc[there, ["verdict", "selected_verdict"]].itertuples(index=False)
    ]
    return both


def join_verdicts(described: str, selected: str) -> str:
    """Both verdicts in one.

    >>> join_verdicts("supported, on synthetic speech", "undecided, on synthetic speech")
    'supported as described, not under selection, on synthetic speech'
    >>> join_verdicts("undecided", "undecided")
    'undecided as described and under selection'
    """
    (first, comma, suffix), second = described.partition(","), selected.partition(",")[0]
    if first == second:
        words = f"{first} as described and under selection"
    elif second == UNDECIDED:
        words = f"{first} as described, not under selection"
    else:
        words = f"{first} as described, {second} under selection"
    return f"{words}{comma}{suffix}"


def _is_selected(claim: Claim, chosen: Collection[tuple[str, str]]) -> bool:
    needed = systems_of(claim)
    if any(system not in SYSTEMS for _, system in needed):  # a value that the paper quotes, as `baseline`
        return False
    return all(need in chosen for need in needed if SYSTEMS[need[1]].network)


def decide(evidence: list[Evidence], missing: list[str], alpha: float) -> str:
    """The verdict by the rule of this module; `missing` names what was not run."""
    alpha += 1e-12  # 1 - 0.9 is a little less than 0.1
    if any(_contradicts(margin, evidence, alpha) for margin in evidence):
        return CONTRADICTED
    if evidence and not missing and all(margin.value > 0 and margin.p <= alpha for margin in evidence):
        return SUPPORTED
    return UNDECIDED


def find_deciding(evidence: list[Evidence], alpha: float) -> Evidence:
    """The margin that the verdict of `decide` rests on, all missing where there is none.

    It is the surest of those that contradict, and the smallest where none does: the claim holds if that one does.
    """
    known = [margin for margin in evidence if not np.isnan(margin.value)]
    against = [margin for margin in known if _contradicts(margin, evidence, alpha + 1e-12)]
    if against:
        return min(against, key=lambda margin: (margin.p, margin.value))
    return min(known, key=lambda margin: margin.value, default=Evidence("", *[np.nan] * 5))


def _contradicts(margin: Evidence, evidence: list[Evidence], alpha: float) -> bool:
    return margin.value < 0 and margin.p * len(evidence) <= alpha


def transfer_claims(claims: list[Claim], corpora: list[str]) -> list[Claim]:
    """The claims that the paper makes on single corpora, each once, put to other corpora; nothing is printed there."""
    once = {}
    for claim in claims:
        if claim.corpus != BOTH and claim.against != "baseline":
            once.setdefault((claim.measure, claim.subject, claim.against), claim)
    return [claim._replace(corpus=corpus, printed="") for corpus in corpora for claim in once.values()]


def _row(claim: Claim, weighed: Weighed, verdict: str, level: float) -> dict:
    deciding = find_deciding(weighed.evidence, 1 - level)
    by_paper = printed_margin(claim, level)
    low, high = (by_paper and by_paper.interval) or (None, None)
    return {
        "corpus": claim.corpus,
        "section": claim.section,
        "claim": claim.claim,
        **{"reported": by_paper and by_paper.value, "reported_low": low, "reported_high": high},
        "by_print": by_paper.verdict if by_paper else "",
        **{"measured": 100 * deciding.value, "low": 100 * deciding.low, "high": 100 * deciding.high},
        **{"p": deciding.p, "detectable": 100 * deciding.detectable},
        "against": deciding.against,
        "margins": len(weighed.evidence),
        "verdict": verdict,
        "why": _why(weighed),
        "controls": "; ".join(f"{margin.against} {_in_words(margin)}" for margin in weighed.controls),
        "remark": by_paper.remark if by_paper else _remark(claim),
        "quote": claim.quote,
    }


def _why(weighed: Weighed) -> str:
    """Every margin in words, and what was not run."""
    parts = [f"over {margin.against} {_in_words(margin)}" for margin in weighed.evidence]
    return "; ".join(parts + [f"not run: {', '.join(weighed.missing)}"] * bool(weighed.missing))


def _in_words(margin: Evidence) -> str:
    if np.isnan(margin.value):
        return "not to be told"
    interval = "" if np.isnan(margin.low) else f"{100 * margin.low:+.2f} to {100 * margin.high:+.2f}, "
    return f"{100 * margin.value:+.2f} ({interval}p {margin.p:.2g})"


def _remark(claim: Claim) -> str:
    if claim.corpus in (*TABLES, BOTH):
        return "The paper's figure has no numbers"
    return "The paper has not this corpus; the claim is put to it as well"
