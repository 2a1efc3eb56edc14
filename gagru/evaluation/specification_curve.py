"""Two systems compared under every specification of the open choices: how much their difference owes to a choice.

Specification curve: Simonsohn, Simmons & Nelson 2020, doi:10.1038/s41562-020-0912-z.
"""

import csv
import io
from typing import NamedTuple

import numpy as np

from gagru.evaluation.intervals import Bootstrap
from gagru.evaluation.paired import contributions, differences, sign_flips
from gagru.storage.files import read_checked_json, write_text
from gagru.task.choices import CHOICES, LITERAL, Specification
from gagru.task.errors import InputError
from gagru.task.metrics import METRICS, compute_metrics

AS_CONFIGURED, LITERAL_READING = "as configured", "eq. 5 as printed"
UA = METRICS.index("UA")
PER_CENT = ("first_ua", "second_ua", "difference", "low", "high", "over_seeds")


class Specified(NamedTuple):
    """One specification and its result: a line of `choices_{corpus}.csv`. UA and differences as fractions.

    name : `AS_CONFIGURED`, `LITERAL_READING` or nothing
    difference, low, high : UA of the first system minus UA of the second, paired bootstrap interval over speakers
    p : of the sign-flip test over speakers; over_seeds : deviation of the difference over seeds (n - 1), NaN for one
    parts : what each speaker adds to the difference, (speakers,)
    """

    specification: Specification
    name: str
    first_ua: float
    second_ua: float
    difference: float
    low: float
    high: float
    p: float
    over_seeds: float
    seeds: int
    utterances: int
    speakers: list[str]
    parts: np.ndarray


class Joint(NamedTuple):
    """The median difference over specifications, and the sign-flip p of it; over how many specifications."""

    median: float
    p: float
    specifications: int


def read_curve(runs: list[tuple[Specification, list, list]], bootstrap: Bootstrap) -> list[Specified]:
    """Every specification's result, the largest difference first.

    runs : specifications, the configuration's own first, each with the files `metrics.json` of the first and of the
        second system, a seed each
    Raises `InputError` for a file that cannot be read, and where the two systems were tested on other utterances.
    """
    own = runs[0][0]
    found = [_specified(specification, *files, _name(specification, own), bootstrap) for specification, *files in runs]
    return sorted(found, key=lambda one: -one.difference)


def joint_test(curve: list[Specified], bootstrap: Bootstrap) -> Joint:
    """Sign-flip test of the median difference: a speaker's predictions are exchanged in all specifications together.

    Over the specifications that have the speakers of the configuration's own one.
    """
    own = next(one for one in curve if one.name == AS_CONFIGURED)
    rule = own.specification["speaker_rule"]
    alike = [c for c in curve if c.speakers == own.speakers and c.specification["speaker_rule"] == rule]
    parts = np.column_stack([one.parts for one in alike])
    median = float(np.median(parts.sum(axis=0)))
    flipped = np.median(sign_flips(len(parts), bootstrap) @ parts, axis=1)
    return Joint(median, float((np.abs(flipped) >= abs(median) - 1e-12).mean()), len(alike))


def write_curve(corpus: str, systems: list[str], curve: list[Specified], path) -> None:
    """Write the CSV file: differences and UA in per cent with two decimals, p-values with four digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    shown = [field for field in Specified._fields if field not in ("specification", "parts")]
    writer.writerow(["corpus", "first", "second", "rank", *CHOICES, *shown])
    for rank, one in enumerate(curve, start=1):
        cells = [_cell(field, getattr(one, field)) for field in shown]
        writer.writerow([corpus, *systems, rank, *one.specification.values(), *cells])
    write_text(path, text.getvalue())


def _specified(specification, first, second, name: str, bootstrap: Bootstrap) -> Specified:
    counts, others = (_counts(paths) for paths in (first, second))
    speakers = list(counts[0])
    sizes = [[np.sum(c[s], axis=1).tolist() for s in speakers] for c in (*counts, *others) if list(c) == speakers]
    if len(sizes) < len(counts) + len(others) or any(size != sizes[0] for size in sizes):
        raise InputError(f"{first[0]}, {second[0]}: other utterances in one than in the other; make the folds again")
    one, two = (np.array([[c[s] for s in speakers] for c in system]) for system in (counts, others))
    summed, other = one.sum(axis=0), two.sum(axis=0)
    found = differences(summed, other, bootstrap)
    parts = (contributions(summed) - contributions(other))[:, UA]
    ua = [compute_metrics(counts.sum(axis=0))[UA] for counts in (summed, other)]
    measured = (*ua, *(column[UA] for column in found), _over_seeds(one, two))
    counted = (max(len(one), len(two)), int(one[0].sum()))
    return Specified(specification, name, *map(float, measured), *counted, speakers, parts)


def _counts(paths) -> list[dict[str, list]]:
    return [read_checked_json(path)["speakers"] for path in paths]


def _over_seeds(one: np.ndarray, two: np.ndarray) -> float:
    """Of (seeds, speakers, 4, 4) counts; a system that ran once is compared with every seed of the other."""
    ua = [compute_metrics(system.sum(axis=1))[:, UA] for system in (one, two)]
    apart = ua[0] - ua[1]
    return apart.std(ddof=1) if len(apart) > 1 else np.nan


def _name(specification: Specification, own: Specification) -> str:
    if specification == own:
        return AS_CONFIGURED
    return LITERAL_READING if specification == own | LITERAL else ""


def _cell(field: str, value) -> str:
    if field == "speakers":
        return str(len(value))
    if isinstance(value, float) and np.isnan(value):
        return ""
    if field in PER_CENT:
        return f"{100 * value:.2f}"
    return f"{value:.4g}" if field == "p" else str(value)
