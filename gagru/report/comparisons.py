"""The comparisons of a corpus's systems for readers, as Markdown."""

import numpy as np

from gagru.evaluation.comparisons import Comparison
from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import smallest_p
from gagru.storage.markdown import table
from gagru.task.corpora import printed
from gagru.task.emotions import EMOTIONS
from gagru.task.systems import SYSTEMS

FIGURES = {"UA": "UA", "WA": "WA", **{emotion: emotion.capitalize() for emotion in EMOTIONS}}


def page(corpus: str, comparisons: list[Comparison], bootstrap: Bootstrap, notes: list[str]) -> str:
    """The page: title, notes (such as "Synthetic ..."), differences, tests, how both were made."""
    head = [f"# Comparisons on {printed(corpus)}\n", *(f"> **{note}**\n" for note in notes)]
    if not comparisons:
        return "\n".join([*head, "Fewer than two systems were run, so there is nothing to compare.\n"])
    pairs: dict[tuple[str, str], dict[str, Comparison]] = {}
    for comparison in comparisons:
        pairs.setdefault((comparison.first, comparison.second), {})[comparison.figure] = comparison
    level = f"{100 * bootstrap.level:g} %"
    parts = [
        *head,
        in_words(comparisons[0], level),
        f"## Differences, with {level} intervals\n",
        "First system minus second, in points of per cent.\n",
        table(["Pair", *FIGURES.values()], [[_pair(k), *map(_difference, p.values())] for k, p in pairs.items()]),
        "## Tests of UA and WA\n",
        table(*_tests(pairs), right=set(range(1, 9))),
        _explained(comparisons[0], len(pairs), bootstrap, any(c.over_seeds == c.over_seeds for c in comparisons)),
    ]
    return "\n".join(parts)


def in_words(comparison: Comparison, level: str) -> str:
    """One sentence on the UA of a pair, the claim that the paper rests on."""
    first, second = (SYSTEMS[name].printed for name in (comparison.first, comparison.second))
    side = "above" if comparison.difference > 0 else "below"
    gap = f"{abs(100 * comparison.difference):.2f} points {side}" if comparison.difference else "level with"
    return (
        f"{first}'s UA of {100 * comparison.first_value:.2f} is {gap} {second}'s {100 * comparison.second_value:.2f} "
        f"({level} interval {_interval(comparison)}; sign-flip test over {comparison.speakers} speakers "
        f"p = {p_value(comparison.p_flip)}, after Holm's correction {p_value(comparison.p_flip_holm)}).\n"
    )


def p_value(p: float) -> str:
    """A p-value as printed; empty where nothing was tested."""
    if np.isnan(p):
        return ""
    return f"{p:.4f}" if p >= 1e-4 else "< 0.0001"


def _pair(names: tuple[str, str]) -> str:
    return " against ".join(SYSTEMS[name].printed for name in names)


def _interval(comparison: Comparison) -> str:
    return f"{100 * comparison.low:+.1f} to {100 * comparison.high:+.1f}"


def _difference(comparison: Comparison) -> str:
    if np.isnan(comparison.difference):
        return ""
    spread = "" if np.isnan(comparison.over_seeds) else f" ± {100 * comparison.over_seeds:.2f}"
    return f"{100 * comparison.difference:+.2f}{spread} ({_interval(comparison)})"


def _tests(pairs: dict) -> tuple[list[str], list[list[str]]]:
    header = ["Pair", "UA: p", "Holm", "WA: p", "Holm", "First only", "Second only", "McNemar's p", "Holm"]
    rows = []
    for names, pair in pairs.items():
        ua, wa = pair["UA"], pair["WA"]
        flips = [ua.p_flip, ua.p_flip_holm, wa.p_flip, wa.p_flip_holm]
        counts = [str(wa.only_first), str(wa.only_second)]
        rows.append([_pair(names), *map(p_value, flips), *counts, *map(p_value, [wa.p_mcnemar, wa.p_mcnemar_holm])])
    return header, rows


def _explained(one: Comparison, pairs: int, bootstrap: Bootstrap, seeds: bool) -> str:
    """How intervals and tests were made, and what they cannot show."""
    smallest = smallest_p(one.speakers, bootstrap)
    lines = [
        f"- *Intervals*: percentile bootstrap over the {one.speakers} speakers, {bootstrap.draws:,} draws, the same "
        "for both systems. Where systems ran with several seeds, of the mean over seeds. With few speakers they "
        "are too narrow: of simulated data sets of ten speakers without a difference, 11 % have an interval without 0, "
        "and the sign-flip test finds something in 5 % (`benchmarks/false_positives.py`).",
        "- *p of UA and WA*: sign-flip test. The two systems' predictions of a speaker are exchanged together, and p "
        "is the share of such exchanges that set the pooled figures as far apart as they are. With "
        f"{one.speakers} speakers p is at least {smallest:.4f}, after Holm's correction over {pairs} pairs "
        f"{min(1, pairs * smallest):.4f} for the smallest.",
        "- *McNemar's test*: exact, over all utterances that one of the two systems alone got right, first seed of "
        "each. It takes utterances as independent. Those of one speaker are not, so it finds too much where systems "
        "differ from speaker to speaker.",
        "- *Holm*: corrected over the pairs, separately in each figure and test.",
    ]
    if seeds:
        lines.append("- *±*: standard deviation of the difference over seeds; a system that ran once counts in each.")
    return "\n".join(lines) + "\n"
