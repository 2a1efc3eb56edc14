"""The paper's statements that data can decide: where each is made, what is reported, what we measure, and a verdict.

A claim rests on one or more margins, each positive where the claim holds. It is

- supported, if every margin's interval lies above 0 and its test over speakers gives p of at most 1 - level (where all
  margins are needed, their number needs no correction);
- contradicted, if the interval of one lies below 0 and its p, times the number of margins (Bonferroni), is as small;
- undecided otherwise, and if something that it needs was not run.
"""

import csv
import io
from typing import NamedTuple

import numpy as np

from gagru.analysis.by_speaker import BySpeaker, edges_by_speaker, profiles_by_speaker
from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.tables import METRIC_OF_ROW, Column
from gagru.paper.printed_claims import (
    BOTH,
    CLAIMS,
    CONTRADICTED,
    EVERY_OTHER,
    SUPPORTED,
    UNDECIDED,
    Claim,
    printed_margin,
    read_claims,
)
from gagru.paper.reported import NAMES, TABLES
from gagru.storage.files import write_text
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS
from gagru.task.errors import InputError
from gagru.task.runs import Run
from gagru.task.systems import SYSTEMS
from gagru.verdicts import evidence as margins
from gagru.verdicts.evidence import Evidence
from gagru.verdicts.measured import read_columns


class Results(NamedTuple):
    """What was measured on one corpus: its table's columns, and the edges and profiles of GA-GRU, if that was run."""

    columns: dict[str, Column]
    edges: BySpeaker | None
    profiles: BySpeaker | None


class Judged(NamedTuple):
    """A claim with its verdict: a line of `claims.csv`. Margins in points of per cent, None for none.

    by_print : the verdict of the printed figures alone, by intervals from their counts; empty where they have none
    measured, low, high, p, against : the smallest of the claim's margins (their number: margins), and over what it is
    verdict : says so where the speech is synthetic; why : every margin, and what was not run; remark : on the print
    """

    corpus: str
    section: str
    claim: str
    reported: float | None
    reported_low: float | None
    reported_high: float | None
    by_print: str
    measured: float | None
    low: float | None
    high: float | None
    p: float | None
    against: str
    margins: int
    verdict: str
    why: str
    remark: str
    quote: str


def read_results(metrics: list[Run], edges: list[Run], profiles: list[Run]) -> dict[str, Results]:
    """By corpus, from the `metrics.json` of all runs and the edges and profiles of GA-GRU's."""
    found = {}
    for corpus, columns in read_columns(metrics).items():
        attention = _of(corpus, edges, edges_by_speaker), _of(corpus, profiles, profiles_by_speaker)
        found[corpus] = Results(columns, *attention)
    return found


def judge(results: dict[str, Results], synthetic: list[str], ends: float, bootstrap: Bootstrap) -> list[Judged]:
    """Every claim on the paper's corpora, then the same on the other corpora in `results` where it makes sense.

    synthetic : corpora that are demos, whose verdicts say so; ends : share of an utterance that is its beginning or end
    """
    claims = read_claims(CLAIMS)
    claims += transferred(claims, [corpus for corpus in results if corpus not in TABLES])
    judged = []
    for claim in claims:
        found, missing = weigh(claim, results, ends, bootstrap)
        word = verdict(found, missing, 1 - bootstrap.level)
        demo = found and any(corpus in synthetic for corpus in _corpora(claim))
        judged.append(_line(claim, found, missing, f"{word}, on synthetic speech" if demo else word, bootstrap.level))
    return judged


def verdict(found: list[Evidence], missing: list[str], alpha: float) -> str:
    """By the rule of this module; `missing` names what was not run."""
    alpha += 1e-12  # 1 - 0.95 is a little less than 0.05
    if any(one.high < 0 and not one.p * len(found) > alpha for one in found):
        return CONTRADICTED
    if found and not missing and all(one.low > 0 and not one.p > alpha for one in found):
        return SUPPORTED
    return UNDECIDED


def transferred(claims: list[Claim], corpora: list[str]) -> list[Claim]:
    """The claims that the paper makes on single corpora, each once, put to other corpora; nothing is printed there."""
    once = {}
    for claim in claims:
        if claim.corpus != BOTH and claim.against != "baseline":
            once.setdefault((claim.measure, claim.subject, claim.against), claim)
    return [claim._replace(corpus=corpus, printed="") for corpus in corpora for claim in once.values()]


def weigh(
    claim: Claim, results: dict[str, Results], ends: float, bootstrap: Bootstrap
) -> tuple[list[Evidence], list[str]]:
    """The margins that a claim rests on, and what it needs that was not run."""
    corpora = _corpora(claim)
    if absent := [printed(corpus) for corpus in corpora if corpus not in results]:
        return [], absent
    if claim.measure == "gain":
        return _gain(claim, results, bootstrap)
    found, missing = [], []
    for corpus in corpora:
        one, lacking = _on_corpus(claim, results[corpus], ends, bootstrap)
        found += [e._replace(against=f"{e.against} ({printed(corpus)})") for e in one] if len(corpora) > 1 else one
        missing += lacking
    return found, list(dict.fromkeys(missing))


