"""The claims and their verdicts for readers, as Markdown."""

from collections import Counter

from gagru.evaluation.intervals import Bootstrap
from gagru.paper.printed_claims import BOTH
from gagru.paper.reported import TABLES
from gagru.report.comparisons import p_value
from gagru.storage.markdown import table
from gagru.task.corpora import printed
from gagru.verdicts.claims import Judged

HEADER = ["Claim", "Place", "Reported", "Print alone", "Measured", "p", "Verdict"]
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


def page(judged: list[Judged], ends: float, bootstrap: Bootstrap, notes: list[str]) -> str:
    """The page: notes (such as "Synthetic ..."), a count of verdicts and a table a corpus, and the rules."""
    parts = ["# The paper's claims\n", *(f"> **{note}**\n" for note in notes)]
    for corpus in dict.fromkeys(line.corpus for line in judged):
        lines = [line for line in judged if line.corpus == corpus]
        parts += [f"## {_title(corpus)}\n", _counted(lines), table(HEADER, list(map(_row, lines)), right={2, 4, 5})]
        parts += ["".join(f"- {line.claim}: {line.remark}\n" for line in lines if _is_worth_saying(line))]
    level, alpha = f"{100 * bootstrap.level:g} %", round(1 - bootstrap.level, 9)
    words = {"level": level, "draws": bootstrap.draws, "alpha": alpha, "once": 1 / alpha, "ends": 100 * ends}
    return "\n".join([*filter(None, parts), EXPLAINED.format(**words)])


def _title(corpus: str) -> str:
    if corpus == BOTH:
        return printed(*TABLES)
    return printed(corpus) if corpus in TABLES else f"{printed(corpus)}, which the paper has not"


def _counted(lines: list[Judged]) -> str:
    counts = Counter(line.verdict for line in lines)
    return ", ".join(f"{number} {word}" for word, number in counts.most_common()) + ".\n"


def _row(line: Judged) -> list[str]:
    over = f" (smallest: {line.against})" if line.margins > 1 else ""
    p = "" if line.p is None else p_value(line.p)
    not_run = f" ({line.why})" if line.why.startswith("not run") else ""
    return [
        line.claim + over,
        line.section,
        _with_interval(line.reported, line.reported_low, line.reported_high),
        line.by_print,
        _with_interval(line.measured, line.low, line.high),
        p,
        line.verdict + not_run,
    ]


def _with_interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return ""
    return f"{value:+.2f}" + ("" if low is None else f" ({low:+.1f} to {high:+.1f})")


def _is_worth_saying(line: Judged) -> bool:
    """Whether a remark is on this claim alone, as a misprint is."""
    return bool(line.remark) and line.reported is not None
