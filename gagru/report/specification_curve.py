"""The specification curve of a corpus for readers, as Markdown."""

import numpy as np

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.specification_curve import AS_CONFIGURED, LITERAL_READING, Specified, joint_test
from gagru.report.comparisons import p_value
from gagru.storage.markdown import table
from gagru.task.choices import CHOICES
from gagru.task.corpora import printed
from gagru.task.systems import SYSTEMS

EXPLAINED = """\
- *Difference*: {first}'s UA minus {second}'s, in points of per cent, pooled over all folds; the mean over seeds where
  there are several. {level} intervals: percentile bootstrap over the speakers, {draws:,} draws, the same for both
  systems and in every specification. With few speakers they are too narrow. *p*: sign-flip test over speakers.
- *All together*: the specifications share their utterances and are no independent evidence. The test of their median
  exchanges the two systems' predictions of a speaker in all specifications at once.
- *By choice*: the mean difference of the specifications that have the value, whatever else they have. In the design
  `one_at_a_time` that is one specification for each value but the configured one.
- `oracle` stops the training by looking at the test fold. It is here to show what that gains, not as a way to measure.
"""


def page(
    corpus: str,
    systems: list[str],
    curve: list[Specified],
    without_effect: list[str],
    design: str,
    bootstrap: Bootstrap,
    notes: list[str],
) -> str:
    """The page: title, notes (such as "Synthetic ..."), what the curve says in words, all of it, and by choice.

    without_effect : choices of the grid that change neither system's results
    """
    first, second = (SYSTEMS[system].printed for system in systems)
    level = f"{100 * bootstrap.level:g} %"
    varied = [choice for choice in CHOICES if len({c.specification[choice] for c in curve}) > 1]
    parts = [
        f"# Open choices on {printed(corpus)}: {first} minus {second}\n",
        *(f"> **{note}**\n" for note in notes),
        in_words(curve, first, second, bootstrap),
        f"![{first} minus {second} over the specifications](choices_{corpus}.png)\n",
        _left_out([choice for choice in without_effect if choice not in varied], first, second),
        f"## All {len(curve)} specifications (`{design}`)\n",
        "Differences of UA in points. Choices that are not as configured are named.\n",
        table(
            ["Rank", "Specification", first, second, "Difference", "Interval", "p"], _rows(curve), {0, 2, 3, 4, 5, 6}
        ),
        "## By choice\n",
        table(
            ["Choice", "Value", "Specifications", "Mean difference", "From", "To"],
            _by_choice(curve, varied),
            {2, 3, 4, 5},
        ),
        EXPLAINED.format(first=first, second=second, level=level, draws=bootstrap.draws),
    ]
    return "\n".join(filter(None, parts))


def in_words(curve: list[Specified], first: str, second: str, bootstrap: Bootstrap) -> str:
    """What the curve says, and of the two specifications that have a name."""
    values = [100 * one.difference for one in curve]
    above, below = sum(one.low > 0 for one in curve), sum(one.high < 0 for one in curve)
    joint = joint_test(curve, bootstrap)
    which = "all" if joint.specifications == len(curve) else f"the {joint.specifications} with the same speakers"
    sentences = [
        f"{first}'s UA minus {second}'s lies between {min(values):+.2f} and {max(values):+.2f} points over "
        f"{len(curve)} specifications; {sum(value > 0 for value in values)} of them are above 0. The interval of "
        f"{above} lies above 0, that of {below} below.",
        f"All together: the median over {which} is {100 * joint.median:+.2f}, p = {p_value(joint.p)}.",
    ]
    names = {AS_CONFIGURED: "As configured", LITERAL_READING: "With equation 5 as it is printed"}
    for rank, one in enumerate(curve, start=1):
        if one.name:
            sentences.append(f"{names[one.name]}: {100 * one.difference:+.2f} ({_interval(one)}), rank {rank}.")
    return "\n".join(f"- {sentence}" for sentence in sentences) + "\n"


def different(one: Specified, curve: list[Specified]) -> str:
    """What of a specification is not as configured, `validation oracle`; or its name."""
    own = _own(curve)
    changed = [f"{choice} {value}" for choice, value in one.specification.items() if value != own[choice]]
    return ", ".join(changed) or AS_CONFIGURED


def _own(curve: list[Specified]) -> dict[str, str]:
    return next(one for one in curve if one.name == AS_CONFIGURED).specification


def _rows(curve: list[Specified]) -> list[list[str]]:
    rows = []
    for rank, one in enumerate(curve, start=1):
        name = different(one, curve)
        name = f"**{name}**" + (f" ({one.name})" if one.name == LITERAL_READING else "") if one.name else name
        spread = "" if np.isnan(one.over_seeds) else f" ± {100 * one.over_seeds:.2f}"
        ua = [f"{100 * value:.2f}" for value in (one.first_ua, one.second_ua)]
        rows.append([str(rank), name, *ua, f"{100 * one.difference:+.2f}{spread}", _interval(one), p_value(one.p)])
    return rows


def _by_choice(curve: list[Specified], varied: list[str]) -> list[list[str]]:
    rows, own = [], _own(curve)
    for choice in varied:
        for value in dict.fromkeys([own[choice], *sorted(one.specification[choice] for one in curve)]):
            found = [100 * one.difference for one in curve if one.specification[choice] == value]
            numbers = [f"{number:+.2f}" for number in (np.mean(found), min(found), max(found))]
            rows.append([CHOICES[choice].printed, value, str(len(found)), *numbers])
    return rows


def _left_out(choices: list[str], first: str, second: str) -> str:
    if not choices:
        return ""
    named = ", ".join(CHOICES[choice].printed for choice in choices)
    return f"Not in the curve, since neither {first} nor {second} depends on it: {named}.\n"


def _interval(one: Specified) -> str:
    return f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