def write_claims(judged: list[Judged], path) -> None:
    """Write the CSV file: points with two decimals, p-values with four digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Judged._fields)
    for line in judged:
        cells = [f"{cell:.2f}" if isinstance(cell, float) else cell for cell in line]
        cells[Judged._fields.index("p")] = "" if line.p is None else f"{line.p:.4g}"
        writer.writerow(cells)
    write_text(path, text.getvalue())


def _of(corpus: str, runs: list[Run], read) -> BySpeaker | None:
    paths = [run.path for run in runs if run.corpus == corpus]
    return read(paths) if paths else None


def _corpora(claim: Claim) -> list[str]:
    return list(TABLES) if claim.corpus == BOTH else [claim.corpus]


def _on_corpus(claim: Claim, results: Results, ends: float, bootstrap: Bootstrap) -> tuple[list[Evidence], list[str]]:
    if claim.measure in METRIC_OF_ROW:
        return _systems(claim, results.columns, bootstrap)
    if results.edges is None or results.profiles is None:
        return [], [NAMES["ga_gru"].printed]
    sums = results.edges if claim.measure in ("edges within", "FB most", "FB least") else results.profiles
    if claim.subject in EMOTIONS and not sums.utterances[:, EMOTIONS.index(claim.subject)].any():
        return [], [f"utterances of {claim.subject}"]
    match claim.measure, claim.against:
        case "edges within", reading:
            return margins.edges_within(sums, reading == "chance", bootstrap), []
        case "FB most", _:
            return margins.front_to_back(sums, claim.subject, 1, bootstrap), []
        case "FB least", _:
            return margins.front_to_back(sums, claim.subject, -1, bootstrap), []
        case "ends", _:
            return margins.ends_gain(sums, ends, bootstrap), []
        case "shape", "original":
            return margins.shape_change(sums, claim.subject, bootstrap), []
        case "shape", _:
            return margins.shape_changes_most(sums, claim.subject, bootstrap), []
    raise InputError(f"{CLAIMS}: {claim.measure!r} is no measure")


def _systems(claim: Claim, columns: dict[str, Column], bootstrap: Bootstrap) -> tuple[list[Evidence], list[str]]:
    others = [name for name in columns if name in SYSTEMS and name != claim.subject]
    rivals = others if claim.against == EVERY_OTHER else [claim.against]
    missing = [NAMES[name].printed for name in (claim.subject, *rivals) if not columns[name].mean]
    if not columns[claim.subject].mean:
        return [], missing
    own, figure = _counts(columns[claim.subject]), METRIC_OF_ROW[claim.measure]
    run = [name for name in rivals if columns[name].mean]
    return [margins.of_systems(own, _counts(columns[r]), figure, NAMES[r].printed, bootstrap) for r in run], missing


def _gain(claim: Claim, results: dict[str, Results], bootstrap: Bootstrap) -> tuple[list[Evidence], list[str]]:
    columns = [results[corpus].columns for corpus in (claim.subject, claim.against)]
    pairs = [(one["ga_gru"], one["bigru_att"]) for one in columns]
    if missing := [column.printed for column in pairs[0] if not column.mean]:
        return [], missing
    large, small = ([_counts(column) for column in pair] for pair in pairs)
    return [margins.of_gains(large, small, "UA", printed(claim.against), bootstrap)], []


def _counts(column: Column) -> np.ndarray:
    """The counts of each speaker, summed over seeds: (speakers, 4, 4)."""
    return np.array(list(column.mean["speakers"].values()))


def _line(claim: Claim, found: list[Evidence], missing: list[str], word: str, level: float) -> Judged:
    closest = min((one for one in found if not np.isnan(one.value)), key=lambda one: one.value, default=None)
    measured = [_point(value) for value in closest[1:4]] if closest else [None] * 3
    by_paper = printed_margin(claim, level)
    reported = (None, None, None, "")
    if by_paper:
        reported = (by_paper.value, *(by_paper.interval or (None, None)), by_paper.verdict)
    return Judged(
        claim.corpus,
        claim.section,
        claim.claim,
        *reported,
        *measured,
        None if closest is None or np.isnan(closest.p) else closest.p,
        closest.against if closest else "",
        len(found),
        word,
        _why(found, missing),
        by_paper.remark if by_paper else _remark(claim),
        claim.quote,
    )


def _point(value: float) -> float | None:
    return None if np.isnan(value) else 100 * value


def _why(found: list[Evidence], missing: list[str]) -> str:
    """Every margin in words, and what was not run."""
    parts = [f"over {one.against} {_in_words(one)}" for one in found]
    return "; ".join(parts + [f"not run: {', '.join(missing)}"] * bool(missing))


def _in_words(one: Evidence) -> str:
    test = "" if np.isnan(one.p) else f", p {one.p:.2g}"
    return f"{100 * one.value:+.2f} ({100 * one.low:+.2f} to {100 * one.high:+.2f}{test})"


def _remark(claim: Claim) -> str:
    if claim.corpus in (*TABLES, BOTH):
        return "The paper's figure has no numbers"
    return "The paper has not this corpus; the claim is put to it as well"
